# SPDX-License-Identifier: Apache-2.0
"""The installed files: `cmake --install`, the Debian package, the systemd unit."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from demo_site import BINARY, CHECKOUT
from links import dead_links

BUILD = pathlib.Path(BINARY).parent
UNIT = CHECKOUT / "deploy/systemd/holdfast.service"


def run(*command, **more):
    done = subprocess.run([str(one) for one in command], capture_output=True, text=True, timeout=300,
                          check=False, **more)
    if done.returncode != 0:
        raise AssertionError(f"{command[0]} failed: {done.stdout}{done.stderr}")
    return done.stdout


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.root = pathlib.Path(folder.name)
        run("cmake", "--install", BUILD, "--prefix", cls.root, "--strip")

    def test_every_file_is_installed(self):
        for part in ("bin/holdfast", "lib/systemd/system/holdfast.service",
                     "share/holdfast/config/holdfast.yaml", "share/holdfast/sql/role.sql",
                     "share/holdfast/sql/whatsapp.sql", "share/holdfast/alerts/rules/database.yml",
                     "share/holdfast/alerts/alertmanager/alertmanager.yml", "share/doc/holdfast/README.md",
                     "share/holdfast/grafana/dashboards/holdfast-overview.json",
                     "share/holdfast/grafana/provisioning/dashboards/holdfast.yml",
                     "share/doc/holdfast/LICENSE", "share/doc/holdfast/docs/architecture.md",
                     "share/doc/holdfast/docs/decisions/0004-libraries-from-the-distribution.md"):
            with self.subTest(part):
                self.assertTrue((self.root / part).is_file())

    def test_the_runbook_an_alert_links_to_is_installed(self):
        links = set()
        for rules in (self.root / "share/holdfast/alerts/rules").glob("*.yml"):
            links |= set(re.findall(r"runbook_url: file:///usr/(\S+)", rules.read_text()))
        self.assertGreater(len(links), 20)
        self.assertEqual([link for link in links if not (self.root / link).is_file()], [])

    def test_every_link_of_an_installed_document_works(self):
        documents = sorted((self.root / "share/doc/holdfast").rglob("*.md"))
        self.assertGreater(len(documents), 40)
        self.assertEqual(dead_links(documents), [])

    def test_the_installed_program_knows_its_version_and_reads_the_installed_examples(self):
        program = self.root / "bin/holdfast"
        self.assertRegex(run(program, "version"), r"\d+\.\d+\.\d+")
        environment = {"PATH": os.environ["PATH"], "POSTGRES_HOST": "db.example",
                       "OLD_POSTGRES_HOST": "old.example",
                       "POSTGRES_DATABASE": "app", "PGSSLROOTCERT": "/etc/ssl/root.crt"}
        for example in (self.root / "share/holdfast/config").glob("*.yaml"):
            with self.subTest(example.name):
                run(program, "config", "check", example, env=environment)


class DebianPackage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        run("cpack", "-G", "DEB", "-B", folder.name, cwd=BUILD)
        cls.package = next(pathlib.Path(folder.name).glob("*.deb"))
        cls.fields = dict(line.split(": ", 1) for line in
                          run("dpkg-deb", "--field", cls.package).splitlines() if ": " in line)

    def test_it_depends_on_the_libraries_it_is_linked_to_and_on_no_compiler(self):
        depends = self.fields["Depends"]
        for library in ("libc6", "libpq5", "libssl3", "libyaml-cpp", "libspdlog",
                        "libprometheus-cpp", "libcpp-httplib", "libc-ares2"):
            with self.subTest(library):
                self.assertIn(library, depends)
        self.assertNotRegex(depends, r"-dev\b|\bg\+\+|civetweb")

    def test_its_files_belong_to_root(self):
        listing = run("dpkg-deb", "--contents", self.package)
        for path in ("./usr/bin/holdfast", "./usr/lib/systemd/system/holdfast.service",
                     "./usr/share/holdfast/sql/role.sql"):
            with self.subTest(path):
                self.assertRegex(listing, rf"root/root .* {re.escape(path)}\n")
        # Files edited by the administrator are created at the first installation and never overwritten.
        self.assertNotIn("./etc/", listing)
        self.assertNotRegex(listing, r"\.(cpp|h|py|o)\n")
        # The replay program is for the demo only.
        self.assertNotIn("replay", listing)


class Unit(unittest.TestCase):
    def test_systemd_finds_no_problem_in_the_unit(self):
        # The program it names need not be installed here.
        text = UNIT.read_text().replace("/usr/bin/holdfast", "/bin/true")
        with tempfile.TemporaryDirectory() as folder:
            unit = pathlib.Path(folder) / "holdfast.service"
            unit.write_text(text.replace("Documentation=file:", "#"))
            done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(unit)],
                                  capture_output=True, text=True, timeout=60, check=False)
        said = [line for line in done.stderr.splitlines() if "holdfast" in line]
        self.assertEqual(said, [])
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_the_unit_is_hardened(self):
        done = run("systemd-analyze", "security", "--offline=true", UNIT)
        score = float(re.search(r"exposure level for holdfast.service: ([\d.]+)", done).group(1))
        # 9.6 is a unit without hardening; below 4 is "OK" for systemd. Its user is root, for PM2's socket.
        self.assertLess(score, 4.0)


if __name__ == "__main__":
    unittest.main()
