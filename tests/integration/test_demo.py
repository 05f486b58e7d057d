# SPDX-License-Identifier: Apache-2.0
"""The whole demo site, healthy."""

import json
import re
import subprocess
import time
import unittest
import urllib.parse
from datetime import datetime

from demo_site import DemoSite, get, samples, wait_for

SERVICES = ["ai-admin-api", "ai-admin-worker-v2", "baileys-whatsapp-service",
            "whatsapp-backup-service", "ai-admin-batch-processor", "ai-admin-booking-monitor",
            "ai-admin-telegram-bot"]
# Typical queries of dashboards; each must return data in a real Prometheus.
SMOKE = [
    "up == 1",
    "holdfast_build_info",
    'holdfast_check_status{status="ok"} == 1',
    "count(holdfast_check_success == 1) == 8",
    "rate(holdfast_check_runs_total[1m]) > 0",
    "histogram_quantile(0.95, rate(holdfast_check_duration_seconds_bucket[1m])) >= 0",
    "holdfast_postgres_up == 1",
    "histogram_quantile(0.95, sum by (le) (rate(holdfast_postgres_query_duration_seconds_bucket[1m])))"
    " > 0",
    "sum by (phase) (rate(holdfast_postgres_connect_phase_duration_seconds_count[1m])) > 0",
    "holdfast_postgres_certificate_not_after_timestamp_seconds - time() > 86400",
    "holdfast_postgres_tls_info",
    "holdfast_pool_in_use_connections >= 0",
    "holdfast_pool_max_connections > 0",
    "holdfast_pool_waiting_clients == 0",
    "sum(holdfast_whatsapp_keys) == 728",
    "holdfast_whatsapp_auth_records == 1",
    "holdfast_usage_seen == 1",
    'rate(holdfast_usage_rows_total{table="whatsapp_keys"}[1m]) > 0',
    'count(holdfast_pm2_process_status{status="online"} == 1) == 7',
    "holdfast_pm2_process_memory_bytes > 0",
    "holdfast_files_newest_bytes > 10000",
    "holdfast_check_limit",
    "process_resident_memory_bytes > 0",
    'holdfast_window_verdict{window="phase-0", verdict="in_progress"} == 1',
    "holdfast_history_replayed_until_timestamp_seconds < time()",
    # The shipped alerts are loaded, and on a healthy site only the Watchdog fires.
    'ALERTS{alertname="Watchdog", alertstate="firing"} == 1',
    'absent(ALERTS{alertname!="Watchdog"})',
]


def series(page_samples):
    """Series without those whose values change between two scrapes."""
    return {key for key in page_samples}


