# SPDX-License-Identifier: Apache-2.0
"""Faults of a database and the network to it: each is reported, nothing hangs, and each ends with
recovery."""

import json
import os
import pathlib
import subprocess
import tempfile
import threading
import unittest

from daemon import Daemon, command
from demo_site import BINARY, get, wait_for
from gate import Gate
from postgres_site import PostgresSite

CONFIG = """
defaults: {{interval: 2s, timeout: 1s, confirm: 2, retry_interval: 500ms}}
{databases}
checks:
  - {{name: db, kind: postgres, database: main}}
  - {{name: pool, kind: pool, source: postgres, database: main}}
  - {{name: keys, kind: whatsapp, database: main, layout: ai-admin}}
"""
# Number of server bytes after which the connection fails: the answer to SSLRequest, the middle of
# the handshake; the login and the first query are measured and added.
ACCEPT, TLS_ANSWER, HANDSHAKE = 0, 1, 600


class WithServer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = PostgresSite()
        cls.addClassCleanup(cls.server.close)

    def serve(self, port=None):
        daemon = Daemon(CONFIG.format(databases=self.server.yaml(port)))
        self.addCleanup(daemon.close)
        self.well(daemon)
        return daemon

    def well(self, daemon):
        wait_for(lambda: daemon.value("holdfast_check_status", check="db", status="ok") == 1, 60,
                 "the database is ok")

    def failed(self, daemon):
        """Reason → how often check `db` failed with it."""
        return {dict(labels)["reason"]: value for (name, labels), value in daemon.metrics().items()
                if name == "holdfast_check_failures_total" and dict(labels)["check"] == "db"}

    def sick(self, daemon, before, what):
        """Waits for one more failure of `db` and returns its reasons."""
        def more():
            now = self.failed(daemon)
            return {reason for reason, value in now.items() if value > before.get(reason, 0)}
        return wait_for(more, 60, what)


