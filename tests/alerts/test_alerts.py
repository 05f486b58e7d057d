# SPDX-License-Identifier: Apache-2.0
"""The rules in alerts/: syntax, their own tests, and mutants of the rules that these tests must detect;
they use only existing metrics and findings, cover every critical finding, and each has a runbook.
"""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import yaml

import catalogue
from catalogue import ALERTS, CHECKOUT
from demo_site import BINARY, SANITIZER

# Metrics of Prometheus itself.
FOREIGN_METRICS = {"up", "ALERTS"}
# Alerts without a host, and those that never resolve.
NOT_BY_HOST = {"HoldfastAbsent", "Watchdog"}
ALWAYS = {"Watchdog"}


def promtool(*arguments, folder=None):
    return subprocess.run(["promtool", *map(str, arguments)], capture_output=True, text=True,
                          timeout=300, check=False, cwd=folder)


def mutant(change):
    """A copy of alerts/ with `change` applied to each rule; the returned directory must be closed."""
    folder = tempfile.TemporaryDirectory()
    root = pathlib.Path(folder.name)
    (root / "rules").mkdir()
    (root / "tests").mkdir()
    for path in catalogue.rule_files():
        document = yaml.safe_load(path.read_text())
        for group in document["groups"]:
            for rule in group["rules"]:
                if "alert" in rule:
                    change(rule)
        (root / "rules" / path.name).write_text(yaml.safe_dump(document, width=1000))
    for path in (ALERTS / "tests").glob("*_test.yml"):
        # The two healthy days take longer than all others, and test no single alert.
        if path.name != "healthy_test.yml":
            (root / "tests" / path.name).write_text(path.read_text())
    return folder


def caught(change):
    """The alerts whose tests fail after `change` was applied to each rule."""
    with mutant(change) as folder:
        tests = sorted(pathlib.Path(folder, "tests").glob("*_test.yml"))
        done = promtool("test", "rules", *tests)
    # If the rules cannot be loaded, nothing was tested.
    if "FAILED" not in done.stdout + done.stderr or "error" in done.stderr.lower():
        raise AssertionError(done.stdout + done.stderr)
    return set(re.findall(r"alertname: ?(\w+),", done.stdout + done.stderr))


class Rules(unittest.TestCase):
    def test_promtool_finds_no_problem_in_the_rules(self):
        done = promtool("check", "rules", "--lint=all", "--lint-fatal", *catalogue.rule_files())
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)

    def test_the_rules_pass_their_own_tests(self):
        for path in sorted((ALERTS / "tests").glob("*_test.yml")):
            with self.subTest(path.name):
                done = promtool("test", "rules", path)
                self.assertEqual(done.returncode, 0, (done.stdout + done.stderr)[-4000:])

    def test_every_alert_is_tested_silent_and_firing_and_on_two_hosts(self):
        cases = catalogue.cases()
        for name, rule in catalogue.alerts().items():
            with self.subTest(name):
                moments = cases[name]
                hosts = max((len({one["exp_labels"].get("instance") for one in moment})
                             for moment in moments), default=0)
                self.assertEqual(hosts, 1 if name in NOT_BY_HOST else 2)
                if name not in ALWAYS:
                    first, last = moments[0], moments[-1]
                    silent = [moment for moment in moments if not moment]
                    # Healthy, before `for`, and resolved.
                    self.assertGreaterEqual(len(silent), 3)
                    self.assertIn("for", rule)
                    self.assertEqual(first, [])
                    if name not in ("HoldfastGone", "HoldfastDatabaseDown"):  # Tested again elsewhere.
                        self.assertEqual(last, [])
        self.assertEqual(set(cases) - set(catalogue.alerts()), set())

    def test_every_alert_has_complete_annotations(self):
        for name, rule in catalogue.alerts().items():
            with self.subTest(name):
                self.assertRegex(name, r"^(Holdfast[A-Z]\w+|Watchdog)$")
                self.assertIn(rule["labels"]["severity"], ("critical", "warning", "none"))
                self.assertEqual(set(rule["annotations"]),
                                 {"summary", "description", "runbook_url", "dashboard_url"})
                self.assertRegex(rule["annotations"]["summary"], r"^[A-Z][^{]+\.$")
                self.assertRegex(rule["annotations"]["description"], r"(?s)^.*\.$")
                self.assertTrue(rule["annotations"]["runbook_url"].endswith(f"/runbooks/{name}.md"))


