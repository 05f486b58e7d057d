# SPDX-License-Identifier: Apache-2.0
"""Debian's Prometheus and Alertmanager with the shipped rules and the example configuration, and a webhook
that records notifications. Every `for` and every other wait is divided by SPEED_UP to keep tests short.
Everything is on loopback, in one temporary directory, and stopped in `close`.
"""

import http.server
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading

import yaml

import catalogue
from catalogue import ALERTS
from daemon import free_port
from demo_site import get, wait_for

SPEED_UP = 20
UNITS = {"s": 1, "m": 60, "h": 3600}


def faster(text):
    """A duration such as 15m, divided."""
    number, unit = re.fullmatch(r"(\d+)([smh])", text).groups()
    return f"{max(1, int(number) * UNITS[unit] * 1000 // SPEED_UP)}ms"


def hurried_rules(text):
    """The rules with shorter waits: `for`, `keep_firing_for`, and how long a last known state is kept."""
    document = yaml.safe_load(text)
    for group in document["groups"]:
        for rule in group["rules"]:
            for wait in ("for", "keep_firing_for"):
                if wait in rule:
                    rule[wait] = faster(rule[wait])
            # Rates need several samples at any speed.
            if "histogram_quantile" not in rule["expr"]:
                rule["expr"] = re.sub(r"\[(\d+m)\]", lambda m: f"[{faster(m.group(1))}]", rule["expr"])
    return yaml.safe_dump(document, width=1000)


def hurried_routes(document, url):
    """The example with shorter waits, active at every hour, and with the webhook as its receivers."""
    def hurry(route):
        for wait in ("group_wait", "group_interval", "repeat_interval"):
            if wait in route:
                route[wait] = route[wait] if route[wait] == "0s" else faster(route[wait])
        route.pop("active_time_intervals", None)
        for one in route.get("routes", []):
            hurry(one)
    hurry(document["route"])
    document["receivers"] = [
        {"name": one["name"],
         "webhook_configs": [{"url": f"{url}/{one['name']}", "send_resolved": True}]}
        for one in document["receivers"]]
    return document


class Webhook:
    """Stores the last notified status of each alert, by (alert name, check, subject)."""

    def __init__(self):
        self.lock = threading.Lock()
        self.notified = {}
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                hook.take(body["alerts"])
                self.send_response(200)
                self.end_headers()

            def log_message(self, *arguments):
                pass
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def take(self, alerts):
        with self.lock:
            for one in alerts:
                labels = one["labels"]
                key = (labels["alertname"], labels.get("check", ""), labels.get("subject", ""))
                self.notified.setdefault(key, []).append(one["status"])

    def forget(self):
        with self.lock:
            self.notified = {key: states for key, states in self.notified.items() if states[-1] == "firing"}

    def names(self, status=None):
        """Names of notified alerts except the Watchdog, or only those whose last status is `status`."""
        with self.lock:
            return {key[0] for key, states in self.notified.items()
                    if key[0] != "Watchdog" and status in (None, states[-1])}

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Stack:
    def __init__(self, holdfast_port):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="hf-"))
        self.processes = []
        self.webhook = Webhook()
        try:
            self.start_alertmanager()
            self.start_prometheus(holdfast_port)
        except BaseException:
            self.close()
            raise

    def start(self, url, *command):
        with (self.dir / f"{command[0]}.log").open("w") as log:
            self.processes.append(subprocess.Popen([str(one) for one in command], stdout=log,
                                                   stderr=subprocess.STDOUT, cwd=self.dir))

        def answers():
            try:
                return get(url + "/-/ready")[0] == 200
            except OSError:
                return False
        wait_for(answers, 60, f"{command[0]} answers")

    def start_alertmanager(self):
        port = free_port()
        self.alertmanager = f"127.0.0.1:{port}"
        example = yaml.safe_load((ALERTS / "alertmanager/alertmanager.yml").read_text())
        config = self.dir / "alertmanager.yml"
        config.write_text(yaml.safe_dump(hurried_routes(example, self.webhook.url)))
        self.start(f"http://{self.alertmanager}", "prometheus-alertmanager", f"--config.file={config}",
                   f"--storage.path={self.dir}/alertmanager",
                   f"--web.listen-address={self.alertmanager}", "--cluster.listen-address=")

    def start_prometheus(self, holdfast_port):
        for path in catalogue.rule_files():
            (self.dir / path.name).write_text(hurried_rules(path.read_text()))
        config = self.dir / "prometheus.yml"
        config.write_text(yaml.safe_dump({
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(self.dir / path.name) for path in catalogue.rule_files()],
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": [self.alertmanager]}]}]},
            "scrape_configs": [{"job_name": "holdfast", "static_configs": [
                {"targets": [f"127.0.0.1:{holdfast_port}"]}]}]}))
        port = free_port()
        self.prometheus = f"http://127.0.0.1:{port}"
        # An alert of the first seconds is dropped, and resent after the resend delay.
        self.start(self.prometheus, "prometheus", f"--config.file={config}",
                   f"--storage.tsdb.path={self.dir}/prometheus",
                   f"--web.listen-address=127.0.0.1:{port}", "--rules.alert.resend-delay=1s",
                   "--storage.remote.flush-deadline=1s")

    def active(self):
        """{alert name: state} in Prometheus, except the Watchdog."""
        groups = json.loads(get(self.prometheus + "/api/v1/alerts")[2])["data"]["alerts"]
        return {one["labels"]["alertname"]: one["state"] for one in groups
                if one["labels"]["alertname"] != "Watchdog"}

    def close(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.webhook.close()
        shutil.rmtree(self.dir, ignore_errors=True)
