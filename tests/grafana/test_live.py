# SPDX-License-Identifier: Apache-2.0
"""Every query of every dashboard with the real exporter and Debian's Prometheus, on the demo site: each
returns without error, with a series and a finite value; and each exported metric is used. One fault is
injected and fixed, so that every annotation has data.
"""

import math
import re
import time
import unittest

import catalogue
import dashboards
from demo_site import get, wait_for
from live_site import PATIENCE, SCRAPE, LiveSite

# Targets that return no data here, with the reason. One that does return data fails the test.
SILENT = {
    ("holdfast-postgres", "Replication", "A"): "the demo has no standby",
}
# Metrics without panel and alert, with the reason. One that is used fails the test.
NOT_USED = {
    "process_virtual_memory_bytes": "says little: threads reserve address space they never use",
}


def rate_interval(target):
    """$__rate_interval as Grafana computes it, at the finest resolution."""
    return f"{4 * dashboards.least_step(target, SCRAPE)}s"


def finite(series):
    values = series.get("values") or [series["value"]]
    return any(math.isfinite(float(value)) for _, value in values)


class Live(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = LiveSite()
        cls.addClassCleanup(cls.site.close)
        cls.dashboards = dashboards.load()
        # A fact is confirmed at once: an incident opens, and closes after the fix.
        cls.site.pass_through("delete-keys", "sessions")

    def over_time(self, expr):
        now = time.time()
        return self.site.ask("query_range", query=expr, start=self.site.began, end=now,
                             step=max(1, round((now - self.site.began) / 100)))["result"]

    def variables(self, dashboard):
        """{name: value} as initially selected by Grafana: the first value, or the pattern of All."""
        chosen = {}
        for one in dashboard["templating"]["list"]:
            if one["type"] != "query":
                continue
            selector, label = re.fullmatch(r"label_values\((.+), (\w+)\)", one["definition"]).groups()
            values = self.site.ask(f"label/{label}/values", **{"match[]": self.fill(selector, chosen)})
            self.assertTrue(values, f"{dashboard['uid']}: variable {one['name']} has no value")
            chosen[one["name"]] = one.get("allValue") or values[0]
        return chosen

    @staticmethod
    def fill(expr, chosen, target=None):
        expr = expr.replace("$__rate_interval", rate_interval(target or {})).replace("$__range", "10m")
        for name, value in chosen.items():
            expr = expr.replace(f"${name}", value)
        if "$" in expr:
            raise AssertionError(f"a variable that is not there: {expr}")
        return expr

    def fields_are_there(self, panel, target, result):
        """Labels in a legend and columns of a table must be in the result."""
        labels = set().union(*(one["metric"] for one in result))
        if result[0]["metric"] == {"finding": "none"}:  # Without findings; others are (info).
            return True
        named = set(re.findall(r"{{(\w+)}}", target["legendFormat"])) if target.get("range") else set()
        if panel["type"] == "table":
            organize = panel["transformations"][-1]["options"]
            named = {name for name in organize["indexByName"] if not name.startswith("Value")}
        return named <= labels | {"subject"}  # Many findings have no subject.

    def test_every_target_of_every_panel_returns_data(self):
        waiting = {}
        for dashboard in self.dashboards.values():
            chosen = self.variables(dashboard)
            for key, panel, target in dashboards.targets(dashboard):
                waiting[key] = (panel, target, self.fill(target["expr"], chosen, target))
        self.assertGreater(len(waiting), 100)

        def answered():
            for key, (panel, target, expr) in list(waiting.items()):
                result = (self.site.ask("query", query=expr)["result"] if target["instant"]
                          else self.over_time(expr))
                if any(finite(one) for one in result):
                    self.assertTrue(self.fields_are_there(panel, target, result),
                                    f"{key}: {target['legendFormat']}: {result[0]['metric']}")
                    del waiting[key]
            return set(waiting) <= set(SILENT)
        end = time.monotonic() + PATIENCE
        while not answered() and time.monotonic() < end:
            time.sleep(1)  # Retried until more has been scraped.
        self.assertEqual({key: expr for key, (_, _, expr) in waiting.items() if key not in SILENT}, {})
        self.assertEqual(set(SILENT) - set(waiting), set(), "no longer silent: take it off the list")

    def test_every_annotation_returns_data(self):
        for dashboard in self.dashboards.values():
            chosen = self.variables(dashboard)
            chosen["check"] = ".+"  # The incident belongs to the check of the sessions.
            for one in dashboards.queried(dashboard):
                expr = self.fill(one["expr"], chosen)
                with self.subTest(dashboard["uid"], annotation=one["name"]):
                    result = wait_for(lambda: self.over_time(expr), PATIENCE, expr)
                    self.assertTrue(all(finite(each) for each in result))
                    self.assertLess(set(re.findall(r"{{(\w+)}}", one["titleFormat"])),
                                    set(result[0]["metric"]))

    def test_every_exported_metric_is_used(self):
        exported = set(re.findall(r"^# TYPE (\S+)", get(self.site.url + "/metrics")[2], re.M))
        self.assertGreater(len(exported), 80)
        used = set()
        for dashboard in self.dashboards.values():
            for expr in dashboards.expressions(dashboard):
                used |= dashboards.metric_names(expr)
        for rule in catalogue.rules():
            used |= dashboards.metric_names(rule["expr"])
        self.assertEqual(exported - used - set(NOT_USED), set())
        self.assertEqual(set(NOT_USED) & used, set(), "used by now: take it off the list")
        self.assertEqual(set(NOT_USED) - exported, set(), "not exported: take it off the list")


if __name__ == "__main__":
    unittest.main()
