# SPDX-License-Identifier: Apache-2.0
"""The demo site for tests of dashboards: checks run every second or two, so that spans have enough
samples; it has a limit for each panel that draws one, a window that starts and one that ends, and sends
heartbeats to its own Prometheus. The creator must close it.
"""

import datetime
import json
import os
import signal
import time
import urllib.parse

import yaml

from demo_site import DemoSite, get, wait_for

PATIENCE = 120
SCRAPE = 5  # Scrape interval of the demo's Prometheus, in seconds.


def instant(seconds):
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    return (now + datetime.timedelta(seconds=seconds)).isoformat()


class LiveSite(DemoSite):
    def __init__(self):
        self.began = time.time()
        super().__init__(past=False)
        self.prometheus = f"http://127.0.0.1:{self.ports['PORT_PROMETHEUS']}"
        try:
            self.hurry()
        except BaseException:
            self.close()
            raise

    def hurry(self):
        path = self.dir / "holdfast.yaml"
        config = yaml.safe_load(path.read_text())
        config["defaults"].update({"interval": "1s", "timeout": "1s"})
        config["heartbeat"] = {"url": f"{self.prometheus}/-/healthy", "every": "10s"}
        checks = {one["name"]: one for one in config["checks"]}
        checks["services"].update({"memory": {"warning": "1GiB"}, "event_loop": {"warning": "1s"}})
        checks["pooler"]["wait"] = {"warning": "1s"}
        checks["timeweb"]["facts_interval"] = "2s"
        window = {"checks": list(checks), "go_when": {"coverage": "99%", "critical": "0s"}}
        config["windows"] = [{"name": "begins", "start": instant(15), "length": "7d", **window},
                             {"name": "ends", "start": instant(-45), "length": "1m", **window}]
        path.write_text(json.dumps(config))  # JSON is YAML without aliases.
        os.kill(int((self.dir / "run/holdfast.pid").read_text().split()[0]), signal.SIGHUP)
        wait_for(lambda: any(key[0] == "holdfast_window_verdict" for key in self.metrics()), 60,
                 "the windows are evaluated")

    def ask(self, path, **parameters):
        url = f"{self.prometheus}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        status, _, text = get(url, timeout=30)
        if status != 200:
            raise AssertionError(f"{parameters}: {text[:500]}")
        return json.loads(text)["data"]

    def wait_until(self, expr):
        """Waits until Prometheus has a series of that expression."""
        wait_for(lambda: self.ask("query", query=expr)["result"], PATIENCE, expr)

    def pass_through(self, fault, check):
        """Waits for an incident of that check to open and close."""
        self.run("deploy/demo/break", fault)
        try:
            self.incident(check, 1)
        finally:
            self.run("deploy/demo/fix", fault)
        self.incident(check, 0)

    def incident(self, check, wanted):
        self.wait_until(f'max(holdfast_incident_open{{check="{check}"}}) == {wanted}')