class Demo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.begin = time.time()
        cls.site = DemoSite()

    @classmethod
    def tearDownClass(cls):
        cls.site.close()

    def measured(self, name, count):
        """The samples of that metric, as {labels: value}, once there are `count` of them: a check that
        timed out on a busy machine has none until its next run."""
        def found():
            return {labels: value for (metric, labels), value in self.site.metrics().items() if metric == name}
        return wait_for(lambda: len(page := found()) == count and page, 60, f"{count} samples of {name}")

    def test_check_reports_ok_for_all(self):
        code, text = self.site.holdfast("check")
        self.assertEqual(code, 0, text)
        checks = self.site.check()
        self.assertEqual(len(checks), 8)
        self.assertEqual({name: one["status"] for name, one in checks.items()},
                         dict.fromkeys(checks, "ok"))

    def test_whatsapp_shows_one_auth_record_and_728_keys_by_type(self):
        self.measured("holdfast_whatsapp_auth_records", 1)
        keys = {dict(labels)["key_type"]: value for (name, labels), value in self.site.metrics().items()
                if name == "holdfast_whatsapp_keys"}
        self.assertEqual(sum(keys.values()), 728)
        self.assertGreaterEqual(set(keys), {"pre-key", "session", "sender-key", "lid-mapping"})
        self.assertEqual(list(self.measured("holdfast_whatsapp_auth_records", 1).values()), [1])

    def test_seven_processes_are_online(self):
        states = self.measured("holdfast_pm2_process_status", 7 * 8)  # One of eight states each.
        online = {dict(labels)["process"] for labels, value in states.items()
                  if value == 1 and dict(labels)["status"] == "online"}
        self.assertEqual(online, set(SERVICES))

    def test_promtool_finds_no_problem_in_the_metrics(self):
        page = get(self.site.url + "/metrics")[2]
        done = subprocess.run(["promtool", "check", "metrics"], input=page, capture_output=True,
                              text=True, check=False)
        self.assertEqual((done.returncode, done.stderr, done.stdout), (0, "", ""))

    def test_both_formats_hold_identical_series(self):
        from prometheus_client.openmetrics.parser import text_string_to_metric_families
        headers = {"Accept": "application/openmetrics-text;version=1.0.0"}
        _, answer, page = get(self.site.url + "/metrics", headers)
        self.assertEqual(answer["Content-Type"],
                         "application/openmetrics-text; version=1.0.0; charset=utf-8")
        strict = {(s.name, tuple(sorted(s.labels.items())))
                  for family in text_string_to_metric_families(page) for s in family.samples}
        _, answer, page = get(self.site.url + "/metrics")
        self.assertEqual(answer["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
        self.assertEqual(strict, series(samples(page)))
        self.assertGreater(len(strict), 300)

    def query(self, expression):
        answer = get(f"http://127.0.0.1:{self.site.ports['PORT_PROMETHEUS']}/api/v1/query?query="
                     + urllib.parse.quote(expression))[2]
        return json.loads(answer)["data"]["result"]

    def test_prometheus_scrapes_it_and_every_smoke_query_returns_data(self):
        for expression in SMOKE:
            with self.subTest(expression):
                wait_for(lambda: self.query(expression), 60, expression)

    def test_all_checks_together_use_at_most_three_connections(self):
        self.site.holdfast("explain", "timeweb")
        for _ in range(20):
            count = int(self.site.psql("SELECT count(*) FROM pg_stat_activity WHERE usename = 'holdfast'"))
            self.assertLessEqual(count, 3)
            self.assertGreaterEqual(count, 1)

    def test_every_format_of_check_can_be_read(self):
        _, text = self.site.holdfast("check", "--format", "nagios")
        self.assertRegex(text, r"^\S.*OK")
        _, text = self.site.holdfast("check", "--format", "markdown")
        self.assertIn("|", text)
        for name in ("timeweb", "pool", "pooler", "api-pool", "sessions", "services", "in-use", "backups"):
            with self.subTest(name):
                code, text = self.site.holdfast("explain", name)
                self.assertEqual(code, 0, text)

    def test_the_window_is_two_days_old_and_marked_as_replayed(self):
        now = time.time()
        found = {name: value for (name, labels), value in self.site.metrics().items()
                 if dict(labels).get("window", "phase-0") == "phase-0"}
        age = now - found["holdfast_window_start_timestamp_seconds"]
        replayed = found["holdfast_history_replayed_until_timestamp_seconds"]
        # The site was started minutes ago at most, and the daemon right after the replay.
        self.assertGreater(age, 2 * 86400)
        self.assertLess(age, 2 * 86400 + 3600)
        self.assertLess(replayed, found["process_start_time_seconds"] + 1)
        self.assertGreater(replayed, self.begin - 60)
        document = json.loads(get(self.site.url + "/api/v1/status")[2])
        self.assertEqual([(one["name"], one["verdict"], one["day"], one["days"])
                          for one in document["windows"]], [("phase-0", "in_progress", 3, 7)])
        self.assertIn("replayed_until", document)
        self.assertIn("is simulated", get(self.site.url + "/")[2])

    def test_the_report_shows_the_window_and_its_replayed_part(self):
        arguments = ["report", "--window", "phase-0", "--format"]
        for form in ("text", "markdown", "html"):
            with self.subTest(form):
                code, text = self.site.holdfast(*arguments, form)
                self.assertEqual(code, 1, text)  # In progress.
                self.assertIn("is simulated", text)
                self.assertIn("ai-admin-booking-monitor is in state errored", text)
        code, text = self.site.holdfast(*arguments, "json")
        report = json.loads(text)
        self.assertEqual((code, report["verdict"]), (1, "in_progress"))
        self.assertTrue(report["replayed_until"])
        self.assertEqual({one["criterion"]: one["state"] for one in report["criteria"]},
                         dict.fromkeys(("activity", "critical", "warning", "latency", "coverage",
                                        "maintenance"), "open"))
        services = next(one for one in report["checks"] if one["name"] == "services")
        self.assertEqual(services["critical_seconds"], 420)
        # Two days and some minutes, minus the restarts and the change from simulated to real history.
        for one in report["checks"]:
            self.assertGreater(one["coverage_ratio"], 0.99)
        self.assertEqual(self.site.holdfast("report", "--brief", "--skip-checks", "--window", "phase-0")[0], 1)

    def test_simulated_history_does_not_count_as_real(self):
        # Generated restarts and incidents do not count for the real processes. On a slow machine the
        # daemon may have found something of its own.
        begin = next(value for (name, _), value in self.site.metrics().items()
                     if name == "process_start_time_seconds")
        for name, one in self.site.status().items():
            with self.subTest(name):
                self.assertEqual([incident for incident in one["incidents"]
                                  if datetime.fromisoformat(incident["since"]).timestamp() < begin], [])
        restarts = self.measured("holdfast_pm2_process_restarts_last_hour", 7)
        self.assertEqual(list(restarts.values()), [0] * 7)

    def test_a_second_start_replays_nothing(self):
        def replayed():
            return [value for (name, _), value in self.site.metrics().items() if name in
                    ("holdfast_history_replayed_until_timestamp_seconds",
                     "holdfast_window_start_timestamp_seconds", "process_start_time_seconds")]
        before = replayed()
        self.assertEqual(len(before), 3)
        self.site.run("deploy/demo/site", "up", timeout=300)
        # Neither the window nor the daemon was restarted.
        self.assertEqual(replayed(), before)

    def test_no_secret_of_the_site_appears_in_any_output(self):
        secrets = [path.read_text().strip() for path in (self.site.dir / "secrets").iterdir()
                   if path.name != "pgpass"]
        outputs = [get(self.site.url + path)[2] for path in
                   ("/", "/metrics", "/api/v1/status", "/probe?check=timeweb", "/nothing")]
        for arguments in (["check"], ["check", "--format", "json"], ["explain", "timeweb"],
                          ["explain", "services"], ["explain", "sessions"]):
            outputs.append(self.site.holdfast(*arguments)[1])
        outputs += [log.read_text(errors="replace") for log in (self.site.dir / "log").glob("holdfast*")]
        for secret in secrets:
            for output in outputs:
                self.assertNotIn(secret, output)
        # Neither key ids nor phone numbers: eight digits in a row that are no timestamp or size.
        names = self.site.psql("SELECT string_agg(key_id, ' ') FROM whatsapp_keys WHERE key_type = 'session'")
        numbers = set(re.findall(r"\d{10,}", names))
        self.assertGreater(len(numbers), 50)
        for number in numbers:
            for output in outputs:
                self.assertNotIn(number, output)


if __name__ == "__main__":
    unittest.main()
