# SPDX-License-Identifier: Apache-2.0
"""A history that cannot be written or is damaged: the daemon continues, and the page, the status
document, the metrics, `report` and `check` report it until it is resolved."""

import json
import pathlib
import resource
import shutil
import tempfile
import unittest

from daemon import Daemon, command
from demo_site import get, wait_for

CONFIG = """
timezone: UTC
defaults: {{interval: 1s, timeout: 500ms}}
history: {{path: {history}}}
checks:
  - {{name: services, kind: pm2, home: {dir}/nothing}}
"""
PATIENCE = 60


class History(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="hf-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.file = self.dir / "history.db"
        self.text = CONFIG.format(dir=self.dir, history=self.file)
        self.config = self.dir / "holdfast.yaml"
        self.config.write_text(self.text)

    def start(self):
        daemon = Daemon(self.text)
        self.addCleanup(daemon.close)
        daemon.ready()
        return daemon

    def codes(self, daemon):
        """The findings about the history in the status document; the page must show the same."""
        status = json.loads(get(daemon.url + "/api/v1/status")[2])
        return [finding["code"] for finding in status["history_findings"]]

    def page(self, daemon):
        return get(daemon.url + "/")[2]

    def test_a_full_disk_is_reported_while_it_lasts(self):
        daemon = self.start()
        self.assertEqual(self.codes(daemon), [])
        log = pathlib.Path(f"{self.file}-wal")
        wait_for(lambda: log.exists() and log.stat().st_size > 64 * 1024, PATIENCE, "it is written")
        # To the daemon, a file size limit is like a full disk.
        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        full = (log.stat().st_size, resource.RLIM_INFINITY)
        resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, full)
        wait_for(lambda: self.codes(daemon) == ["history_not_kept"], PATIENCE, "it is reported")
        self.assertIn("History problem", self.page(daemon))
        self.assertEqual(daemon.value("holdfast_history_writable"), 0)
        runs = daemon.value("holdfast_check_runs_total", check="services")
        wait_for(lambda: daemon.value("holdfast_check_runs_total", check="services") > runs + 2,
                 PATIENCE, "it continues to monitor")
        resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, unlimited)
        wait_for(lambda: self.codes(daemon) == [], PATIENCE, "it is over")
        self.assertNotIn("History problem", self.page(daemon))
        self.assertEqual(daemon.value("holdfast_history_writable"), 1)
        self.assertEqual(daemon.value("holdfast_history_readings_lost_total"), 0)
        self.assertEqual(daemon.output().count("can be written again"), 1)

    def test_a_damaged_file_is_moved_aside_and_reported(self):
        self.file.write_bytes(b"x" * 8192)
        daemon = self.start()
        self.assertEqual(self.codes(daemon), ["history_set_aside"])
        self.assertIn("A damaged history file was moved aside", self.page(daemon))
        kept = list(self.dir.glob("history.db.damaged-*"))
        self.assertEqual([each.read_bytes() for each in kept], [b"x" * 8192])
        arguments = ("report", "--config.file", str(self.config))
        text = command(*arguments)[1]
        self.assertIn(kept[0].name, text.partition("VERDICT")[0])
        report = json.loads(command(*arguments, "--format", "json")[1])
        self.assertEqual(report["history_findings"][0]["code"], "history_set_aside")
        self.assertEqual(report["history_findings"][0]["severity"], "warning")

    def test_a_command_reports_unreadable_baselines(self):
        for line in (command("check", "--config.file", str(self.config))[1],
                     command("check", "--config.file", str(self.config), "--format", "json")[1]):
            self.assertNotIn("History problem", line)  # No daemon has run yet.
        self.file.write_bytes(b"x" * 8192)
        out = command("check", "--config.file", str(self.config))[1]
        self.assertIn("History problem", out)
        self.assertIn("Limits that need a baseline are not judged.", out)
        code, _, fault = command("report", "--config.file", str(self.config))
        self.assertEqual(code, 3)
        self.assertIn("history", fault)
        self.assertEqual(self.file.read_bytes(), b"x" * 8192)


if __name__ == "__main__":
    unittest.main()
