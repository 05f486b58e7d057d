# SPDX-License-Identifier: Apache-2.0
"""Kind `usage` on a real PostgreSQL: Holdfast's own activity does not count, that of other clients does, with
their names.

The daemon runs its checks once a second. Waits are for readings, never for a fixed time.
"""

import os
import subprocess
import unittest

from daemon import Daemon, command
from demo_site import CHECKOUT, wait_for
from postgres_site import PASSWORD, PostgresSite, run

CONFIG = """
defaults: {{interval: 1s, timeout: 1s, confirm: 2, retry_interval: 1s}}
{history}
{databases}
checks:
  - {{name: db, kind: postgres, database: main}}
  - {{name: pool, kind: pool, source: postgres, database: main}}
  - {{name: keys, kind: whatsapp, database: main, layout: ai-admin}}
  - {{name: active, kind: usage, database: main, role: active, gone_after: 2s,
     tables: {{whatsapp_keys: {{min_writes: 1/m}}, parted: {{}}}}}}
  - {{name: retired, kind: usage, database: main, role: retired, gone_after: 2s,
     allow_applications: [backup]}}
"""
TABLES = """
CREATE TABLE parted (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2025-01-01') TO ('2025-02-01');
CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM ('2025-02-01') TO ('2025-03-01');
"""
WRITE = "UPDATE whatsapp_auth SET updated_at = now(); " \
        "INSERT INTO whatsapp_keys (company_id, key_type, key_id, value) " \
        "VALUES ('company_1', 'session', gen_random_uuid()::text, '{}')"


class Client:
    """A psql that stays connected like an application."""

    def __init__(self, site, name, user="shop"):
        self.process = subprocess.Popen(
            ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1",
             f"host=localhost port={site.port} dbname=app user={user} sslmode=verify-full "
             f"sslrootcert={site.dir}/ca.crt application_name={name}"],
            env=dict(os.environ, PGPASSWORD=PASSWORD), text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.sql("SELECT 1")

    def sql(self, text):
        self.process.stdin.write(f"{text};\nSELECT 'done';\n")
        lines = []
        for line in self.process.stdout:
            if line.strip() == "done":
                return lines
            lines.append(line.strip())
        raise AssertionError(f"psql ended: {lines}")

    def close(self):
        if not self.process.stdin.closed:
            self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()


