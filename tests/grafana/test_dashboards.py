# SPDX-License-Identifier: Apache-2.0
"""The committed dashboards: written by their generator, using existing metrics and findings, linked from
each alert, and readable. promtool is real; no site is needed.
"""

import json
import pathlib
import re
import subprocess
import tempfile
import unittest
from urllib.parse import urlparse

import yaml

import catalogue
import dashboards
from dashboards import FOREIGN, GENERATE, GRAFANA

UIDS = {"holdfast-overview", "holdfast-postgres", "holdfast-pools", "holdfast-whatsapp", "holdfast-pm2",
        "holdfast-window", "holdfast-self"}
# A forecast uses its own span, independent of the time range.
FIXED_SPANS = {"predict_linear"}
# Default interval of a check, in seconds.
DEFAULT_INTERVAL = 15


def plain(expr):
    """The query with values in place of Grafana's variables."""
    expr = re.sub(r"\$__(rate_interval|range)", "5m", expr)
    return re.sub(r"\$\w+", "x", expr)


def calls(expr):
    """(function, argument) of each call with balanced brackets."""
    for found in re.finditer(r"\b(\w+)\(", expr):
        depth, end = 1, found.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(expr[end], 0)
            end += 1
        yield found.group(1), expr[found.end():end - 1]


