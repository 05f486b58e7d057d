# SPDX-License-Identifier: Apache-2.0
"""A migration that did not happen, on real services: the data was copied to a second cluster, everything
is green, but the seven services still use the first one. Two checks of kind `usage` report that and name
the clients, and the window fails; after the services are switched, everything recovers by itself.
"""

import json
import os
import shutil
import signal
import unittest

from daemon import Daemon
from demo_site import DemoSite, get, wait_for
from postgres_site import PASSWORD, PostgresSite, run

# All except the API and the backup service write; each opens sessions under its own name.
WRITERS = {"baileys-whatsapp-service", "ai-admin-worker-v2"}
CONFIG = """
defaults: {{interval: 2s, timeout: 2s, confirm: 2, retry_interval: 1s}}
history: {{path: {history}}}
databases:
  new: {{host: localhost, port: {new.port}, dbname: default_db, user: holdfast,
        password_file: {new.dir}/password, sslrootcert: {site.dir}/tls/ca.crt}}
  old: {{host: localhost, port: {site.ports[PORT_POSTGRES]}, dbname: default_db, user: holdfast,
        password_file: {site.dir}/secrets/holdfast, sslrootcert: {site.dir}/tls/ca.crt}}
checks:
  - {{name: database, kind: postgres, database: new}}
  - {{name: pool, kind: pool, database: new}}
  - {{name: sessions, kind: whatsapp, database: new, auth_records: 1, expired: {{warning: off, critical: off}},
     expiring: {{warning: off}}}}
  - {{name: services, kind: pm2, home: {site.dir}/pm2, expect: [ai-admin-api, baileys-whatsapp-service]}}
  - {{name: new-in-use, kind: usage, database: new, role: active, gone_after: 5s,
     tables: {{whatsapp_keys: {{min_writes: 1/m}}}}}}
  - {{name: old-silent, kind: usage, database: old, role: retired, gone_after: 5s}}
windows:
  - {{name: move, start: now, length: 1h, checks: [new-in-use, old-silent], on_no_go: restart,
     go_when: {{coverage: 50%, critical: 1h, require: [new-in-use, old-silent]}}}}
"""
GREEN = {"database", "pool", "sessions", "services"}


class NewCluster(PostgresSite):
    """A second cluster behind the demo's certificate, with a copy of its database."""

    def __init__(self, site):
        super().__init__()
        try:
            for name in ("ca.crt", "server.crt", "server.key"):
                shutil.copyfile(site.dir / "tls" / name, self.dir / name)
            self.process.send_signal(signal.SIGHUP)
            wait_for(self.answers, 30, "the demo's certificate is in use")
            password = (site.dir / "secrets/app").read_text().strip()
            self.sql(f"CREATE ROLE app LOGIN PASSWORD '{password}'")
            self.sql("CREATE DATABASE default_db OWNER app")
            self.sql("GRANT pg_monitor TO holdfast")
            self.copy(site)
        except BaseException:
            self.close()
            raise

    def copy(self, site):
        def at(port):
            return (f"host=localhost port={port} dbname=default_db user=postgres "
                    f"sslmode=verify-full sslrootcert={site.dir}/tls/ca.crt")
        old = dict(os.environ, PGPASSWORD=(site.dir / "secrets/postgres").read_text().strip())
        dump = run("pg_dump", "-d", at(site.ports["PORT_POSTGRES"]), env=old)
        run("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", at(self.port), input=dump,
            env=dict(os.environ, PGPASSWORD=PASSWORD))


class Story(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = DemoSite()
        cls.addClassCleanup(cls.site.close)
        cls.new = NewCluster(cls.site)
        cls.addClassCleanup(cls.new.close)

    def checks(self):
        return {one["name"]: one
                for one in json.loads(get(self.daemon.url + "/api/v1/status")[2])["checks"]}

    def findings(self, check):
        return {f["code"]: f for f in self.checks()[check]["findings"]}

    def subjects(self, check, code):
        return {f["subject"] for f in self.checks()[check]["findings"] if f["code"] == code}

    def verdict(self, verdict):
        return self.daemon.value("holdfast_window_verdict", window="move", verdict=verdict) == 1

    def criterion(self, criterion, state):
        return self.daemon.value("holdfast_window_criterion", window="move", criterion=criterion,
                                 state=state)

    def test_a_migration_that_did_not_happen(self):
        self.daemon = Daemon(CONFIG.format(site=self.site, new=self.new,
                                           history=self.new.dir / "history.db"))
        self.addCleanup(self.daemon.close)
        self.daemon.ready()
        # Data copied, seven services up, everything green, but the new database has no activity.
        wait_for(lambda: "usage_nobody" in self.findings("new-in-use"), 60, "usage_nobody on the new database")
        wait_for(lambda: self.subjects("old-silent", "usage_foreign_session") >= WRITERS, 60,
                 "the clients of the old one are named")
        wait_for(lambda: "whatsapp_keys" in self.subjects("old-silent", "usage_foreign_write"), 60,
                 "the written tables are named")
        found = self.findings("old-silent")["usage_foreign_session"]
        self.assertRegex(found["text"], r"^old is retired, but .* \(user app, 127\.0\.0\.1\) is connected")
        self.assertEqual(self.daemon.value("holdfast_usage_seen", check="new-in-use"), 0)
        self.assertEqual(self.daemon.value("holdfast_usage_seen", check="old-silent"), 1)
        wait_for(lambda: self.daemon.value("holdfast_incident_open", check="new-in-use",
                                           severity="critical") == 1, 60, "it is an incident")
        # The window fails for this and for nothing else.
        wait_for(lambda: self.verdict("no_go"), 120, "the verdict is no_go")
        self.assertEqual(self.criterion("activity", "failed"), 1)
        self.assertNotEqual(self.criterion("critical", "failed"), 1)
        self.assertNotEqual(self.criterion("coverage", "failed"), 1)
        green = {name: one["status"] for name, one in self.checks().items() if name in GREEN}
        self.assertEqual(green, dict.fromkeys(GREEN, "ok"))
        # The services are switched, and the pooler of the old database is stopped.
        (self.site.dir / "injected/database").write_text(f"{self.new.port} default_db\n")
        self.site.run("deploy/demo/break", "stop-pgbouncer")
        for check in ("new-in-use", "old-silent"):
            wait_for(lambda: self.daemon.value("holdfast_check_status", check=check, status="ok") == 1
                     and not self.checks()[check]["findings"], 120, f"{check} turns good by itself")
        wait_for(lambda: self.daemon.value("holdfast_usage_last_write_timestamp_seconds",
                                           check="new-in-use", table="whatsapp_keys"), 60,
                 "the new one is written")
        self.assertEqual(self.daemon.value("holdfast_usage_seen", check="old-silent"), 0)
        wait_for(lambda: self.verdict("in_progress") and self.criterion("activity", "failed") == 0, 180,
                 "the window has restarted")


if __name__ == "__main__":
    unittest.main()
