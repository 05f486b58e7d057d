# SPDX-License-Identifier: Apache-2.0
"""clang-tidy on files changed by the last commits and the work tree; tests/soak/soak_lint checks all.

Manually: python3 -m unittest test_lint in this directory. Nothing needs to be built.
"""

import os
import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build/lint"
COMMITS = 3
# Five seconds of CPU time per file. More files than this are left to the soak.
MOST_FILES = 8


def git(*arguments):
    done = subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True, check=False)
    return done.stdout.split()


def sources(names):
    return [name for name in names if name.endswith(".cpp") and name.startswith(("checks/", "exporter/"))
            and (ROOT / name).is_file()]


def changed():
    """The sources of the last commits and of the work tree; a clone may have fewer commits."""
    history = len(git("rev-list", f"--max-count={COMMITS + 1}", "HEAD"))
    since = f"HEAD~{min(COMMITS, history - 1)}"
    return sources(sorted(set(git("diff", "--name-only", since)
                              + git("ls-files", "--others", "--exclude-standard"))))


class Lint(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # Configured only. The other builds compile a folder as one unit, and so list no single files.
        subprocess.run(["cmake", "--preset", "release", "-B", BUILD, "-DHOLDFAST_UNITY=OFF"], cwd=ROOT,
                       capture_output=True, timeout=300, check=True)

    def test_clang_tidy_finds_no_problem_in_changed_files(self):
        if os.environ.get("HOLDFAST_LINT") == "all":
            files = sources(git("ls-files"))
            self.assertGreater(len(files), 60)
        else:
            files = changed()
            for name in files[MOST_FILES:]:
                print(f"left for the soak: {name}", file=sys.stderr)
            files = files[:MOST_FILES]
        if not files:
            self.skipTest(f"the last {COMMITS} commits changed no source")
        for name in files:
            with self.subTest(name):
                done = subprocess.run(["clang-tidy", "-p", BUILD, "--quiet", name], cwd=ROOT,
                                      capture_output=True, text=True, timeout=600, check=False)
                self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr[-2000:])


if __name__ == "__main__":
    unittest.main()