class Dashboards(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.all = dashboards.load()
        cls.kinds, cls.labels, _ = catalogue.reference()

    def each(self):
        for uid, dashboard in self.all.items():
            for key, panel, target in dashboards.targets(dashboard):
                with self.subTest(key):
                    yield panel, target["expr"], target

    def test_they_are_what_the_generator_writes(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["/usr/bin/python3", GENERATE, folder], check=True, timeout=60)
            made = {path.name: path.read_text() for path in pathlib.Path(folder).glob("*.json")}
        committed = {path.name: path.read_text() for path in (GRAFANA / "dashboards").glob("*.json")}
        self.assertEqual(set(made), set(committed))
        for name, text in made.items():
            self.assertTrue(text == committed[name], f"{name}: run grafana/build/generate")

    def test_every_alert_links_to_a_dashboard(self):
        self.assertEqual(set(self.all), UIDS)
        for name, rule in catalogue.alerts().items():
            with self.subTest(name):
                path = urlparse(rule["annotations"]["dashboard_url"]).path
                self.assertIn(path.removeprefix("/d/"), UIDS)

    def test_links_of_values_point_to_existing_dashboards(self):
        links = [link["url"] for one in self.all.values() for panel in dashboards.panels(one)
                 for link in panel.get("links", [])]
        self.assertGreater(len(links), 10)
        for url in links:
            self.assertIn(urlparse(url).path.removeprefix("/d/"), UIDS)

    def test_every_query_is_promql(self):
        rules = [{"record": f"query:{i}", "expr": plain(expr)} for i, expr in enumerate(
            expr for one in self.all.values() for expr in dashboards.expressions(one)
            if not expr.startswith("label_values"))]
        self.assertGreater(len(rules), 150)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "queries.yml")
            path.write_text(json.dumps({"groups": [{"name": "queries", "rules": rules}]}))
            done = subprocess.run(["promtool", "check", "rules", "--lint=none", path],
                                  capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, (done.stdout + done.stderr)[-3000:])

    def test_every_metric_exists(self):
        recorded = {rule["record"] for rule in catalogue.rules() if "record" in rule}
        for uid, one in self.all.items():
            for expr in dashboards.expressions(one):
                names = dashboards.metric_names(expr)
                unknown = {name for name in names - FOREIGN - recorded - set(self.labels)
                           if not name.startswith("process_")}
                self.assertEqual(unknown, set(), f"{uid}: {expr}")

    def test_every_finding_state_and_limit_exists(self):
        findings = {f"{code}" for kind in self.kinds.values() for code in kind.findings}
        limits = {name.removeprefix("holdfast_") for name in self.labels}
        for _, expr, _ in self.each():
            for pattern in re.findall(r'finding=~"whatsapp_\(([^)]*)\)"', expr):
                self.assertLessEqual({f"whatsapp_{one}" for one in pattern.split("|")}, findings)
            for name in re.findall(r'limit="(\w+)"', expr):
                self.assertIn(name, limits)

    def test_rates_use_the_rate_interval(self):
        for _, expr, _ in self.each():
            rated = "".join(inside for name, inside in calls(expr) if name in ("rate", "increase"))
            for counter in re.findall(r"\b\w+_total\b(?=\{)", expr):
                self.assertIn(counter, rated)
            for name, inside in calls(expr):
                if name in ("rate", "increase"):
                    self.assertRegex(inside, r"\[\$__(rate_interval|range)\]$")

    def test_a_percentile_has_enough_samples(self):
        seen = 0
        for _, expr, target in self.each():
            if "histogram_quantile" in expr:
                seen += 1
                self.assertRegex(expr, r"_count\{.*\[\$__rate_interval\]\)\) >= [2-9]\d$")
                # With the checks' default interval there are enough: $__rate_interval is four minimum steps.
                span = 4 * dashboards.least_step(target, scrape=15)
                self.assertGreater(span / DEFAULT_INTERVAL, int(expr.split()[-1]))
        self.assertGreater(seen, 6)

    def test_only_parts_of_a_total_are_stacked(self):
        stacked = {panel["title"] for one in self.all.values() for panel in dashboards.panels(one)
                   if panel["fieldConfig"]["defaults"].get("custom", {})
                   .get("stacking", {}).get("mode") == "normal"}
        self.assertEqual(stacked, {"Phases of a connection", "Sessions by state", "By application",
                                   "By state", "Live keys by type"})

    def test_thresholds_only_separate_zero_from_non_zero(self):
        """Limits come from Holdfast. Colours of a panel show zero and non-zero, or a state."""
        for uid, one in self.all.items():
            for panel in dashboards.panels(one):
                values = [step["value"] for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
                          ] if "thresholds" in panel["fieldConfig"]["defaults"] else []
                self.assertLessEqual(set(values), {None, 1}, f"{uid}: {panel['title']}")

    def test_every_exported_limit_is_drawn(self):
        drawn = {name for _, expr, _ in self.each() for name in re.findall(r'limit="(\w+)"', expr)}
        exported = set()
        for path in (catalogue.CHECKOUT / "checks").glob("*/kind.cpp"):
            # By name, or as the last argument of a limit.
            for pattern in (r'\.limits = "(\w+)"', r'(?<!\()"(\w+_\w+)"\),\n'):
                exported |= set(re.findall(pattern, path.read_text()))
        self.assertGreater(len(exported), 10)
        self.assertEqual(exported, drawn)

    def test_common_properties(self):
        for uid, one in self.all.items():
            with self.subTest(uid):
                self.assertIs(one["editable"], False)
                self.assertEqual(one["graphTooltip"], 1)
                self.assertNotIn("__inputs", one)
                self.assertIn(one["schemaVersion"], (39, 40, 41))
                self.assertEqual([v["name"] for v in one["templating"]["list"]][:4],
                                 ["datasource", "job", "instance", "check"])
                self.assertEqual(one["panels"][0]["title"], "Summary")
                self.assertEqual(one["links"][0]["tags"], one["tags"])
                self.assertEqual(len(dashboards.queried(one)), 5)
                for panel in dashboards.panels(one):
                    self.assertRegex(panel["description"], r"^\w.*\.$", panel["title"])

    def test_the_provisioning_points_to_them(self):
        provider, = yaml.safe_load(
            (GRAFANA / "provisioning/dashboards/holdfast.yml").read_text())["providers"]
        self.assertEqual(provider["type"], "file")
        self.assertEqual(provider["options"]["path"], "/usr/share/holdfast/grafana/dashboards")
        source, = yaml.safe_load(
            (GRAFANA / "provisioning/datasources/prometheus.yml").read_text())["datasources"]
        self.assertEqual(source["type"], "prometheus")
        # The scrape interval in alerts/README.md: $__rate_interval is four of these.
        readme = (catalogue.ALERTS / "README.md").read_text()
        self.assertIn(f"scrape_interval: {source['jsonData']['timeInterval']}", readme)


if __name__ == "__main__":
    unittest.main()
