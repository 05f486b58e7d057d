# SPDX-License-Identifier: Apache-2.0
"""The dashboards against Grafana's own types (newest and oldest supported version) and registries, and that
these checks work: every injected error is detected by the intended check.
"""

import copy
import json
import pathlib
import subprocess
import tempfile
import unittest

import dashboards
from dashboards import GRAFANA

HERE = pathlib.Path(__file__).resolve().parent
PATIENCE = 300


def first(dashboard, kind):
    return next(one for one in dashboards.panels(dashboard) if one["type"] == kind)


def put(value, *path):
    """An error: sets a value in the first panel of a type; None removes it."""
    def change(dashboard):
        kind, *rest, last = path
        place = first(dashboard, kind) if kind != "dashboard" else dashboard
        for one in rest:
            place = place[one]
        if value is None:
            del place[last]
        else:
            place[last] = value
    return change


def twice(dashboard):
    dashboard["panels"][2]["id"] = dashboard["panels"][1]["id"]


def overlap(dashboard):
    dashboard["panels"][2]["gridPos"] = dict(dashboard["panels"][1]["gridPos"])


CUSTOM = ("timeseries", "fieldConfig", "defaults", "custom")
FAULTS = {
    # Detected by the types.
    "a panel type that is not there": put("graph", "stat", "type"),
    "a misspelt option": put(["max"], "timeseries", "options", "legend", "calc"),
    "a value an option does not have": put("solid", "stat", "options", "colorMode"),
    "an option of another panel": put(True, "stat", "options", "mergeValues"),
    "a text for a number": put("2", *CUSTOM, "lineWidth"),
    "a style of drawing that is not there": put("area", *CUSTOM, "drawStyle"),
    "a field of another panel": put({"mode": "normal"}, "state-timeline", "fieldConfig", "defaults",
                                    "custom", "stacking"),
    "a mode of stacking that is not there": put("on", *CUSTOM, "stacking", "mode"),
    "a mode of thresholds that is not there": put("abs", "stat", "fieldConfig", "defaults", "thresholds",
                                                  "mode"),
    "a kind of mapping that is not there": put("values", "state-timeline", "fieldConfig", "defaults",
                                               "mappings", 0, "type"),
    "a mode of colour that is not there": put("palette", "timeseries", "fieldConfig", "defaults", "color",
                                              "mode"),
    "a misspelt override": put("custom.linestyle", "timeseries", "fieldConfig", "overrides", 0,
                               "properties", 1, "id"),
    "an override of the wrong type": put("1", "timeseries", "fieldConfig", "overrides", 0, "properties",
                                         2, "value"),
    "a misspelt matcher": put("byname", "table", "fieldConfig", "overrides", 0, "matcher", "id"),
    "a misspelt key of a target": put("x", "timeseries", "targets", 0, "legendFmt"),
    "a target without a query": put(None, "timeseries", "targets", 0, "expr"),
    "a format that is not there": put("tables", "table", "targets", 0, "format"),
    "a misspelt size": put(3, "stat", "gridPos", "width"),
    "a panel without a place": put(None, "state-timeline", "gridPos", "h"),
    "a panel without a description": put(None, "stat", "description"),
    "a refresh of a variable that is not there": put(3, "dashboard", "templating", "list", 1, "refresh"),
    "a type of variable that is not there": put("datasources", "dashboard", "templating", "list", 0, "type"),
    "a tooltip that is not there": put(3, "dashboard", "graphTooltip"),
    "a misspelt key of the dashboard": put("5s", "dashboard", "refreshInterval"),
    "a type of link that is not there": put("dashboard", "dashboard", "links", 0, "type"),
    "a misspelt axis of a heatmap": put("s", "heatmap", "options", "yAxis", "units"),
    # Detected by the registries and the lint.
    "a transformation that is not there": put("organise", "table", "transformations", -1, "id"),
    "a misspelt option of a transformation": put({}, "table", "transformations", -1, "options",
                                                 "renameByname"),
    "a unit that is not there": put("byte", "timeseries", "fieldConfig", "defaults", "unit"),
    "no unit and no words": put(None, "timeseries", "fieldConfig", "defaults", "unit"),
    "a reducer that is not there": put(["lastNotnull"], "stat", "options", "reduceOptions", "calcs"),
    "a colour that is not there": put("gren", "stat", "fieldConfig", "defaults", "thresholds", "steps", 0,
                                      "color"),
    "a line without a legend": put("", "timeseries", "targets", 0, "legendFormat"),
    "an unknown variable": put("up{job=~\"$jobs\"}", "timeseries", "targets", 0, "expr"),
    "a data source of one installation": put("PBFA97CFB590B2093", "stat", "datasource", "uid"),
    "an id twice": twice,
    "two panels in one place": overlap,
}


class Types(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        done = subprocess.run([HERE.parent / "lib/install_npm.sh", HERE, "grafana"], capture_output=True,
                              text=True, timeout=PATIENCE, check=False)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        cls.node, _, cls.modules = done.stdout.split("\n")[:3]
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        # One run of the compiler for all: it takes seconds to load Grafana's types.
        shipped = sorted((GRAFANA / "dashboards").glob("*.json"))
        cls.faulty = dict(cls.injected())
        cls.found = cls.check(*shipped, *cls.faulty)

    @classmethod
    def injected(cls):
        clean = dashboards.load()["holdfast-postgres"]
        for i, (name, fault) in enumerate(FAULTS.items()):
            dashboard = copy.deepcopy(clean)
            fault(dashboard)
            path = pathlib.Path(cls.folder.name, f"fault{i}.json")
            path.write_text(json.dumps(dashboard))
            yield path, name

    @classmethod
    def check(cls, *files):
        """{file: [errors]}; an error without a file is in the checker itself."""
        done = subprocess.run([cls.node, HERE / "check.mjs", HERE / "types.ts", *files],
                              cwd=cls.modules, capture_output=True, text=True, timeout=PATIENCE, check=False)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        found = {}
        for one in json.loads(done.stdout):
            found.setdefault(pathlib.Path(one["file"]), []).append(f"{one['where']}: {one['what']}")
        return found

    def test_the_dashboards_have_no_errors(self):
        self.assertEqual({path.name: said for path, said in self.found.items()
                          if path not in self.faulty}, {})

    def test_every_injected_error_is_detected(self):
        for path, name in self.faulty.items():
            with self.subTest(name):
                said = self.found.get(path)
                self.assertTrue(said)
                print(f"  {name}: {said[0][:150]}", flush=True)

    def test_each_version_of_the_types_is_checked(self):
        """A misspelt option is reported once per version."""
        path, = (path for path, name in self.faulty.items() if name == "a misspelt option")
        for schema in ("@grafana/schema", "schema11"):
            self.assertTrue(any(one.startswith(schema) for one in self.found[path]))


if __name__ == "__main__":
    unittest.main()
