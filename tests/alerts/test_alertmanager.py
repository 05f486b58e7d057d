# SPDX-License-Identifier: Apache-2.0
"""The Alertmanager example: valid, routing by severity and hour, and inhibition, tested with a real
Alertmanager on a free port of loopback. Its receivers send nothing.
"""

import datetime
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest
import urllib.request

import yaml

import catalogue
from catalogue import ALERTS
from daemon import free_port
from demo_site import get, wait_for
from stack import Webhook, hurried_routes

EXAMPLE = ALERTS / "alertmanager/alertmanager.yml"


def amtool(*arguments):
    # The personal amtool configuration of the user must not be used.
    return subprocess.run(["amtool", *map(str, arguments)], capture_output=True, text=True, timeout=60,
                          check=False, env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"})


def labels_of(alert):
    """Labels of this alert: those its own test expects on the first host."""
    moments = [moment for moment in catalogue.cases()[alert] if moment]
    return dict(moments[0][0]["exp_labels"], alertname=alert)


def muzzled(document):
    """The example with receivers that send nothing."""
    return dict(document, receivers=[{"name": one["name"]} for one in document["receivers"]])


class Example(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.text = EXAMPLE.read_text()
        cls.document = yaml.safe_load(cls.text)

    def test_amtool_accepts_it(self):
        done = amtool("check-config", EXAMPLE)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_it_contains_no_token(self):
        self.assertEqual(set(re.findall(r"bot_token: (.*)", self.text)), {'"@TELEGRAM_TOKEN@"'})
        self.assertEqual(re.findall(r"credentials: |password: ", self.text), [])
        self.assertIn("credentials_file: ", self.text)

    def test_our_token_is_sent_only_to_this_server(self):
        for receiver in self.document["receivers"]:
            for one in receiver.get("webhook_configs", []):
                if "authorization" in one.get("http_config", {}):
                    self.assertTrue(one["url"].startswith("http://127.0.0.1:"), one["url"])

    def test_alerts_are_routed_by_severity(self):
        receivers = {"critical": "on-call", "warning": "business-hours", "none": "heartbeat"}
        for name, rule in catalogue.alerts().items():
            with self.subTest(name):
                severity = rule["labels"]["severity"]
                done = amtool("config", "routes", "test", f"--config.file={EXAMPLE}",
                              f"alertname={name}", f"severity={severity}")
                self.assertEqual(done.stdout.strip(), receivers[severity])

    def test_only_warnings_wait_for_business_hours(self):
        routes = {route["receiver"]: route for route in self.document["route"]["routes"]}
        self.assertEqual([name for name, route in routes.items() if "active_time_intervals" in route],
                         ["business-hours"])

    def test_the_heartbeat_is_sent_most_often(self):
        routes = {route["receiver"]: route for route in self.document["route"]["routes"]}
        self.assertEqual(routes["heartbeat"]["repeat_interval"], "1m")

    def test_inhibitions_use_existing_alerts_and_labels(self):
        names = set(catalogue.alerts())
        for rule in self.document["inhibit_rules"]:
            for matcher in rule["source_matchers"] + rule["target_matchers"]:
                for name in re.findall(r"\b(?:Holdfast\w+|Watchdog)", matcher):
                    with self.subTest(name):
                        self.assertIn(name, names)
        for rule in self.document["inhibit_rules"]:
            sources = [name for name in names if re.search(rf"\b{name}\b", str(rule["source_matchers"]))]
            for name in sources:
                with self.subTest(f"{name} has {rule['equal']}"):
                    if "check" in rule["equal"] or "database" in rule["equal"]:
                        self.assertLessEqual(set(rule["equal"]), set(labels_of(name)))


    def test_no_consequence_outlives_its_inhibitor(self):
        # It would be notified after the cause has been resolved.
        def kept(name):
            return int(catalogue.alerts()[name].get("keep_firing_for", "0m").removesuffix("m"))
        compared = 0
        for rule in self.document["inhibit_rules"]:
            sources, targets = ([name for name in catalogue.alerts()
                                 if re.search(rf"\b{name}\b", str(rule[side]))]
                                for side in ("source_matchers", "target_matchers"))
            for source in sources:
                for target in targets:
                    compared += 1
                    with self.subTest(f"{source} silences {target}"):
                        self.assertLessEqual(kept(target), kept(source))
        self.assertGreater(compared, 20)
        # Any critical alert inhibits the warnings of its check.
        self.assertEqual([name for name, rule in catalogue.alerts().items()
                          if rule["labels"]["severity"] == "warning" and kept(name)], [])


class Alertmanager:
    """A real Alertmanager with that configuration, on a free port of loopback; stopped in `close`."""

    def __init__(self, document):
        self.folder = tempfile.TemporaryDirectory()
        config = pathlib.Path(self.folder.name) / "alertmanager.yml"
        config.write_text(yaml.safe_dump(document))
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            ["prometheus-alertmanager", f"--config.file={config}", f"--storage.path={self.folder.name}/data",
             f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for(self.answers, 30, "Alertmanager answers")
        except BaseException:
            self.close()
            raise

    def answers(self):
        try:
            return get(self.url + "/-/ready")[0] == 200
        except OSError:
            return False

    def post(self, host, *alerts):
        """Posts alerts, (name, labels), active on that host for an hour."""
        ends = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
        body = [{"labels": dict(labels_of(name), instance=host, **labels), "endsAt": ends.isoformat()}
                for name, labels in alerts]
        request = urllib.request.Request(self.url + "/api/v2/alerts", json.dumps(body).encode(),
                                         {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == 200

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=20)
        self.folder.cleanup()


class Hours(unittest.TestCase):
    """Alerts limited to business hours: the interval is moved, not the clock."""

    def notified(self, begin, end):
        """Notifications of a warning and a critical alert, with business hours from `begin` to `end`."""
        hook = Webhook()
        self.addCleanup(hook.close)
        document = hurried_routes(yaml.safe_load(EXAMPLE.read_text()), hook.url)
        document["time_intervals"] = [{"name": "day", "time_intervals": [
            {"times": [{"start_time": f"{begin:02}:00", "end_time": f"{end:02}:00"}]}]}]
        for route in document["route"]["routes"]:
            if route["receiver"] == "business-hours":
                route["active_time_intervals"] = ["day"]
        alertmanager = Alertmanager(document)
        self.addCleanup(alertmanager.close)
        alertmanager.post("business-hours:19627", ("HoldfastSessionsWarning", {}))
        # The second is sent after the first has arrived: by then the warning would have been sent.
        for name in ("HoldfastKeysLost", "HoldfastIdentityChanged"):
            alertmanager.post(f"{name}:19627", (name, {}))
            wait_for(lambda name=name: name in hook.names(), 60, f"{name} arrives")
        if begin == 0:
            wait_for(lambda: len(hook.names()) == 3, 60, "the warning arrives")
        return hook.names() - {"HoldfastKeysLost", "HoldfastIdentityChanged"}

    def test_a_warning_is_sent_during_business_hours(self):
        self.assertEqual(self.notified(0, 24), {"HoldfastSessionsWarning"})

    def test_outside_business_hours_only_critical_alerts_are_sent(self):
        # An hour that is neither this one nor the next; the route uses UTC without a zone.
        hour = (datetime.datetime.now(datetime.timezone.utc).hour + 12) % 23 + 1
        self.assertEqual(self.notified(hour, hour + 1), set())


class Inhibition(unittest.TestCase):
    """One real Alertmanager for all cases, each on its own host."""

    @classmethod
    def setUpClass(cls):
        cls.alertmanager = Alertmanager(muzzled(yaml.safe_load(EXAMPLE.read_text())))
        cls.addClassCleanup(cls.alertmanager.close)
        cls.url = cls.alertmanager.url

    def assert_notified(self, expected, *alerts):
        """Checks that `expected`, (name, check), is notified when these alerts are active on one host."""
        host = f"{self.id()}:19627"
        self.alertmanager.post(host, *alerts)

        def active(inhibited):
            query = f"?filter=instance%3D%22{host}%22&inhibited={inhibited}&active=true"
            return json.loads(get(self.url + "/api/v2/alerts" + query)[2])
        wait_for(lambda: len(active("true")) == len(alerts), 20, "all alerts are loaded")

        # Sources reach the inhibitor shortly after the list.
        def notified():
            return {(one["labels"]["alertname"], one["labels"].get("check", ""))
                    for one in active("false")}
        try:
            wait_for(lambda: notified() == expected, 10, "the inhibitor has received all alerts")
        except AssertionError:
            self.assertEqual(notified(), expected)

    def test_a_dead_database_inhibits_its_consequences_but_no_other_database(self):
        self.assert_notified(
            {("HoldfastDatabaseDown", "timeweb"), ("HoldfastKeysLost", "sessions"),
             ("HoldfastPoolExhausted", "old-pool"), ("HoldfastSessionsUnreadable", "old-sessions")},
            ("HoldfastDatabaseDown", {"check": "timeweb", "database": "timeweb"}),
            ("HoldfastDatabaseWarning", {"check": "timeweb", "database": "timeweb"}),
            ("HoldfastPoolUnreachable", {"check": "pool", "database": "timeweb"}),
            ("HoldfastPoolExhausted", {"check": "pooler", "database": "pooler"}),
            ("HoldfastPoolExhausted", {"check": "api-pool", "database": ""}),
            ("HoldfastSessionsUnreadable", {"check": "sessions", "database": "timeweb"}),
            ("HoldfastServiceDown", {"check": "services"}),
            ("HoldfastServicesUnstable", {"check": "services"}),
            ("HoldfastKeysLost", {"check": "sessions", "database": "timeweb"}),
            ("HoldfastPoolExhausted", {"check": "old-pool", "database": "old"}),
            ("HoldfastSessionsUnreadable", {"check": "old-sessions", "database": "old"}))

    def test_a_dead_pm2_inhibits_its_processes(self):
        self.assert_notified(
            {("HoldfastPm2Down", "services"), ("HoldfastServiceDown", "other-home"),
             ("HoldfastDatabaseStrained", "timeweb")},
            ("HoldfastPm2Down", {"check": "services"}),
            ("HoldfastServiceDown", {"check": "services"}),
            ("HoldfastServicesWarning", {"check": "services"}),
            ("HoldfastPoolUnreachable", {"check": "api-pool", "database": ""}),
            ("HoldfastNotInUse", {"check": "in-use", "database": "timeweb"}),
            ("HoldfastServiceDown", {"check": "other-home"}),
            ("HoldfastDatabaseStrained", {"check": "timeweb"}))

    def test_a_critical_alert_inhibits_the_warnings_of_its_check_only(self):
        self.assert_notified(
            {("HoldfastKeysLost", "sessions"), ("HoldfastSessionsWarning", "other-sessions"),
             ("HoldfastServicesWarning", "services")},
            ("HoldfastKeysLost", {"check": "sessions"}),
            ("HoldfastSessionsWarning", {"check": "sessions"}),
            ("HoldfastSessionsWarning", {"check": "other-sessions"}),
            ("HoldfastServicesWarning", {"check": "services"}))

    def test_one_host_inhibits_nothing_on_another(self):
        self.assert_notified({("HoldfastDatabaseDown", "timeweb")},
                         ("HoldfastDatabaseDown", {"check": "timeweb", "database": "timeweb"}))
        first = self.id()
        self.id = lambda: first + ".other"
        self.assert_notified(
            {("HoldfastSessionsUnreadable", "sessions")},
            ("HoldfastSessionsUnreadable", {"check": "sessions", "database": "timeweb"}))

    def test_holdfast_gone_inhibits_check_not_fresh(self):
        self.assert_notified(
            {("HoldfastGone", ""), ("HoldfastDatabaseDown", "timeweb")},
            ("HoldfastGone", {}), ("HoldfastCheckNotFresh", {"check": "services"}),
            ("HoldfastDatabaseDown", {"check": "timeweb", "database": "timeweb"}))


if __name__ == "__main__":
    unittest.main()
