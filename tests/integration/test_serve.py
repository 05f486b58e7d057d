# SPDX-License-Identifier: Apache-2.0
"""The daemon: start, reload, stop, and every reason not to start.

Its one check reads a PM2 home without PM2: these tests are about the daemon.
"""

import contextlib
import json
import os
import pathlib
import re
import select
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

BINARY = os.environ["HOLDFAST_BINARY"]
PATIENCE = 60  # Seconds; an upper bound of waits.
OPENMETRICS = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"


def check(name, home):
    return f"  - {{name: {name}, kind: pm2, home: {home}, interval: 1s, timeout: 500ms}}\n"


class Daemon:
    """One `holdfast serve` on a free port, and its log."""

    def __init__(self, folder, config, *flags, port=0, env=None):
        self.config = pathlib.Path(folder) / "holdfast.yaml"
        self.config.write_text(config)
        self.process = subprocess.Popen(
            [BINARY, "serve", f"--config.file={self.config}", f"--web.listen-address=127.0.0.1:{port}", *flags],
            stderr=subprocess.PIPE, env={**os.environ, **(env or {})})
        self.log = ""
        self.port = None

    def read_log(self, pattern):
        """Reads stderr until `pattern` matches; returns the match."""
        until = time.monotonic() + PATIENCE
        while not (match := re.search(pattern, self.log)):
            ready, _, _ = select.select([self.process.stderr], [], [], until - time.monotonic())
            chunk = os.read(self.process.stderr.fileno(), 65536).decode() if ready else ""
            if not chunk:
                raise AssertionError(f"no {pattern!r} in the log:\n{self.log}")
            self.log += chunk
        return match

    def wait_until_open(self):
        self.port = int(self.read_log(r"address=127\.0\.0\.1:(\d+)").group(1))
        return self

    def get(self, path, accept="", method="GET"):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}",
                                         headers={"Accept": accept}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def wait_for(self, line):
        """Scrapes until the page contains `line`."""
        until = time.monotonic() + PATIENCE
        while line not in (page := self.get("/metrics")[1]).splitlines():
            if time.monotonic() > until:
                raise AssertionError(f"no {line!r} on the page:\n{page}")
            time.sleep(0.05)

    def stop(self, with_signal=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        try:
            code = self.process.wait(PATIENCE)
        finally:
            self.process.kill()
        self.log += self.process.stderr.read().decode()
        self.process.stderr.close()
        return code


class Serve(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="holdfast-serve-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def start(self, config=None, *flags, **more):
        daemon = Daemon(self.folder, config or "checks:\n" + check("apps", self.folder), *flags,
                        **more)
        self.addCleanup(lambda: daemon.process.stderr.closed or daemon.stop())
        return daemon

    def refused(self, *args, **more):
        """A daemon that must not start: its exit code and output."""
        daemon = self.start(*args, **more)
        code = daemon.process.wait(PATIENCE)
        daemon.stop()
        return code, daemon.log

    def test_it_runs_checks_and_stops(self):
        for stop in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(stop):
                daemon = self.start().wait_until_open()
                daemon.wait_for('holdfast_check_runs_total{check="apps"} 3')
                daemon.wait_for('holdfast_incident_open{check="apps",severity="critical"} 1')
                self.assertEqual(daemon.get("/-/healthy")[0], 200)
                self.assertEqual(daemon.get("/-/ready")[0], 200)
                self.assertEqual(daemon.stop(stop), 0)
                self.assertIn('msg="run failed" check=apps kind=pm2 reason=absent', daemon.log)
                self.assertIn('msg="status changed" check=apps kind=pm2 from=unknown to=critical',
                              daemon.log)
                self.assertEqual(daemon.log.count("run failed"), 1)

    def test_a_log_that_nobody_reads_delays_neither_runs_nor_the_stop(self):
        daemon = self.start().wait_until_open()
        fd = os.open(f"/proc/self/fd/{daemon.process.stderr.fileno()}", os.O_WRONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, fd)
        for piece in (b"x" * 4096, b"x"):
            with contextlib.suppress(BlockingIOError):
                while os.write(fd, piece):
                    pass
        daemon.process.send_signal(signal.SIGHUP)

        def value(metric):
            return int(re.search(rf"\n{metric} (\d+)", daemon.get("/metrics")[1])[1])

        while value("holdfast_log_messages_dropped_total") == 0:
            time.sleep(0.05)
        runs = value('holdfast_check_runs_total{check="apps"}')
        while value('holdfast_check_runs_total{check="apps"}') < runs + 2:
            time.sleep(0.05)
        daemon.process.send_signal(signal.SIGTERM)
        self.assertEqual(daemon.process.wait(PATIENCE), 0)

    def test_both_formats_parse_and_have_the_same_series(self):
        daemon = self.start().wait_until_open()
        daemon.wait_for('holdfast_check_runs_total{check="apps"} 1')

        def series(families):
            return sorted((s.name, tuple(sorted(s.labels.items())))
                          for family in families for s in family.samples)

        text = series(parse_text(daemon.get("/metrics", "text/plain")[1]))
        openmetrics = series(parse_openmetrics(daemon.get("/metrics", OPENMETRICS)[1]))
        self.assertEqual(text, openmetrics)
        self.assertIn(("holdfast_pm2_up", (("check", "apps"),)), text)

    def test_promtool_finds_no_problem(self):
        daemon = self.start().wait_until_open()
        daemon.wait_for('holdfast_check_runs_total{check="apps"} 1')
        done = subprocess.run(["promtool", "check", "metrics"], input=daemon.get("/metrics")[1],
                              capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_a_valid_reload_is_applied_and_an_invalid_one_is_not(self):
        daemon = self.start().wait_until_open()
        daemon.wait_for("holdfast_config_last_reload_successful 1")
        daemon.config.write_text("checks:\n  - {name: apps, knid: pm2}\n")
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_for("holdfast_config_last_reload_successful 0")
        self.assertIn('holdfast_check_success{check="apps"}', daemon.get("/metrics")[1])
        daemon.config.write_text("checks:\n" + check("apps", self.folder) +
                                 check("more", self.folder))
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_for("holdfast_config_last_reload_successful 1")
        daemon.wait_for('holdfast_check_runs_total{check="more"} 1')
        self.assertEqual(daemon.stop(), 0)
        self.assertIn("the previous one stays in use", daemon.log)

    def test_a_reload_over_http_must_be_enabled(self):
        daemon = self.start().wait_until_open()
        self.assertGreaterEqual(daemon.get("/-/reload", method="POST")[0], 400)
        daemon.stop()
        daemon = self.start(None, "--web.enable-lifecycle").wait_until_open()
        self.assertEqual(daemon.get("/-/reload", method="POST")[0], 200)
        self.assertGreaterEqual(daemon.get("/-/reload")[0], 400)
        daemon.config.write_text("checks: nonsense\n")
        self.assertGreaterEqual(daemon.get("/-/reload", method="POST")[0], 400)
        daemon.wait_for("holdfast_config_last_reload_successful 0")

    def test_systemd_is_notified_of_ready_and_watchdog(self):
        path = os.path.join(self.folder, "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
            systemd.bind(path)
            systemd.settimeout(PATIENCE)
            daemon = self.start(env={"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "600000",
                                     "WATCHDOG_PID": ""})
            heard = [systemd.recv(256) for _ in range(4)]
            self.assertEqual(heard[0], b"READY=1")
            self.assertEqual(heard[1:], [b"WATCHDOG=1"] * 3)
            daemon.process.send_signal(signal.SIGTERM)
            while systemd.recv(256) != b"STOPPING=1":
                pass
        self.assertEqual(daemon.stop(), 0)

    def test_an_invalid_config_exits_2_and_lists_every_error(self):
        code, log = self.refused("checks:\n  - {name: a, kind: pm3}\n  - {name: b, kind: pm2, x: 1}\n")
        self.assertEqual(code, 2)
        self.assertIn("checks[0]", log)
        self.assertIn("checks[1]", log)

    def test_an_unreadable_config_exits_2(self):
        done = subprocess.run([BINARY, "serve", f"--config.file={self.folder}/none.yaml"],
                              capture_output=True, text=True, timeout=PATIENCE, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("none.yaml", done.stderr)

    def test_an_invalid_web_yml_exits_2_and_names_the_position(self):
        with open(f"{self.folder}/web.yml", "w", encoding="utf-8") as file:
            file.write("basic_auth_user: {}\n")
        code, log = self.refused(None, f"--web.config.file={self.folder}/web.yml")
        self.assertEqual(code, 2)
        self.assertIn("web.yml:1:", log)

    def test_a_port_in_use_is_reported_and_nothing_is_started(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            code, log = self.refused(port=port)
        self.assertEqual(code, 1)
        self.assertIn(str(port), log)
        self.assertIn("in use", log)

    def test_a_second_daemon_on_the_same_history_does_not_start(self):
        history = pathlib.Path(self.folder, "history.db")
        first = self.start(None, f"--history.path={history}").wait_until_open()
        first.wait_for('holdfast_check_runs_total{check="apps"} 1')
        for port in (0, first.port):
            with self.subTest(port=port):
                code, log = self.refused(None, f"--history.path={history}", port=port)
                self.assertEqual(code, 1)
                self.assertIn(f"another Holdfast writes the history {history}", log)
        self.assertEqual(first.stop(), 0)
        # The history contains one uninterrupted run of the daemon.
        with contextlib.closing(sqlite3.connect(history)) as file:
            self.assertEqual(file.execute("SELECT count(*) FROM gaps").fetchone(), (0,))
        self.start(None, f"--history.path={history}").wait_until_open()

    def test_a_reload_rejects_secrets_that_a_start_would_reject(self):
        secret = pathlib.Path(self.folder, "url")
        secret.write_text("http://127.0.0.1:1/beat")
        config = "checks:\n" + check("apps", self.folder)
        daemon = self.start(config).wait_until_open()
        daemon.config.write_text(f"heartbeat: {{url_file: {self.folder}/nothing}}\n" + config)
        daemon.process.send_signal(signal.SIGHUP)
        daemon.read_log("invalid configuration: the previous one stays in use")
        self.assertIn("cannot read the URL of the heartbeat", daemon.log)
        daemon.wait_for("holdfast_config_last_reload_successful 0")
        daemon.config.write_text(f"heartbeat: {{url_file: {secret}}}\n" + config)
        daemon.process.send_signal(signal.SIGHUP)
        daemon.read_log("configuration reloaded")

    def test_an_unwritable_history_is_reported(self):
        code, log = self.refused(None, "--history.path=/proc/none/history.db")
        self.assertEqual(code, 1)
        self.assertIn("/proc/none does not exist", log)

    def test_json_logs_are_json(self):
        daemon = self.start(None, "--log.format=json")
        daemon.read_log(r"holdfast started.*\n")
        daemon.stop()
        events = [json.loads(line) for line in daemon.log.splitlines()]
        self.assertEqual(events[-1]["msg"], "stopping")
        self.assertTrue(all({"time", "level", "msg"} <= set(event) for event in events))


if __name__ == "__main__":
    unittest.main()
