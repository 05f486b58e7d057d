# SPDX-License-Identifier: Apache-2.0
"""Every query of every dashboard on the real exporter and Debian's Prometheus, driven by the demo site:
each answers without error, with a series and a finite value; and each exported metric is of use.

The site looks every second or two, so that spans have enough samples; two windows begin and end and one
fault is planted and mended, so that every annotation has something to tell.
"""

import datetime
import json
import math
import os
import re
import signal
import time
import unittest
import urllib.parse

import yaml

import catalogue
import dashboards
from demo_site import DemoSite, get, wait_for

PATIENCE = 120
SCRAPE = 5  # Of the demo's Prometheus, in seconds.

# Targets that need not answer here, and why. One that does answer fails.
SILENT = {
    ("holdfast-postgres", "Replication", "A"): "the demo has no standby",
}
# Exported, and on no panel and in no alert, with the reason. One that is used fails.
NOT_USED = {
    "process_virtual_memory_bytes": "says little: threads reserve address space they never use",
}


def rate_interval(panel):
    """$__rate_interval as Grafana counts it, at the finest resolution."""
    least = SCRAPE
    if "interval" in panel:
        number, unit = re.fullmatch(r"(\d+)([smhd])", panel["interval"]).groups()
        least = int(number) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[unit]
    return f"{4 * least}s"


def finite(series):
    values = series.get("values") or [series["value"]]
    return any(math.isfinite(float(value)) for _, value in values)


class Live(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.began = time.time()
        cls.site = DemoSite(past=False)
        cls.addClassCleanup(cls.site.close)
        cls.prometheus = f"http://127.0.0.1:{cls.site.ports['PORT_PROMETHEUS']}"
        cls.hurry()
        cls.dashboards = dashboards.load()
        # A fact, confirmed at once: an incident opens, and closes after it is mended.
        cls.site.run("deploy/demo/break", "delete-keys")
        try:
            cls.wait_for_incident(1)
        finally:
            cls.site.run("deploy/demo/mend", "delete-keys")
        cls.wait_for_incident(0)

    @classmethod
    def hurry(cls):
        """The site's configuration with shorter intervals, all limits, and windows that turn."""
        path = cls.site.dir / "holdfast.yaml"
        config = yaml.safe_load(path.read_text())
        config["defaults"].update({"interval": "1s", "timeout": "1s"})
        config["heartbeat"] = {"url": f"{cls.prometheus}/-/healthy", "every": "10s"}
        checks = {one["name"]: one for one in config["checks"]}
        checks["services"].update({"memory": {"warning": "1GiB"}, "event_loop": {"warning": "1s"}})
        checks["pooler"]["wait"] = {"warning": "1s"}
        checks["timeweb"]["facts_interval"] = "2s"

        def instant(seconds):
            now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
            return (now + datetime.timedelta(seconds=seconds)).isoformat()
        window = {"checks": list(checks), "go_when": {"coverage": "99%", "critical": "0s"}}
        config["windows"] = [{"name": "begins", "start": instant(15), "length": "7d", **window},
                             {"name": "ends", "start": instant(-45), "length": "1m", **window}]
        path.write_text(json.dumps(config))  # Which is YAML, and has no aliases.
        os.kill(int((cls.site.dir / "run/holdfast.pid").read_text().split()[0]), signal.SIGHUP)
        wait_for(lambda: any(key[0] == "holdfast_window_verdict" for key in cls.site.metrics()), 60,
                 "the windows are there")

    @classmethod
    def ask(cls, path, **parameters):
        url = f"{cls.prometheus}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        status, _, text = get(url, timeout=30)
        if status != 200:
            raise AssertionError(f"{parameters}: {text[:500]}")
        return json.loads(text)["data"]

    @classmethod
    def wait_for_incident(cls, wanted):
        expr = f'max(holdfast_incident_open{{check="sessions"}}) == {wanted}'
        wait_for(lambda: cls.ask("query", query=expr)["result"], PATIENCE, expr)

    def over_time(self, expr):
        now = time.time()
        return self.ask("query_range", query=expr, start=self.began, end=now,
                        step=max(1, round((now - self.began) / 100)))["result"]

    def variables(self, dashboard):
        """{name: value} as Grafana chooses at first: the first value, or the pattern of All."""
        chosen = {}
        for one in dashboard["templating"]["list"]:
            if one["type"] != "query":
                continue
            selector, label = re.fullmatch(r"label_values\((.+), (\w+)\)", one["definition"]).groups()
            values = self.ask(f"label/{label}/values", **{"match[]": self.fill(selector, chosen)})
            self.assertTrue(values, f"{dashboard['uid']}: variable {one['name']} has no value")
            chosen[one["name"]] = one.get("allValue") or values[0]
        return chosen

    @staticmethod
    def fill(expr, chosen, panel=None):
        expr = expr.replace("$__rate_interval", rate_interval(panel or {})).replace("$__range", "10m")
        for name, value in chosen.items():
            expr = expr.replace(f"${name}", value)
        if "$" in expr:
            raise AssertionError(f"a variable that is not there: {expr}")
        return expr

    def fields_are_there(self, panel, target, result):
        """Labels in a legend, and columns of a table, must be in the answer."""
        labels = set().union(*(one["metric"] for one in result))
        if result[0]["metric"] == {"finding": "nothing"}:  # Where all is well. Not all is (advice).
            return True
        named = set(re.findall(r"{{(\w+)}}", target["legendFormat"])) if target.get("range") else set()
        if panel["type"] == "table":
            organize = panel["transformations"][-1]["options"]
            named = {name for name in organize["indexByName"] if not name.startswith("Value")}
        return named <= labels | {"subject"}  # Which many findings do not have.

    def test_every_target_of_every_panel_answers(self):
        waiting = {}
        for dashboard in self.dashboards.values():
            chosen = self.variables(dashboard)
            for key, panel, target in dashboards.targets(dashboard):
                waiting[key] = (panel, target, self.fill(target["expr"], chosen, panel))
        self.assertGreater(len(waiting), 100)

        def answered():
            for key, (panel, target, expr) in list(waiting.items()):
                result = (self.ask("query", query=expr)["result"] if target["instant"]
                          else self.over_time(expr))
                if any(finite(one) for one in result):
                    self.assertTrue(self.fields_are_there(panel, target, result),
                                    f"{key}: {target['legendFormat']}: {result[0]['metric']}")
                    del waiting[key]
            return set(waiting) <= set(SILENT)
        end = time.monotonic() + PATIENCE
        while not answered() and time.monotonic() < end:
            time.sleep(1)  # Until more has been scraped.
        self.assertEqual({key: expr for key, (_, _, expr) in waiting.items() if key not in SILENT}, {})
        self.assertEqual(set(SILENT) - set(waiting), set(), "no longer silent: take it off the list")

    def test_every_annotation_has_something_to_tell(self):
        for dashboard in self.dashboards.values():
            chosen = self.variables(dashboard)
            chosen["check"] = ".+"  # The incident is one of the sessions.
            for one in dashboards.queried(dashboard):
                expr = self.fill(one["expr"], chosen)
                with self.subTest(dashboard["uid"], annotation=one["name"]):
                    result = wait_for(lambda: self.over_time(expr), PATIENCE, expr)
                    self.assertTrue(all(finite(each) for each in result))
                    self.assertLess(set(re.findall(r"{{(\w+)}}", one["titleFormat"])),
                                    set(result[0]["metric"]))

    def test_every_exported_metric_is_of_use(self):
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
