# SPDX-License-Identifier: Apache-2.0
"""Reports across a real restart: a report missed while the daemon was down is sent once after it, also
after a kill; a daemon killed while sending does not send again.
"""

import contextlib
import datetime
import json
import pathlib
import shutil
import sqlite3
import tempfile
import unittest

from daemon import Daemon
from demo_site import wait_for
from receiver import Receiver

CONFIG = """
timezone: UTC
defaults: {{interval: 1s, timeout: 500ms}}
checks:
  - {{name: services, kind: pm2, home: {dir}/nothing}}
reports:
  - at: "{at}"
    to:
      - webhook: {{url: "http://127.0.0.1:{port}/hook"}}
      - file: {file}
"""
PATIENCE = 60
HOUR = 3600


class Reports(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="hf-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.history = self.dir / "history.db"
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)
        # Half an hour ago: a daemon that starts with this report waits for the next day.
        self.at = (datetime.datetime.now(datetime.timezone.utc)
                   - datetime.timedelta(minutes=30)).strftime("%H:%M")

    def start(self, file):
        config = CONFIG.format(dir=self.dir, at=self.at, port=self.receiver.server_port, file=file)
        daemon = Daemon(config, f"--history.path={self.history}")
        self.addCleanup(daemon.close)
        return daemon

    def marks(self):
        """The deliveries recorded in the history, by report and target."""
        with contextlib.closing(sqlite3.connect(self.history)) as file:
            row = file.execute("SELECT value FROM notes WHERE key = 'reports delivered'").fetchone()
        return json.loads(row[0]) if row else {}

    def known_for_an_hour(self):
        """Simulates that the daemon loaded its reports an hour before it was stopped."""
        marks = {key: dict(mark, since=mark["since"] - HOUR) for key, mark in self.marks().items()}
        with contextlib.closing(sqlite3.connect(self.history)) as file, file:
            file.execute("UPDATE notes SET value = ? WHERE key = 'reports delivered'", (json.dumps(marks),))

    def be_down_at_the_hour(self, file):
        """A daemon with two targets that is stopped before the time of its report."""
        daemon = self.start(file)
        wait_for(lambda: len(self.marks()) >= 2, PATIENCE, "the reports are known")
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(self.receiver.requests, [])
        self.assertFalse(file.exists())
        self.known_for_an_hour()

    def sent(self, daemon, target):
        return any('msg="report sent"' in line and f"target={target}" in line
                   for line in daemon.output().splitlines())

    def test_a_report_missed_while_the_daemon_was_down_is_sent_once(self):
        first, second = self.dir / "first.txt", self.dir / "second.txt"
        self.be_down_at_the_hour(first)
        daemon = self.start(first)
        wait_for(lambda: self.sent(daemon, "webhook") and self.sent(daemon, "file"), PATIENCE,
                 "the missed report is sent")
        self.assertEqual([json.loads(body)["name"] for _, _, body in self.receiver.requests], ["day"])
        self.assertIn("Daily health check", first.read_text())
        daemon.process.kill()
        daemon.process.wait()
        first.unlink()
        # Another file report is missed in the same way: when it arrives, the webhook has been handled.
        daemon = self.start(second)
        wait_for(lambda: len(self.marks()) >= 3, PATIENCE, "the other file is known")
        self.assertEqual(daemon.stop(), 0)
        self.known_for_an_hour()
        daemon = self.start(second)
        wait_for(second.exists, PATIENCE, "the other file")
        self.assertEqual(len(self.receiver.requests), 1)
        self.assertFalse(first.exists())

    def test_a_daemon_killed_while_it_was_sending_does_not_send_again(self):
        file = self.dir / "report.txt"
        self.be_down_at_the_hour(file)
        self.receiver.hold.set()
        daemon = self.start(file)
        wait_for(lambda: self.receiver.requests, PATIENCE, "the report arrives")
        daemon.process.kill()
        daemon.process.wait()
        self.receiver.hold.clear()
        daemon = self.start(file)
        wait_for(lambda: "it may have arrived and is not sent again" in daemon.output(), PATIENCE,
                 "the daemon reports it")
        # The file is written after it, and the result of a file is never uncertain.
        wait_for(file.exists, PATIENCE, "the file")
        self.assertEqual(len(self.receiver.requests), 1)


if __name__ == "__main__":
    unittest.main()
