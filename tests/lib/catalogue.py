# SPDX-License-Identifier: Apache-2.0
"""Kinds, findings and metrics from docs/reference.md, which a unit test compares with the program's
tables, and the alerts from alerts/. Plain functions and values, no process is started."""

import collections
import os
import pathlib
import re

import yaml

CHECKOUT = pathlib.Path(os.environ.get("HOLDFAST_CHECKOUT",
                                       pathlib.Path(__file__).resolve().parents[2]))
ALERTS = CHECKOUT / "alerts"

Kind = collections.namedtuple("Kind", "findings reasons")


def sections(text, mark):
    """{title: body} of the headings that start with `mark`."""
    parts = re.split(rf"^{mark} (.+)$", text, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def rows(body, columns):
    """The rows of Markdown tables in `body` that have this many columns, as lists of plain text."""
    out = []
    for line in body.splitlines():
        cells = [cell.strip().replace("`", "") for cell in line.strip("|").split("|")]
        if line.startswith("| `") and len(cells) == columns:
            out.append(cells)
    return out


def reference():
    """(kinds by name, labels by metric, status by reason)."""
    parts = sections((CHECKOUT / "docs/reference.md").read_text(), "##")
    status = {row[0]: row[1] for row in rows(parts["Reasons"], 3)}
    kinds, labels = {}, {}
    for name, body in sections(parts["Kinds"], "###").items():
        findings, _, rest = body.partition("If a run fails, the finding is")
        codes = [row[0] for row in rows(findings, 2) if row[0].startswith(name + "_")]
        reasons = re.findall(r"`([a-z_0-9]+)`", rest.split("the reasons are:")[1].split("\n\n")[0])
        kinds[name] = Kind(codes, reasons)
        for metric, _, names, _ in rows(body, 4):
            if metric.startswith("holdfast_"):
                labels[metric] = {"check", *filter(None, names.split(", "))}
    for metric, _, names, _ in rows(parts["Metrics of every check and of Holdfast itself"], 4):
        labels[metric] = set(filter(None, names.split(", ")))
    return kinds, labels, status


def rule_files():
    return sorted((ALERTS / "rules").glob("*.yml"))


def rules():
    """All rules of all files, in order."""
    return [rule for path in rule_files() for group in yaml.safe_load(path.read_text())["groups"]
            for rule in group["rules"]]


def alerts():
    """{name: rule} of the alerting rules."""
    return {rule["alert"]: rule for rule in rules() if "alert" in rule}


def cases():
    """{alert: [expected alerts at each evaluation time]} of all promtool tests."""
    out = collections.defaultdict(list)
    for path in sorted((ALERTS / "tests").glob("*_test.yml")):
        for test in yaml.safe_load(path.read_text())["tests"]:
            for one in test.get("alert_rule_test", []):
                out[one["alertname"]].append(one["exp_alerts"])
    return out
