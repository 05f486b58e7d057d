# SPDX-License-Identifier: Apache-2.0
"""The rules of the house that a machine can hold: sizes, arrows, words that must not appear."""

import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAX_FILE_LINES = 450  # The aim is 60 to 180; past this a file has lost its shape.
MAX_FUNCTION_LINES = 70

# Each library is included in these folders or files only (docs/decisions/0004).
LIBRARY_HOMES = {
    r"<CLI/": ["exporter/commands/"],
    r"<httplib": ["exporter/web/", "checks/support/http/"],
    r"<yaml-cpp/": ["exporter/config/", "exporter/web/web_config.cpp"],
    r"<nlohmann/": ["checks/memory", "checks/support/", "checks/pool/", "exporter/web/", "exporter/commands/",
                  "exporter/report/", "exporter/history/"],
    r"<libpq-fe": ["checks/support/pg/", "checks/support/tls/", "checks/postgres/"],
    r"<cctz/": ["checks/base/local_time.cpp"],
    r"<ares": ["checks/support/io/"],
    r"<prometheus/": ["exporter/metrics/"],
    r"<sqlite3": ["exporter/history/sqlite.cpp"],
    r"<spdlog/": ["exporter/log/"],
}
# Words that would tell of the machine the work was done on, or point outside the project.
FORBIDDEN_WORDS = [r"/work/", r"\.\./shared", r"firecracker", r"FIXME"]


def tracked(*suffixes):
    out = subprocess.run(["git", "-C", ROOT, "ls-files"], capture_output=True, text=True, check=True)
    return [ROOT / name for name in out.stdout.splitlines()
            if (not suffixes or name.endswith(suffixes)) and (ROOT / name).is_file()]


def sources():
    return [p for p in tracked(".cpp", ".h") if not str(p.relative_to(ROOT)).startswith("tests/")]


def name(path):
    return str(path.relative_to(ROOT))


class Tidy(unittest.TestCase):
    def test_there_is_something_to_look_at(self):
        self.assertGreater(len(sources()), 30)

    def test_no_source_file_has_lost_its_shape(self):
        long = {name(p): n for p in sources() if (n := len(p.read_text().splitlines())) > MAX_FILE_LINES}
        self.assertEqual(long, {})

    def test_lines_are_at_most_100_columns(self):
        # The example is the design's, word for word.
        wide = [f"{name(p)}:{i}" for p in tracked(".cpp", ".h") if p.name != "example.cpp"
                for i, line in enumerate(p.read_text().splitlines(), 1) if len(line) > 100]
        self.assertEqual(wide, [])

    def test_functions_are_under_70_lines(self):
        # clang-format puts the closing brace of a function at column 0 and nothing else but it.
        long = []
        for path in sources():
            start = None
            for i, line in enumerate(path.read_text().splitlines(), 1):
                if start is None and re.match(r"^[A-Za-z].*\) ?(const|noexcept|override| )*\{$", line):
                    start = i
                elif start is not None and line == "}":
                    if i - start > MAX_FUNCTION_LINES:
                        long.append(f"{name(path)}:{start}")
                    start = None
        self.assertEqual(long, [])

    def test_every_source_begins_with_its_licence(self):
        bare = [name(p) for p in tracked(".cpp", ".h", ".py", ".sh", ".mjs", ".cjs", ".sql", ".cmake")
                if "SPDX-License-Identifier: Apache-2.0" not in p.read_text()[:300]]
        self.assertEqual(bare, [])

    def test_arrows_point_one_way(self):
        wrong = []
        for path in sources():
            here = name(path)
            for include in re.findall(r'#include "([^"]+)"', path.read_text()):
                if here.startswith("checks/") and not include.startswith("checks/"):
                    wrong.append(f"{here} includes {include}")
                kind = re.match(r"checks/(postgres|pool|whatsapp|pm2|usage)/", here)
                other = re.match(r"checks/(postgres|pool|whatsapp|pm2|usage)/", include)
                if kind and other and kind.group(1) != other.group(1):
                    wrong.append(f"{here} includes {include}")
                if here.startswith("checks/support/") and other:
                    wrong.append(f"{here} includes {include}")
        self.assertEqual(wrong, [])

    def test_libraries_stay_in_their_rooms(self):
        wrong = []
        for path in sources():
            here, text = name(path), path.read_text()
            for header, homes in LIBRARY_HOMES.items():
                if re.search(r"#include " + header, text) and not any(here.startswith(h) for h in homes):
                    wrong.append(f"{here} includes {header}")
        self.assertEqual(wrong, [])

    def test_nothing_tells_of_this_machine(self):
        wrong = []
        for path in tracked():
            if path == pathlib.Path(__file__).resolve() or path.suffix in (".png", ".gz"):
                continue
            text = path.read_text(errors="replace")
            wrong += [f"{name(path)} has {word}" for word in FORBIDDEN_WORDS if re.search(word, text)]
        self.assertEqual(wrong, [])

    def test_no_lock_file_names_a_registry(self):
        named = [name(p) for p in tracked("package-lock.json") if '"resolved"' in p.read_text()]
        self.assertEqual(named, [])

    def test_every_test_case_asserts_something(self):
        empty = []
        for path in tracked("_test.cpp"):
            for block in re.split(r"^TEST_CASE", path.read_text(), flags=re.M)[1:]:
                if not re.search(r"\b(CHECK|REQUIRE|check_|expect_|require_)", block):
                    empty.append(f"{name(path)}: {block.splitlines()[0][:60]}")
        self.assertEqual(empty, [])

    def test_shell_scripts_pass_shellcheck(self):
        scripts = [p for p in tracked() if p.suffix == ".sh" or
                   (not p.suffix and p.read_bytes()[:20].startswith(b"#!/usr/bin/env bash"))]
        done = subprocess.run(["shellcheck", "-x", "-S", "warning", *scripts], capture_output=True,
                              text=True, cwd=ROOT)
        self.assertEqual(done.stdout, "")

    def test_sources_are_formatted(self):
        done = subprocess.run(["clang-format", "--version"], capture_output=True, text=True)
        if " 14." not in done.stdout:
            self.skipTest("clang-format is not version 14, which the format is pinned to")
        done = subprocess.run(["clang-format", "--dry-run", "-Werror", *tracked(".cpp", ".h")],
                              capture_output=True, text=True)
        self.assertEqual(done.stderr, "")


if __name__ == "__main__":
    unittest.main()
