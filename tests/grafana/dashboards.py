# SPDX-License-Identifier: Apache-2.0
"""The shipped dashboards as plain values: panels, targets, variables, annotations, and the names of
metrics in a query. No process is started."""

import json
import re

import catalogue

GRAFANA = catalogue.CHECKOUT / "grafana"
GENERATE = GRAFANA / "build/generate"
# Series that Prometheus itself adds to a target.
FOREIGN = {"up", "scrape_duration_seconds"}


def load(folder=GRAFANA / "dashboards"):
    """{uid: dashboard} of all files of the directory."""
    found = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
    return {one["uid"]: one for one in found}


def panels(dashboard):
    """All panels except rows, including those of collapsed rows."""
    for one in dashboard["panels"]:
        if one["type"] == "row":
            yield from one["panels"]
        else:
            yield one


def targets(dashboard):
    """((uid, title, refId), panel, target) of all panels."""
    for panel in panels(dashboard):
        for one in panel["targets"]:
            yield (dashboard["uid"], panel["title"], one["refId"]), panel, one


def queried(dashboard):
    return [one for one in dashboard["annotations"]["list"] if "expr" in one]


def expressions(dashboard):
    """Every query of the dashboard: targets, annotations, variables."""
    return ([one["expr"] for _, _, one in targets(dashboard)]
            + [one["expr"] for one in queried(dashboard)]
            + [one["definition"] for one in dashboard["templating"]["list"] if one["type"] == "query"])


def least_step(target, scrape):
    """The minimum step of a target in seconds, which Grafana uses as its scrape interval."""
    if "interval" not in target:
        return scrape
    number, unit = re.fullmatch(r"(\d+)([smhd])", target["interval"]).groups()
    return int(number) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[unit]


def metric_names(text):
    """Names of metrics in PromQL; series of a histogram by the histogram's name."""
    plain = re.sub(r'"[^"]*"', '""', text)
    names = re.findall(r"[a-z]+:holdfast_[a-z0-9_]+:[a-z0-9_]+|(?<![:\w])(?:holdfast|process|scrape)_\w+"
                       r"|(?<![:\w])up(?=\{)", plain)
    return {re.sub(r"(_duration_seconds|_lateness_seconds)_(bucket|sum|count)$", r"\1", one)
            for one in names}
