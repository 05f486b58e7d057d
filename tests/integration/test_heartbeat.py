# SPDX-License-Identifier: Apache-2.0
"""Holdfast's own heartbeat on a real daemon: it arrives while the daemon runs checks, again after the
daemon was suspended or the receiver refused it, and neither log, page nor metrics contain its URL. A
stuck scheduler is covered by tests/unit/exporter/system/heartbeat_test.cpp.
"""

import os
import pathlib
import shutil
import signal
import tempfile
import unittest

from daemon import CANARY, Daemon, command
from demo_site import get, wait_for
from receiver import Receiver

CONFIG = """
defaults: {{interval: 1s, timeout: 500ms}}
heartbeat: {{url_file: {file}, every: 10s}}
checks:
  - {{name: services, kind: pm2, home: {dir}/nothing}}
"""
PATIENCE = 60


class Heartbeat(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="hf-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)
        self.file = self.dir / "url"
        self.file.write_text(self.receiver.url(f"/ping/{CANARY}") + "\n")

    def config(self):
        return CONFIG.format(dir=self.dir, file=self.file)

    def start(self):
        daemon = Daemon(self.config())
        self.addCleanup(daemon.close)
        return daemon

    def arrives(self, count):
        wait_for(lambda: len(self.receiver.requests) >= count, PATIENCE, f"heartbeat {count} arrives")

    def test_it_arrives_while_checks_run_and_again_after_a_suspension(self):
        daemon = self.start()
        self.arrives(2)
        self.assertEqual(set(self.receiver.requests), {("GET", f"/ping/{CANARY}", b"")})
        wait_for(lambda: daemon.value("holdfast_heartbeats_total", result="sent") >= 2, PATIENCE,
                 "the metric reports it")
        self.assertEqual(daemon.value("holdfast_heartbeats_total", result="failed"), 0)
        self.assertGreater(daemon.value("holdfast_heartbeat_last_success_timestamp_seconds"), 1e9)
        os.kill(daemon.process.pid, signal.SIGSTOP)
        os.waitid(os.P_PID, daemon.process.pid, os.WSTOPPED | os.WNOWAIT)
        frozen = len(self.receiver.requests)
        os.kill(daemon.process.pid, signal.SIGCONT)
        self.arrives(frozen + 1)
        for text in (daemon.output(), *(get(daemon.url + path)[2]
                                        for path in ("/", "/metrics", "/api/v1/status"))):
            self.assertNotIn(CANARY, text)

    def test_a_refusing_receiver_is_logged_once_and_retried(self):
        self.receiver.status = 404
        daemon = self.start()
        self.arrives(2)
        wait_for(lambda: daemon.value("holdfast_heartbeats_total", result="failed") >= 2, PATIENCE,
                 "two attempts have failed")
        self.assertEqual(daemon.output().count("the heartbeat is not delivered"), 1)
        self.assertIn("HTTP status 404", daemon.output())
        self.receiver.status = 200
        wait_for(lambda: "the heartbeat is delivered again" in daemon.output(), PATIENCE, "it is fixed")
        self.assertNotIn(CANARY, daemon.output())

    def test_a_silent_receiver_delays_neither_runs_nor_the_stop(self):
        self.receiver.hold.set()
        daemon = self.start()
        self.arrives(1)
        runs = daemon.value("holdfast_check_runs_total", check="services")
        wait_for(lambda: daemon.value("holdfast_check_runs_total", check="services") > runs + 2, PATIENCE,
                 "checks still run")
        self.assertEqual(daemon.stop(), 0)

    def test_an_unreadable_url_file_prevents_the_start(self):
        self.file.write_text(f"ftp://beats.example/{CANARY}\n")
        path = self.dir / "holdfast.yaml"
        path.write_text(self.config())
        for arguments in (["config", "check", str(path)], ["serve", f"--config.file={path}"]):
            for text in ("the URL of the heartbeat must begin with https:// or http://",
                         "cannot read the URL of the heartbeat"):
                with self.subTest(arguments[0], text=text):
                    if text.startswith("cannot"):
                        self.file.unlink(missing_ok=True)
                    code, out, err = command(*arguments)
                    self.assertIn(text, out + err)
                    self.assertNotIn(CANARY, out + err)
                    if arguments[0] == "serve":
                        self.assertEqual(code, 2)
            self.file.write_text(f"ftp://beats.example/{CANARY}\n")


if __name__ == "__main__":
    unittest.main()
