# SPDX-License-Identifier: Apache-2.0
"""Project rules that a script can check: sizes, dependencies, words that must not appear."""

import pathlib
import re
import subprocess
import unittest

from links import dead_links

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAX_FILE_LINES = 350  # The aim is 60 to 180.
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
# Paths and names of a development machine, and notes to be resolved.
FORBIDDEN_WORDS = [r"/work/", r"\.\./shared", r"firecracker", r"FIXME"]


def tracked(*suffixes):
    out = subprocess.run(["git", "-C", ROOT, "ls-files"], capture_output=True, text=True, check=True)
    return [ROOT / name for name in out.stdout.splitlines()
            if (not suffixes or name.endswith(suffixes)) and (ROOT / name).is_file()]


def sources():
    return [p for p in tracked(".cpp", ".h") if not str(p.relative_to(ROOT)).startswith("tests/")]


def name(path):
    return str(path.relative_to(ROOT))


def kinds():
    return re.findall(r"^HOLDFAST_KIND\((\w+)\)", (ROOT / "checks/kinds.def").read_text(), re.M)


# Kinds whose names are ordinary words as well ("thread pool", "for usage."). Of these only what can mean
# the kind is looked for: the name as a whole string, as the start of a metric or finding, as a namespace.
ORDINARY_WORDS = {"pool", "usage", "files"}
# PostgreSQL's own URL schemes, and the file that parses them. Variables such as POSTGRES_HOST are upper case.
ALLOWED_NAMES = re.compile(r"\bpostgres(ql)?://|postgres_url\b|\bPostgresUrl\b|name != \"postgres(ql)?\"")


def kind_pattern(kind):
    """Matches the name of a kind in a text; `_` and `-` separate words, so `pm2_home` has one."""
    if kind in ORDINARY_WORDS:
        return re.compile(rf'"(holdfast_)?{kind}(["_])|\b{kind}::|\b{kind}_kind\b|checks/{kind}/|\bkind {kind}\b')
    return re.compile(rf"(?<![A-Za-z0-9]){kind}(?![A-Za-z0-9])")


def include_graph(paths):
    """{folder: {folder: "file includes header"}} of the project's own headers."""
    graph = {}
    for path in paths:
        here = name(path)
        for include in re.findall(r'#include "([^"]+)"', path.read_text()):
            source, target = str(pathlib.PurePath(here).parent), str(pathlib.PurePath(include).parent)
            if source != target:
                graph.setdefault(source, {}).setdefault(target, f"{here} includes {include}")
    return graph


def find_cycles(graph):
    """The cycles between folders, one for each group of folders that reach each other."""
    def path_between(start, goal):
        paths, seen = [[start]], {start}
        while paths:
            path = paths.pop(0)
            for folder in sorted(graph.get(path[-1], {})):
                if folder == goal:
                    return path + [goal]
                if folder not in seen:
                    seen.add(folder)
                    paths.append(path + [folder])
        return None

    cycles, covered = [], set()
    for folder in sorted(graph):
        if folder not in covered and (cycle := path_between(folder, folder)):
            covered.update(cycle)
            cycles.append([graph[a][b] for a, b in zip(cycle, cycle[1:])])
    return cycles


class Tidy(unittest.TestCase):
    def test_sources_are_found(self):
        self.assertGreater(len(sources()), 30)

    def test_no_source_file_is_too_long(self):
        long = {name(p): n for p in sources() if (n := len(p.read_text().splitlines())) > MAX_FILE_LINES}
        self.assertEqual(long, {})

    def test_lines_are_at_most_100_columns(self):
        wide = [f"{name(p)}:{i}" for p in tracked(".cpp", ".h")
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

    def test_every_source_starts_with_its_license(self):
        bare = [name(p) for p in tracked(".cpp", ".h", ".py", ".sh", ".mjs", ".cjs", ".sql", ".cmake")
                if "SPDX-License-Identifier: Apache-2.0" not in p.read_text()[:300]]
        self.assertEqual(bare, [])

    def test_dependencies_point_one_way(self):
        any_kind = "|".join(kinds())
        wrong = []
        for path in sources():
            here = name(path)
            for include in re.findall(r'#include "([^"]+)"', path.read_text()):
                kind = re.match(rf"checks/({any_kind})/", here)
                other = re.match(rf"checks/({any_kind})/", include)
                if (here.startswith("checks/") and not include.startswith("checks/")
                        or other and not (kind and kind.group(1) == other.group(1))):
                    wrong.append(f"{here} includes {include}")
        self.assertEqual(wrong, [])

    def test_folders_do_not_include_each_other_in_a_cycle(self):
        self.assertEqual(find_cycles({"a": {"b": "1"}, "b": {"c": "2"}, "c": {"a": "3"}, "d": {"a": "4"}}),
                         [["1", "2", "3"]])
        self.assertEqual(find_cycles(include_graph(sources())), [])

    def test_the_exporter_names_no_kind(self):
        self.assertGreater(len(kinds()), 4)
        named = []
        for path in tracked():
            if not name(path).startswith("exporter/"):
                continue
            for i, line in enumerate(path.read_text().splitlines(), 1):
                text = ALLOWED_NAMES.sub("", line)
                named += [f"{name(path)}:{i}: {kind}" for kind in kinds() if kind_pattern(kind).search(text)]
        self.assertEqual(named, [])

    def test_libraries_are_included_in_their_own_folders_only(self):
        wrong = []
        for path in sources():
            here, text = name(path), path.read_text()
            for header, homes in LIBRARY_HOMES.items():
                if re.search(r"#include " + header, text) and not any(here.startswith(h) for h in homes):
                    wrong.append(f"{here} includes {header}")
        self.assertEqual(wrong, [])

    def test_nothing_names_the_development_machine(self):
        wrong = []
        for path in tracked():
            if path == pathlib.Path(__file__).resolve() or path.suffix in (".png", ".gz"):
                continue
            text = path.read_text(errors="replace")
            wrong += [f"{name(path)} has {word}" for word in FORBIDDEN_WORDS if re.search(word, text)]
        self.assertEqual(wrong, [])

    def test_every_link_of_a_document_works(self):
        self.assertEqual(dead_links(tracked(".md")), [])

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
