# SPDX-License-Identifier: Apache-2.0
"""The status page and the HTML report in a real Chromium: layout at three widths, light and dark, console
errors, and axe-core. The daemon monitors a real PM2 with a process called <script>."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from daemon import Daemon
from demo_site import get, wait_for

HERE = pathlib.Path(__file__).resolve().parent
GOLDEN = HERE.parent / "golden" / "report"
PROCESS = "<script>alert(1)</script>"
PATIENCE = 300


class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        done = subprocess.run([HERE.parent / "lib/install_npm.sh", HERE, "web"], capture_output=True, text=True,
                              timeout=PATIENCE)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        cls.node, tools, cls.modules = done.stdout.split("\n")[:3]
        cls.pm2 = pathlib.Path(tools, "node_modules/pm2/bin/pm2")
        cls.chromium = shutil.which("chromium")
        if not cls.chromium:
            raise AssertionError("chromium is missing: see deploy/packages/tests.txt")
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="hf-"))
        cls.addClassCleanup(shutil.rmtree, cls.dir, ignore_errors=True)
        cls.shots = pathlib.Path(os.environ.get("HOLDFAST_SCREENSHOTS") or cls.dir)
        # A PM2 home with a short path, since it contains sockets.
        cls.home = cls.dir / "pm2"
        cls.addClassCleanup(cls.run_pm2, "kill")
        (cls.dir / "idle.cjs").write_text("setInterval(() => {}, 1e6);\n")
        for name in ("ai-admin-api", "baileys-whatsapp-service", PROCESS):
            cls.run_pm2("start", cls.dir / "idle.cjs", "--name", name)
        expect = json.dumps(["ai-admin-api", "baileys-whatsapp-service", PROCESS])
        cls.daemon = Daemon(
            "defaults: {interval: 1s, timeout: 900ms, confirm: 1, retry_interval: 1s}\n"
            "checks:\n"
            f"  - {{name: services, kind: pm2, home: {cls.home}, expect: {expect}}}\n"
            f"  - {{name: other-home, kind: pm2, home: {cls.dir}/nothing}}\n")
        cls.addClassCleanup(cls.daemon.close)
        cls.daemon.ready()

    @classmethod
    def run_pm2(cls, *arguments):
        return subprocess.run([cls.node, cls.pm2, *map(str, arguments)], capture_output=True, text=True,
                              timeout=PATIENCE, check=True,
                              env={"PATH": os.environ["PATH"], "PM2_HOME": str(cls.home), "HOME": str(cls.dir)})

    def browse(self, *arguments, pages=None):
        return subprocess.Popen([self.node, HERE / "browse.mjs", *map(str, arguments)], cwd=self.modules,
                                env=dict(os.environ, CHROMIUM=self.chromium, HOME=str(self.dir)),
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True)

    def look_at(self, pages):
        with self.browse(self.shots) as process:
            out, err = process.communicate(json.dumps({"pages": pages}), timeout=PATIENCE)
        self.assertEqual(process.returncode, 0, err)
        found = json.loads(out)
        self.assertEqual(len(found), 6 * len(pages))
        return found

    def expect_well(self, found):
        for each in found:
            with self.subTest(page=each["name"], width=each["width"], scheme=each["colorScheme"]):
                self.assertEqual(each["complaints"], [])
                self.assertEqual(each["violations"], [])
                self.assertLessEqual(each["overflow"], 0)
        grounds = {each["colorScheme"]: each["ground"] for each in found}
        self.assertNotEqual(grounds["light"], grounds["dark"])

    def test_the_status_page_renders_at_all_widths(self):
        self.run_pm2("stop", PROCESS)
        self.addCleanup(self.run_pm2, "restart", PROCESS)
        wait_for(lambda: "&lt;script&gt;alert(1)" in get(self.daemon.url + "/")[2], 60,
                 "the page shows the process")
        found = self.look_at([{"name": "status-page", "url": self.daemon.url + "/", "whole": True}])
        self.expect_well(found)
        for text in (found[0]["text"], found[0]["withoutScript"]):
            self.assertIn(PROCESS, text)
            self.assertIn("other-home", text)

    def test_the_report_renders_at_all_widths(self):
        pages = [{"name": f"report-{name}", "url": (GOLDEN / f"{name}.html").as_uri(), "whole": True}
                 for name in ("day", "window", "hostile")]
        found = self.look_at(pages)
        self.expect_well(found)
        hostile = [each for each in found if each["name"] == "report-hostile"]
        self.assertIn(PROCESS, hostile[0]["text"])

    def test_the_page_refreshes_by_itself(self):
        with self.browse("--poll", self.daemon.url + "/", "late-comer") as process:
            self.assertEqual(process.stdout.readline(), "open\n")
            self.run_pm2("start", self.dir / "idle.cjs", "--name", "late-comer")
            self.addCleanup(self.run_pm2, "delete", "late-comer")
            out, err = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 0, err)
        self.assertEqual(json.loads(out), {"sameDocument": True, "complaints": []})


if __name__ == "__main__":
    unittest.main()
