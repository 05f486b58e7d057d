# SPDX-License-Identifier: Apache-2.0
"""The dashboards rendered by Grafana's UI libraries in Chromium, in a custom page without a Grafana
server (render/): every panel completes, none is empty, and the values match the injected faults.
Installs 485 MB from npm: tests/soak/soak_grafana. HOLDFAST_PICTURES=DIRECTORY keeps the screenshots,
taken after HOLDFAST_MINUTES of history, for tests/grafana/draw.
"""

import copy
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

import dashboards
from catalogue import CHECKOUT
from dashboards import GRAFANA
from demo_site import wait_for
from live_site import SCRAPE, LiveSite

HERE = pathlib.Path(__file__).resolve().parent
INSTALL = CHECKOUT / "tests/lib/install_npm.sh"
PATIENCE = 900
MINUTES = float(os.environ.get("HOLDFAST_MINUTES", "3"))
# Of the 728 keys, delete-keys deletes this many that are no pre-keys.
KEYS, DELETED = 728, 240


class Render(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        done = subprocess.run([INSTALL, HERE / "render", "grafana-render", "--legacy-peer-deps"],
                              capture_output=True, text=True, timeout=PATIENCE, check=False)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        cls.node, _, cls.packages = done.stdout.split("\n")[:3]
        folder = tempfile.TemporaryDirectory(prefix="hf-")
        cls.addClassCleanup(folder.cleanup)
        cls.scratch = pathlib.Path(folder.name)
        cls.pictures = pathlib.Path(os.environ.get("HOLDFAST_PICTURES", cls.scratch))
        cls.site = LiveSite()
        cls.addClassCleanup(cls.site.close)
        cls.live_a_little()
        shipped = sorted((GRAFANA / "dashboards").glob("*.json"))
        cls.drawn = cls.render(shipped, ["light", "dark"])

    @classmethod
    def live_a_little(cls):
        """Some history with a closed incident and two active faults."""
        end = time.monotonic() + 60 * MINUTES
        cls.site.pass_through("fill-pool", "pooler")
        wait_for(lambda: time.monotonic() >= end - 20, 60 * MINUTES + 60, "a history exists")
        for fault in ("delete-keys", "stop-service"):
            cls.site.run("deploy/demo/break", fault)
        cls.site.incident("sessions", 1)
        cls.site.incident("services", 1)
        cls.site.wait_until(f"sum(holdfast_whatsapp_keys) == {KEYS - DELETED}")
        wait_for(lambda: time.monotonic() >= end, 60, "the history is long enough")

    @classmethod
    def render(cls, files, themes):
        """{(dashboard, theme): result}."""
        wanted = {"prometheus": cls.site.prometheus, "scrape": SCRAPE, "themes": themes, "width": 1600,
                  "from": f"now-{round(60 * MINUTES) + 30}s", "to": "now", "pictures": str(cls.pictures),
                  "dashboards": [str(one) for one in files]}
        done = subprocess.run([cls.node, HERE / "render/render.mjs", cls.scratch], input=json.dumps(wanted),
                              env=dict(os.environ, CHROMIUM=shutil.which("chromium"), HOME=str(cls.scratch)),
                              cwd=cls.packages, capture_output=True, text=True, timeout=PATIENCE, check=False)
        if done.returncode != 0:
            raise AssertionError(done.stderr[-4000:])
        return {(one["name"], one["theme"]): one for one in json.loads(done.stdout)}

    def shown(self, dashboard, title, theme):
        """The text of the panel of that title; of several, all."""
        texts = [one["text"] for one in self.drawn[dashboard, theme]["panels"] if one["title"] == title]
        self.assertTrue(texts, f"{dashboard} has no panel {title}")
        return " ".join(texts)

    def test_every_panel_completes_and_none_is_empty(self):
        self.assertEqual(len(self.drawn), 14)
        for (name, theme), one in self.drawn.items():
            self.assertIsNone(one["fatal"])
            self.assertEqual(one["complaints"], [], name)
            expected = len(list(dashboards.panels(dashboards.load()[name])))
            self.assertEqual(len(one["panels"]), expected, name)
            for panel in one["panels"]:
                with self.subTest(name, theme=theme, panel=panel["title"]):
                    self.assertEqual((panel["state"], panel["error"]), ("Done", None))
                    self.assertNotIn("No data", panel["text"])
                    self.assertNotEqual(panel["text"], panel["title"])

    def test_the_values_match_the_injected_faults(self):
        # The number of keys by type differs between generated states.
        pre_keys = int(self.site.psql("SELECT count(*) FROM whatsapp_keys WHERE key_type = 'pre-key'"))
        lasting = KEYS - pre_keys
        there = f"{100 * (lasting - DELETED) / lasting:.1f}%"
        finding = {row["fault"]: row["finding"] for row in self.site.faults()}
        version = subprocess.run([self.site.environment["HOLDFAST_BINARY"], "version"], capture_output=True,
                                 text=True, check=True).stdout.split()[1]
        facts = {
            ("holdfast-overview", "Session keys present"): there,
            ("holdfast-overview", "Auth records"): "1",
            ("holdfast-overview", "Processes online"): "online 6 of 7",
            ("holdfast-overview", "Critical incidents"): "2",
            ("holdfast-overview", "Findings"): finding["delete-keys"],
            # It allows no critical time.
            ("holdfast-overview", "Window verdict"): "begins no_go",
            ("holdfast-overview", "Last write by table"): "whatsapp_keys",
            ("holdfast-pm2", "Processes online"): "online 6 of 7",
            ("holdfast-pm2", "Processes"): "stopped",
            ("holdfast-pm2", "Findings"): finding["stop-service"],
            ("holdfast-pools", "Clients waiting"): "api-pool 0 pooler 0",
            ("holdfast-pools", "Open connections, budget and forecast"): "budget of pool 21",
            ("holdfast-postgres", "Connections"): f"allowed, timeweb {self.site.psql('SHOW max_connections')}",
            ("holdfast-postgres", "Version"): self.site.psql("SHOW server_version").split()[0],
            ("holdfast-postgres", "Role"): "primary",
            ("holdfast-postgres", "Connection"): "TLSv1.3",
            ("holdfast-postgres", "Certificates"): "leaf",
            ("holdfast-postgres", "Query time"): "critical limit of timeweb 500 ms",
            ("holdfast-whatsapp", "Session keys present"): there,
            ("holdfast-whatsapp", "Live keys and the baseline"): f"pre-key {pre_keys} {pre_keys} 0",
            ("holdfast-whatsapp", "Findings"): finding["delete-keys"],
            ("holdfast-window", "Verdict"): "begins no_go",
            ("holdfast-window", "Verdict over time"): "in_progress",
            ("holdfast-self", "Version"): version,
            ("holdfast-self", "Up"): "yes",
            ("holdfast-self", "History written"): "yes",
            ("holdfast-self", "Heartbeats sent"): "sent",
        }
        for (dashboard, title), text in facts.items():
            for theme in ("light", "dark"):
                with self.subTest(dashboard, panel=title, theme=theme):
                    # Whole words: 1 must not match 10.
                    self.assertIn(f" {text} ", f" {self.shown(dashboard, title, theme)} ")

    def test_an_invalid_dashboard_is_detected(self):
        clean = dashboards.load()["holdfast-self"]
        clean["panels"] = clean["panels"][:2]
        faults = {"syntax": ("expr", "sum(holdfast_check_fresh"), "metric": ("expr", "holdfast_nothing"),
                  "variable": ("expr", 'up{job="$jobs"}'), "kind": ("type", "gauge2")}
        files = []
        for name, (key, value) in faults.items():
            dashboard = copy.deepcopy(clean)
            place = dashboard["panels"][1] if key == "type" else dashboard["panels"][1]["targets"][0]
            place[key] = value
            files.append(self.scratch / f"{name}.json")
            files[-1].write_text(json.dumps(dashboard))
        found = {name: one["panels"][0] for (name, _), one in self.render(files, ["dark"]).items()}
        self.assertIn("parse error", found["syntax"]["error"])
        self.assertIn("No data", found["metric"]["text"])
        self.assertIn("unknown variable", found["variable"]["error"])
        self.assertIn("no panel of the kind gauge2", found["kind"]["error"])


if __name__ == "__main__":
    unittest.main()