class TheWire(WithServer):
    def setUp(self):
        self.gate = Gate(self.server.port)
        self.addCleanup(self.gate.close)
        self.daemon = self.serve(self.gate.port)

    def measure(self):
        """Number of server bytes until the login is complete, and until a query is answered."""
        self.gate.fix()
        self.well(self.daemon)
        wait_for(lambda: self.gate.most_bytes > HANDSHAKE, 30, "a connection was made")
        return self.gate.most_bytes

    def test_each_failure_in_each_phase_recovers(self):
        whole = self.measure()
        phases = {"at the door": ACCEPT, "after the first byte": TLS_ANSWER,
                  "in the handshake": HANDSHAKE, "in the login": whole * 2 // 3}
        for how in ("cut", "stall", "drip", "garbage"):
            for phase, after in phases.items():
                with self.subTest(how=how, phase=phase):
                    before = self.failed(self.daemon)
                    self.gate.fail(how, after)
                    reasons = self.sick(self.daemon, before, f"{how} {phase} is said")
                    self.assertEqual(reasons & {"internal", "no_slot", "own_limit"}, set())
                    if how == "stall":
                        self.assertIn("timed_out", reasons)
                    self.assertEqual(self.daemon.value("holdfast_check_success", check="db"), 0)
                    # /-/healthy reports the scheduler: none of this may stop it.
                    self.assertEqual(get(self.daemon.url + "/-/healthy")[0], 200)
                    self.gate.fix()
                    self.well(self.daemon)

    def test_a_stop_does_not_wait_for_a_stalled_connection(self):
        before = self.failed(self.daemon)
        self.gate.fail("stall", HANDSHAKE)
        self.sick(self.daemon, before, "the stall is reported")
        self.assertEqual(self.daemon.stop(), 0)


class TheServer(WithServer):
    def test_a_suspended_server_times_out_and_recovers(self):
        daemon = self.serve()
        before = self.failed(daemon)
        self.server.freeze()
        self.addCleanup(self.server.thaw)
        self.assertIn("timed_out", self.sick(daemon, before, "the frozen server is said"))
        wait_for(lambda: daemon.value("holdfast_incident_open", check="db", severity="critical") == 1,
                 60, "an incident is open")
        self.server.thaw()
        self.well(daemon)
        wait_for(lambda: daemon.value("holdfast_incident_open", check="db", severity="critical") == 0,
                 60, "the incident is closed")

    def test_killed_backends_are_replaced(self):
        daemon = self.serve()
        for _ in range(3):
            runs = daemon.value("holdfast_check_runs_total", check="db")
            self.server.sql("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                            " WHERE application_name = 'holdfast'")
            wait_for(lambda r=runs: daemon.value("holdfast_check_runs_total", check="db") > r + 1, 60,
                     "it has run again")
            self.well(daemon)

    def test_the_persistent_connection_survives_a_server_restart(self):
        daemon = self.serve()
        before = self.failed(daemon)
        self.server.stop()
        self.addCleanup(lambda: self.server.process.poll() is None or self.server.start())
        self.assertEqual(self.sick(daemon, before, "the stopped server is said")
                         - {"refused", "shutting_down", "closed"}, set())
        self.server.start()
        self.well(daemon)

    def test_a_rotated_password_is_read_again(self):
        daemon = self.serve()
        before = self.failed(daemon)
        self.server.sql("ALTER ROLE holdfast PASSWORD 'another-canary'")
        self.addCleanup(self.server.restore_password)
        self.assertIn("login_refused", self.sick(daemon, before, "the old password is refused"))
        (self.server.dir / "password").write_text("another-canary\n")
        self.well(daemon)
        self.assertNotIn("canary", daemon.output())

    def test_at_most_three_connections_are_ever_open(self):
        daemon = self.serve()
        most, stop = [0], threading.Event()

        def ask_often():
            for check in ("db", "pool", "keys") * 20:
                if not stop.is_set():
                    get(f"{daemon.url}/probe?check={check}", timeout=30)

        askers = [threading.Thread(target=ask_often) for _ in range(4)]
        for one in askers:
            one.start()
        self.addCleanup(stop.set)
        for _ in range(40):
            most[0] = max(most[0], int(self.server.sql(
                "SELECT count(*) FROM pg_stat_activity WHERE usename = 'holdfast'")))
        stop.set()
        for one in askers:
            one.join()
        self.assertLessEqual(most[0], 3)
        self.assertGreaterEqual(most[0], 1)


def propagation():
    """Options that keep mounts inside a namespace. In a chroot the root is no mount point and cannot be
    made private; the creator of the chroot must do that (tests/fresh-machine does)."""
    private = ["unshare", "-m", "--propagation", "private", "true"]
    return "unchanged" if subprocess.run(private, capture_output=True, check=False).returncode else "private"


@unittest.skipUnless(os.geteuid() == 0, "a network of its own needs root")
class TheNetwork(unittest.TestCase):
    """In a network namespace, where a DNS server and a host can be dead safely."""

    INSIDE = """
ip link set lo up
ip link add hf0 type veth peer name hf1 && ip link set hf0 up && ip link set hf1 up
ip addr add 10.77.1.1/24 dev hf0
# A neighbour that is said to be there and takes every packet.
ip neigh add 10.77.1.9 lladdr 02:00:00:00:00:99 dev hf0
printf 'nameserver {name_server}\\n' >"$0/resolv.conf"
mount --bind "$0/resolv.conf" /etc/resolv.conf
exec {binary} check db --format json --config.file "$0/holdfast.yaml"
"""

    def check_of(self, host, name_server):
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "password").write_text("made up\n")
            (pathlib.Path(folder) / "holdfast.yaml").write_text(f"""
defaults: {{timeout: 2s}}
databases:
  main: {{host: {host}, dbname: app, user: holdfast, password_file: password}}
checks: [{{name: db, kind: postgres, database: main}}]
""")
            done = subprocess.run(
                ["unshare", "-m", "-n", "--propagation", propagation(), "sh", "-e", "-c",
                 self.INSIDE.format(name_server=name_server, binary=BINARY), folder],
                capture_output=True, text=True, timeout=60, check=False)
        self.assertTrue(done.stdout.startswith("{"), done.stdout + done.stderr)
        self.assertEqual(done.returncode, 2)
        return json.loads(done.stdout)["checks"][0]

    def test_dropped_packets_time_out_in_connect(self):
        one = self.check_of("10.77.1.9", "127.0.0.1")
        self.assertEqual((one["failure"]["reason"], one["failure"]["phase"]), ("timed_out", "tcp"))

    def test_an_unreachable_dns_server_is_silent(self):
        one = self.check_of("database.example", "10.77.1.9")
        self.assertEqual((one["failure"]["reason"], one["failure"]["phase"]),
                         ("name_server_silent", "resolve"))

    def test_a_refusing_dns_server_is_silent(self):
        one = self.check_of("database.example", "127.0.0.1")
        self.assertEqual(one["failure"]["phase"], "resolve")
        self.assertEqual(one["status"], "critical")

    def test_no_route_is_unreachable(self):
        one = self.check_of("192.0.2.1", "127.0.0.1")
        self.assertEqual((one["failure"]["reason"], one["failure"]["phase"]), ("unreachable", "tcp"))


class TheCommandLine(WithServer):
    def test_check_ends_by_its_deadline_on_a_suspended_server(self):
        self.server.freeze()
        self.addCleanup(self.server.thaw)
        daemon_config = CONFIG.format(databases=self.server.yaml())
        path = self.server.dir / "holdfast.yaml"
        path.write_text(daemon_config)
        code, out, err = command("check", "db", "--format", "json", f"--config.file={path}")
        self.assertEqual(code, 2, out + err)
        self.assertEqual(json.loads(out)["checks"][0]["failure"]["reason"], "timed_out")


if __name__ == "__main__":
    unittest.main()