class Mutants(unittest.TestCase):
    """The rules' tests must fail when a rule is changed."""

    def test_a_missing_for_is_detected(self):
        waiting = {name for name, rule in catalogue.alerts().items() if "for" in rule}
        self.assertEqual(waiting - caught(lambda rule: rule.pop("for", None)), set())

    def test_an_alert_that_never_resolves_is_detected(self):
        ending = set(catalogue.alerts()) - ALWAYS
        self.assertEqual(ending - caught(lambda rule: rule.update({"keep_firing_for": "3h"})), set())

    def test_a_wrong_label_or_text_is_detected(self):
        names = sorted(catalogue.alerts())

        # Each alert gets one of the changes, so that one run covers all of them.
        def change(rule):
            which = names.index(rule["alert"]) % 3
            if which == 0:
                rule["labels"]["severity"] = "info"
            else:
                rule["annotations"][("summary", "description")[which - 1]] = "Something else."
        self.assertEqual(set(names) - caught(change), set())


class Catalogue(unittest.TestCase):
    """An alert on a metric that does not exist never fires, unnoticed."""

    @classmethod
    def setUpClass(cls):
        cls.kinds, cls.labels, cls.status = catalogue.reference()
        cls.recorded = {rule["record"] for rule in catalogue.rules() if "record" in rule}

    def codes(self, kind):
        return set(self.kinds[kind].findings) | {f"{kind}_{reason}" for reason in self.kinds[kind].reasons}

    def test_the_reference_was_parsed(self):
        self.assertGreaterEqual(set(self.kinds), {"postgres", "pool", "whatsapp", "pm2"})
        self.assertIn("postgres_query_slow", self.kinds["postgres"].findings)
        self.assertIn("hung", self.kinds["pm2"].reasons)
        self.assertEqual(self.labels["holdfast_pool_waiting_clients"], {"check", "pool"})
        self.assertEqual(self.labels["holdfast_finding"],
                         {"check", "kind", "finding", "severity", "subject"})
        self.assertEqual(self.status["refused"], "critical")
        self.assertEqual(self.status["no_right"], "unknown")

    def unknown_metrics(self, text):
        """Metrics named in `text` that nothing exports or records."""
        named = set(re.findall(r"\b[a-z]+:[a-z0-9_]+:[a-z0-9_]+", text))
        plain = re.sub(r"\b[a-z]+:[a-z0-9_]+:[a-z0-9_]+", "", text)
        named |= set(re.findall(r"(?<![/\w])holdfast_[a-z0-9_]+", plain))
        known = self.recorded | set(self.labels) | FOREIGN_METRICS
        return {name for name in named
                if name not in known and re.sub(r"_(bucket|sum|count)$", "", name) not in known}

    def test_every_metric_of_a_rule_exists(self):
        for rule in catalogue.rules():
            with self.subTest(rule.get("alert", rule.get("record"))):
                text = rule["expr"] + " ".join(rule.get("annotations", {}).values())
                self.assertEqual(self.unknown_metrics(text), set())

    def test_every_selected_label_exists(self):
        for rule in catalogue.rules():
            text = rule["expr"] + " ".join(rule.get("annotations", {}).values())
            for metric, selector in re.findall(r"\b(holdfast_[a-z0-9_]+)\{([^}]*)\}", text):
                with self.subTest(f"{metric} in {rule.get('alert', rule.get('record'))}"):
                    used = set(re.findall(r"(\w+) ?[!=]", re.sub(r"""(["']).*?\1""", "", selector)))
                    self.assertEqual(used - self.labels[metric] - {"job", "instance"}, set())

    def test_every_finding_of_a_rule_exists(self):
        seen = 0
        for rule in catalogue.alerts().values():
            for kind, codes in re.findall(r'finding[!=]~?"([a-z0-9]+)_\(?([a-z_|]+)', rule["expr"]):
                for code in codes.split("|"):
                    seen += 1
                    with self.subTest(f"{kind}_{code} in {rule['alert']}"):
                        self.assertIn(f"{kind}_{code}", self.codes(kind))
        self.assertGreater(seen, 40)

    def series_of(self, kind, code, severity):
        """The series of one check with this one confirmed finding."""
        check = f'job="holdfast", instance="a:19627", check="{code}.{severity}"'
        return {f'holdfast_check_info{{{check}, kind="{kind}", database=""}}': "1x60",
                f'holdfast_check_fresh{{{check}}}': "1x60",
                f'holdfast_incident_open{{{check}, severity="{severity}"}}': "1x60",
                f'holdfast_finding{{{check}, kind="{kind}", finding="{code}", severity="{severity}", '
                f'subject="x"}}': "1x60"}

    def test_every_finding_fires_exactly_one_alert_of_its_severity(self):
        wanted, series = [], {}
        for kind in self.kinds:
            for code in sorted(self.codes(kind)):
                no_data = self.status.get(code.removeprefix(f"{kind}_")) == "unknown"
                own = code in self.kinds[kind].findings
                for severity in ("unknown",) if no_data and not own else ("warning", "critical"):
                    alert = "warning" if severity == "unknown" else severity
                    wanted.append((f"{code}.{severity}", alert))
                    series |= self.series_of(kind, code, severity)
        test = {"rule_files": [str(path) for path in catalogue.rule_files()],
                "evaluation_interval": "5m",
                "tests": [{"interval": "1m",
                           "input_series": [{"series": name, "values": values}
                                            for name, values in series.items()],
                           "promql_expr_test": [{
                               "expr": 'count by (check, severity) (ALERTS{alertstate="firing",'
                                       'check!=""})',
                               "eval_time": "55m",
                               "exp_samples": [{"labels": f'{{check="{check}", severity="{severity}"}}',
                                                "value": 1} for check, severity in wanted]}]}]}
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "all.yml"
            path.write_text(yaml.safe_dump(test))
            done = promtool("test", "rules", path)
        self.assertGreater(len(wanted), 150)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class Runbooks(unittest.TestCase):
    SECTIONS = ["Meaning", "Diagnosis", "Likely causes", "Mitigation", "Resolution"]

    @classmethod
    def setUpClass(cls):
        cls.pages = {path.stem: path.read_text() for path in (ALERTS / "runbooks").glob("*.md")}
        cls.kinds, cls.labels, _ = catalogue.reference()
        cls.known = {code for kind, tables in cls.kinds.items() for code in
                     tables.findings + [f"{kind}_{reason}" for reason in tables.reasons]}

    def test_every_alert_has_a_runbook_and_every_runbook_an_alert(self):
        self.assertEqual(set(self.pages), set(catalogue.alerts()) | {"rollback"})

    def test_every_runbook_has_the_same_five_sections(self):
        for name in catalogue.alerts():
            with self.subTest(name):
                self.assertEqual(self.pages[name].splitlines()[0], f"# {name}")
                parts = catalogue.sections(self.pages[name], "##")
                self.assertEqual(list(parts), self.SECTIONS)
                for title, body in parts.items():
                    self.assertGreater(len(body.strip()), 30, title)

    def test_findings_metrics_and_links_of_the_runbooks_exist(self):
        metrics = set(self.labels) | {rule["record"] for rule in catalogue.rules() if "record" in rule}
        for name, text in [*self.pages.items(), ("README", (ALERTS / "README.md").read_text())]:
            with self.subTest(name):
                codes = set(re.findall(rf"`((?:{'|'.join(self.kinds)})_[a-z_]+)`", text))
                tables = {"whatsapp_keys", "whatsapp_auth"}
                self.assertEqual(codes - self.known - tables, set())
                named = set(re.findall(r"(?<![\w:])(?:[a-z]+:)?holdfast_[a-z0-9_]+(?::[a-z0-9_]+)?", text))
                plain = {re.sub(r"_(bucket|sum|count)$", "", one) for one in named}
                self.assertEqual(plain - metrics, set())
                folder = ALERTS if name == "README" else ALERTS / "runbooks"
                for link in re.findall(r"\]\(([^)#:]+)\)", text):
                    self.assertTrue((folder / link).is_file(), link)

    def test_every_dashboard_an_alert_links_to_exists(self):
        boards = {json.loads(path.read_text())["uid"]
                  for path in (CHECKOUT / "grafana/dashboards").glob("*.json")}
        if not boards:
            self.skipTest("there are no dashboards yet")
        linked = {re.search(r"/d/([a-z0-9-]+)", rule["annotations"]["dashboard_url"]).group(1)
                  for rule in catalogue.alerts().values()}
        self.assertEqual(linked - boards, set())

    def test_each_runbook_explains_every_finding_of_its_alert(self):
        explained = 0
        for name, rule in catalogue.alerts().items():
            for kind, codes in re.findall(r'finding=~"([a-z0-9]+)_\(([a-z_|]+)\)', rule["expr"]):
                for code in codes.split("|"):
                    explained += 1
                    # Findings that are never critical are explained in the runbook of the warning.
                    pages = self.pages[name] + self.pages.get(name.replace("Unstable", "Warning"), "")
                    with self.subTest(name):
                        self.assertIn(f"`{kind}_{code}`", pages)
        self.assertGreater(explained, 25)

    def test_every_command_in_the_runbooks_exists(self):
        commands = set()
        for text in [*self.pages.values(), (ALERTS / "README.md").read_text()]:
            blocks = re.findall(r"```sh\n(.*?)```", text, re.S) + re.findall(r"`([^`\n]+)`", text)
            for block in blocks:
                commands |= set(re.findall(r"(?:^|\n)\s*holdfast ([a-z]+)", block))
        self.assertGreaterEqual(commands, {"check", "explain", "config"})
        for command in sorted(commands):
            with self.subTest(command):
                done = subprocess.run([BINARY, command, "--help"], capture_output=True, text=True,
                                      timeout=60, check=False, env=dict(os.environ, **SANITIZER))
                self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