class Usage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = PostgresSite()
        cls.addClassCleanup(cls.server.close)
        cls.server.sql(f"CREATE ROLE shop LOGIN PASSWORD '{PASSWORD}'")
        cls.server.sql("ALTER DATABASE app OWNER TO shop")
        cls.psql("-f", CHECKOUT / "deploy/sql/role.sql")
        cls.psql("-c", "SET ROLE shop", "-f", CHECKOUT / "deploy/demo/sql/schema.sql", "-c", TABLES,
                 "-f", CHECKOUT / "deploy/sql/whatsapp.sql")
        cls.psql("-c", "INSERT INTO whatsapp_auth (company_id, creds) VALUES ('company_1', '{}')")

    @classmethod
    def psql(cls, *arguments):
        """Runs SQL as superuser in the application's database."""
        return run("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1",
                   f"host=localhost port={cls.server.port} dbname=app user=postgres "
                   f"sslmode=verify-full sslrootcert={cls.server.dir}/ca.crt", *arguments,
                   env=dict(os.environ, PGPASSWORD=PASSWORD, PGOPTIONS="-c client_min_messages=error"))

    def setUp(self):
        # No client of an earlier test is connected any more.
        wait_for(lambda: self.psql("-c", "SELECT count(*) FROM pg_stat_activity WHERE datname = 'app'"
                                   " AND pid <> pg_backend_pid()").strip() == "0", 30, "no session is left")

    def serve(self, history=True):
        line = f"history: {{path: {self.server.dir}/{self.id()}.db}}" if history else ""
        daemon = Daemon(CONFIG.format(history=line, databases=self.server.yaml()))
        self.addCleanup(daemon.close)
        daemon.ready()
        return daemon

    def client(self, name, user="shop"):
        client = Client(self.server, name, user)
        self.addCleanup(client.close)
        return client

    def findings(self, daemon, check):
        return {(dict(labels)["finding"], dict(labels)["subject"])
                for (name, labels), value in daemon.metrics().items()
                if name == "holdfast_finding" and value == 1 and dict(labels)["check"] == check}

    def codes(self, daemon, check):
        return {finding for finding, _ in self.findings(daemon, check)}

    def runs(self, daemon, check):
        return daemon.value("holdfast_check_runs_total", check=check) or 0

    def after_runs(self, daemon, count):
        """Waits until both checks have completed that many more runs."""
        want = {check: self.runs(daemon, check) + count for check in ("active", "retired")}
        wait_for(lambda: all(self.runs(daemon, check) >= n for check, n in want.items()), 60,
                 f"{count} more runs")

    def sessions(self, daemon):
        return {dict(labels)["application"] for (name, labels), _ in daemon.metrics().items()
                if name == "holdfast_usage_sessions"}

    def test_holdfasts_own_activity_does_not_count(self):
        first, second = self.serve(), self.serve(history=False)
        wait_for(lambda: "usage_nobody" in self.codes(first, "active"), 60, "usage_nobody is reported")
        for _ in range(3):
            for words in (["check"], ["explain", "active"], ["explain", "keys"]):
                code, out, err = command(*words, f"--config.file={first.config}")
                self.assertIn(code, (0, 2), out + err)
            for daemon in (first, second):
                self.after_runs(daemon, 2)
                self.assertEqual(self.codes(daemon, "active"), {"usage_nobody"})
                self.assertEqual(self.codes(daemon, "retired"), set())
                self.assertEqual(self.sessions(daemon), set())
                self.assertEqual(daemon.value("holdfast_usage_seen", check="active"), 0)
                self.assertIsNone(daemon.value("holdfast_usage_last_seen_timestamp_seconds"))
                self.assertIsNone(daemon.value("holdfast_usage_last_write_timestamp_seconds"))
        # The control: one row written by another client counts.
        self.client("shop-api").sql(WRITE)
        for daemon in (first, second):
            wait_for(lambda: self.findings(daemon, "retired") >= {
                ("usage_foreign_session", "shop-api"), ("usage_foreign_write", "whatsapp_keys")}, 60,
                "the client is named")
            wait_for(lambda: self.codes(daemon, "active") == set(), 60, "it is in use")

    def test_a_client_using_our_application_name_cannot_hide_writes(self):
        daemon = self.serve()
        self.client("holdfast").sql(WRITE)
        wait_for(lambda: ("usage_foreign_write", "whatsapp_keys") in self.findings(daemon, "retired"),
                 60, "the write is seen")
        self.assertEqual(self.sessions(daemon), set())

    def test_rows_of_partitions_count_for_their_table(self):
        daemon = self.serve()
        self.after_runs(daemon, 2)
        self.client("shop-api").sql("INSERT INTO parted VALUES (1, '2025-01-05'), (2, '2025-02-05')")
        wait_for(lambda: daemon.value("holdfast_usage_last_write_timestamp_seconds", check="active",
                                      table="parted"), 60, "the partitioned table was written")
        self.assertIsNone(daemon.value("holdfast_usage_rows_total", table="parted_1"))

    def test_an_allowed_client_is_no_violation(self):
        daemon = self.serve()
        self.after_runs(daemon, 2)
        self.client("backup").sql("SELECT count(*) FROM whatsapp_keys")
        wait_for(lambda: self.sessions(daemon) == {"backup"}, 60, "it is seen")
        self.after_runs(daemon, 2)
        self.assertEqual(self.codes(daemon, "retired"), set())

    def test_a_reset_and_a_restart_are_neither_inactivity_nor_a_burst(self):
        daemon = self.serve()
        client = self.client("shop-api")
        client.sql(WRITE)
        wait_for(lambda: self.codes(daemon, "active") == set() and
                 daemon.value("holdfast_usage_seen", check="active") == 1, 60, "it is in use")
        client.close()
        wait_for(lambda: self.codes(daemon, "retired") == set(), 60, "there is no activity again")
        baseline = daemon.value("holdfast_usage_baseline_timestamp_seconds", check="retired")
        self.psql("-c", "SELECT pg_stat_reset()")
        wait_for(lambda: daemon.value("holdfast_usage_baseline_timestamp_seconds", check="retired")
                 != baseline, 60, "the reset is seen")
        self.after_runs(daemon, 3)
        # The superuser's session may have been seen, but nothing was written.
        self.assertNotIn("usage_foreign_write", self.codes(daemon, "retired"))
        baseline = daemon.value("holdfast_usage_baseline_timestamp_seconds", check="retired")
        self.server.stop()
        self.server.start()
        wait_for(lambda: daemon.value("holdfast_usage_baseline_timestamp_seconds", check="retired")
                 not in (None, baseline), 60, "the restart is seen")
        self.after_runs(daemon, 3)
        self.assertNotIn("usage_foreign_write", self.codes(daemon, "retired"))
        self.client("shop-api").sql(WRITE)
        wait_for(lambda: "usage_foreign_write" in self.codes(daemon, "retired"), 60,
                 "writes are seen again")

    def test_without_the_privilege_it_is_unknown_and_writes_are_still_seen(self):
        self.psql("-c", "REVOKE pg_monitor FROM holdfast")
        self.addCleanup(self.psql, "-c", "GRANT pg_monitor TO holdfast")
        daemon = self.serve()
        client = self.client("shop-api")
        wait_for(lambda: daemon.value("holdfast_check_status", check="retired", status="unknown") == 1,
                 60, "the missing privilege is reported")
        self.assertEqual(self.codes(daemon, "retired"), {"usage_sessions_hidden"})
        client.sql(WRITE)
        wait_for(lambda: "usage_foreign_write" in self.codes(daemon, "retired"), 60, "writes are seen")

    def test_an_open_transaction_delays_its_rows_and_is_reported(self):
        daemon = self.serve()
        client = self.client("shop-api")
        client.sql("BEGIN; " + WRITE)
        self.after_runs(daemon, 2)
        _, out, _ = command("explain", "active", f"--config.file={daemon.config}")
        self.assertIn("a transaction that writes to whatsapp_keys is open", out)
        client.sql("COMMIT")
        wait_for(lambda: daemon.value("holdfast_usage_seen", check="active") == 1, 60, "it is counted")


if __name__ == "__main__":
    unittest.main()
