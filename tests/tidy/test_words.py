# SPDX-License-Identifier: Apache-2.0
"""Text that users see is plain technical English: a list of retired words and phrases stays out of
strings in C++, documentation, alerts, dashboards, the demo and expected outputs."""

import os
import pathlib
import re
import unittest

CHECKOUT = pathlib.Path(os.environ["HOLDFAST_CHECKOUT"])

# Regular expression, matched as whole words and without case → what to write instead.
RETIRED = {
    r"advice": "info",
    r"mend(s|ed|ing)?": "fix",
    r"ways? back": "rollback",
    r"nought": "zero",
    r"signs? of life": "heartbeat",
    r"(95|99|50) of 100|half of them": "p95, p99, p50",
    r"tells? (what|of|why|how|whether)|is told|are told": "print, report, describe",
    r"speaks? against": "on track, criteria violated",
    r"refuses the login": "password authentication failed",
    r"(have|has|had) no right|no right to|a right is missing": "permission denied, a privilege is missing",
    r"gets? up|getting up": "page",
    r"for the day": "ticket",
    r"(is|are) (sound|faulty)": "is valid, is invalid",
    r"kept connections?": "persistent connection",
    r"fresh (connection|login|one)s?": "new connection",
    r"blind(ness)?": "no data, unknown",
    r"couriers?|the (door|board|ledger|strip|desk)": "the component's standard name",
    r"(a|one|whole|last|each|every|earlier) looks?|looks? at|looked|looking at": "run, read, check",
    r"stood|still stands?|stands? (in|on|at|for|idle)": "be active, be stored, hold",
    r"lived again|in vain|came of it|bring home|brought home|gone by": "plain words",
    r"anew": "again",
    r"for ever": "indefinitely",
    r"somebody|whoever": "the client, the user",
    r"(are|is) taken|connections? taken|taken from": "in use, loaded, read from",
    r"the house": "the project",
    r"vanish(es|ed|ing)?": "disappear",
    r"past (a|the|its) (warning |critical )?limit": "exceeds a limit",
}
PATTERN = re.compile("|".join(rf"(?P<w{i}>(?<![\w-])(?:{one})(?![\w-]))"
                              for i, one in enumerate(RETIRED)), re.I)
STRING = re.compile(r'//[^\n]*|/\*.*?\*/|#include[^\n]*|R"(\w*)\((.*?)\)\1"|"((?:\\.|[^"\\\n])*)"', re.S)
# Written by others, and the input of a test.
SKIPPED = ("package-lock.json", "LICENSE", "bad_reports.yaml")


def strings(source):
    """(line, text) of the string literals in C++, adjacent ones joined, without comments."""
    found, end = [], None
    for match in STRING.finditer(source):
        text = match.group(2) if match.group(2) is not None else match.group(3)
        if text is None:
            continue
        if end is not None and not source[end:match.start()].strip():
            found[-1] = (found[-1][0], found[-1][1] + text)
        else:
            found.append((source.count("\n", 0, match.start()) + 1, text))
        end = match.end()
    return found


def texts():
    """(path, number of its first line, text) of everything a user can read."""
    for folder in ("checks", "exporter"):
        for path in sorted((CHECKOUT / folder).rglob("*")):
            if path.suffix in (".cpp", ".h", ".def"):
                for line, text in strings(path.read_text()):
                    yield path, line, text
    paths = [path for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
             if (path := CHECKOUT / name).exists()]
    for folder in ("docs", "alerts", "grafana", "deploy", "tests/golden"):
        paths += sorted(path for path in (CHECKOUT / folder).rglob("*") if path.is_file())
    for path in paths:
        if path.name in SKIPPED or path.suffix in (".png", ".cpp", ".h"):
            continue
        # Whole files, so that a phrase is found across a line break; comment marks do not hide one.
        text = path.read_text(errors="replace")
        yield path, 1, re.sub(r"\n[ \t]*(#|//|--)? *", "\n", text)


def retired(text):
    """(line within the text, phrase, what to write instead) of each retired phrase."""
    spaced = re.sub(r"\s", " ", text)
    for match in PATTERN.finditer(spaced):
        yield (text.count("\n", 0, match.start()) + 1, match.group(0),
               list(RETIRED.values())[int(match.lastgroup[1:])])


class Words(unittest.TestCase):
    def test_the_strings_of_a_source_are_found(self):
        source = '#include "a look"\n// "nought"\nf("one " /* x */ "two");\nR"(kept connection)";\n'
        self.assertEqual([text for _, text in strings(source)], ["one ", "two", "kept connection"])

    def test_a_retired_phrase_is_found_in_any_case_and_across_lines(self):
        self.assertEqual([phrase for _, phrase, _ in retired("Nought.\nThe way\nback; usage_nobody")],
                         ["Nought", "way back"])

    def test_no_text_uses_a_retired_word(self):
        found = [f'{path.relative_to(CHECKOUT)}:{first + line - 1}: "{phrase}" (instead: {instead})'
                 for path, first, text in texts() for line, phrase, instead in retired(text)]
        if found:
            self.fail("\n" + "\n".join(found))


if __name__ == "__main__":
    unittest.main()
