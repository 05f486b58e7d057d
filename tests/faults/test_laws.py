# SPDX-License-Identifier: Apache-2.0
"""The guarantees of the whole program against misbehaving peers: deadlines, isolation, secrets, bounds."""

import http.server
import json
import pathlib
import signal
import socket
import tempfile
import threading
import unittest
import urllib.error
import urllib.request

from daemon import (CANARY, Daemon, Peer, command, drip, free_port, garbage, silent, slam,
                    write_config)
from demo_site import get, wait_for

def config(port, password="password_file: password"):
    return f"""
defaults: {{interval: 2s, timeout: 1s, confirm: 2, retry_interval: 500ms}}
databases:
  main: {{host: 127.0.0.1, port: {port}, dbname: app, user: holdfast, {password}}}
checks:
  - {{name: db, kind: postgres, database: main}}
  - {{name: pool, kind: pool, source: postgres, database: main}}
  - {{name: keys, kind: whatsapp, database: main, layout: ai-admin}}
  - {{name: services, kind: pm2, home: /nonexistent/pm2, expect: [api]}}
"""


class WithDaemon(unittest.TestCase):
    def serve(self, text, *arguments, **more):
        daemon = Daemon(text, *arguments, **more)
        self.addCleanup(daemon.close)
        return daemon

    def peer(self, behave, port=0):
        peer = Peer(behave, port)
        self.addCleanup(peer.close)
        return peer


class EveryWaitHasADeadline(WithDaemon):
    def test_a_misbehaving_target_is_reported_and_the_daemon_continues(self):
        for behave, reasons in ((silent, {"timed_out"}), (drip, {"timed_out", "garbage", "tls_failed"}),
                                (garbage, {"garbage", "no_tls", "tls_failed", "closed"}),
                                (slam, {"closed", "unreachable", "refused", "tls_failed"})):
            with self.subTest(behave.__name__):
                daemon = self.serve(config(self.peer(behave).port))
                daemon.ready()
                wait_for(lambda d=daemon: d.value("holdfast_incident_open", check="db",
                                                  severity="critical") == 1
                         or d.value("holdfast_incident_open", check="db", severity="unknown") == 1,
                         30, "an incident is open")
                failed = {dict(labels)["reason"] for (name, labels), value in daemon.metrics().items()
                          if name == "holdfast_check_failures_total" and value > 0
                          and dict(labels)["check"] == "db"}
                self.assertTrue(failed & reasons, failed)
                self.assertEqual(daemon.value("holdfast_check_success", check="db"), 0)
                self.assertEqual(daemon.value("holdfast_postgres_up", check="db"), 0)
                self.assertEqual(daemon.stop(), 0)

    def test_check_ends_when_the_server_never_answers(self):
        peer = self.peer(silent)
        path = self.write(config(peer.port))
        code, out, err = command("check", f"--config.file={path}")
        self.assertEqual(code, 2, out + err)
        self.assertIn("timed_out", out + command("check", "--format", "json",
                                                 f"--config.file={path}")[1])

    def write(self, text):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return write_config(pathlib.Path(folder.name), text)


class OneSickTargetDelaysNobody(WithDaemon):
    def test_300_of_1000_checks_hang_and_the_others_keep_their_schedule(self):
        class Pool(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = b'{"pool":{"total":1,"idle":1,"waiting":0,"max":3}}'
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pool)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.shutdown)
        hung = self.peer(silent)
        checks = "\n".join(
            f"  - {{name: c{i}, kind: pool, source: http,"
            f" url: 'http://127.0.0.1:{hung.port if i % 10 < 3 else server.server_port}/'}}"
            for i in range(1000))
        daemon = self.serve("defaults: {interval: 20s, timeout: 10s}\nchecks:\n" + checks)

        def runs():
            return {dict(labels)["check"]: value for (name, labels), value in daemon.metrics().items()
                    if name == "holdfast_check_runs_total"}

        wait_for(lambda: sum(v >= 2 for c, v in runs().items() if int(c[1:]) % 10 >= 3) == 700, 120,
                 "all 700 healthy checks have run twice")
        found = daemon.metrics()
        missed = {dict(labels)["check"]: value for (name, labels), value in found.items()
                  if name == "holdfast_check_missed_runs_total"}
        self.assertEqual({c for c, v in missed.items() if v and int(c[1:]) % 10 >= 3}, set())
        self.assertEqual(daemon.stop(), 0)


class NoSecretLeaves(WithDaemon):
    def test_a_secret_used_everywhere_appears_in_no_output(self):
        class Leaky(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = ('{"pool":{"total":"' + CANARY + '"' + CANARY).encode()
                self.send_response(200)
                self.send_header("X-Canary", CANARY)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Leaky)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.shutdown)

        def refuse(connection, closing):  # A server whose error message quotes the request.
            connection.recv(8)
            connection.sendall(b"E" + (4 + 3 + len(CANARY) + 2).to_bytes(4, "big") + b"SFA"
                               + CANARY.encode() + b"\0\0")

        text = config(self.peer(refuse).port) + (
            f"  - {{name: web, kind: pool, source: http,"
            f" url: 'http://127.0.0.1:{server.server_port}/'}}\n")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        place = f"http://127.0.0.1:{server.server_port}"
        text = (f"history: {{path: {folder.name}/history.db}}\n"
                f"heartbeat: {{url: '{place}/{CANARY}'}}\n"
                "reports:\n  - at: '09:00'\n    to:\n"
                f"      - webhook: {{url: '{place}/{CANARY}', bearer_file: password}}\n"
                f"      - telegram: {{chat: '1', token_file: password, api: '{place}'}}\n") + text
        daemon = self.serve(text, "--log.level=info", environment={"PGPASSWORD": CANARY,
                                                                    "JWT_SECRET": CANARY})
        daemon.ready()
        outputs = [daemon.output()] + [get(daemon.url + path)[2] for path in
                                       ("/", "/metrics", "/api/v1/status", "/probe?check=db",
                                        "/probe?check=web", f"/probe?check={'x' * 5000}")]
        for arguments in (["check"], ["check", "--format=json"], ["check", "--format=nagios"],
                          ["check", "--format=markdown"], ["explain", "db"], ["explain", "web"],
                          ["config", "check", str(daemon.config)]):
            more = [] if arguments[0] == "config" else [f"--config.file={daemon.config}"]
            outputs += command(*arguments, *more, environment={"PGPASSWORD": CANARY})[1:]
        for form in ("text", "markdown", "html", "json"):
            result = command("report", "--format", form, f"--config.file={daemon.config}")
            self.assertIn("db", result[1])
            outputs += result[1:]
        outputs.append(daemon.output())
        kept = list(pathlib.Path(folder.name).iterdir())
        self.assertGreater(len(kept), 0)
        outputs += [file.read_bytes().decode(errors="replace") for file in kept]
        for output in outputs:
            self.assertNotIn(CANARY, output)

    def test_an_invalid_file_is_not_quoted(self):
        for text in (f"databases:\n  a: {{password: {CANARY}, port: [}}\n",
                     f"databases:\n  a: {{passwort: {CANARY}}}\nchecks: []\n",
                     f"databases:\n  a:\n    password: [{CANARY}]\n    host: x\n",
                     f"heartbeat: {{url: 'ftp://{CANARY}', evry: {CANARY}}}\n",
                     f"databases: {CANARY}\n", f'"{CANARY}\n'):
            with self.subTest(text.replace(CANARY, "…")):
                with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
                    file.write(text)
                    file.flush()
                    code, out, err = command("config", "check", file.name)
                self.assertEqual(code, 2)
                self.assertNotIn(CANARY, out + err)
                self.assertIn(file.name, out + err)


class ItsOwnPortIsBounded(WithDaemon):
    def test_200_idle_and_50_dripping_connections_do_not_delay_a_scrape(self):
        daemon = self.serve(config(free_port()))
        crowd = [socket.create_connection(("127.0.0.1", daemon.port)) for _ in range(250)]
        self.addCleanup(lambda: [one.close() for one in crowd])
        stop = threading.Event()
        self.addCleanup(stop.set)

        def drip_all():
            while not stop.wait(0.05):
                for one in crowd[:50]:
                    try:
                        one.send(b"G")
                    except OSError:
                        pass

        threading.Thread(target=drip_all, daemon=True).start()
        for _ in range(20):
            self.assertEqual(get(daemon.url + "/metrics", timeout=60)[0], 200)


class StartsAndStops(WithDaemon):
    def test_it_starts_without_its_targets_and_finds_them_when_they_come(self):
        port = free_port()
        daemon = self.serve(f"""
defaults: {{interval: 1s, timeout: 1s, confirm: 1, retry_interval: 500ms}}
checks:
  - {{name: web, kind: pool, source: http, url: 'http://127.0.0.1:{port}/'}}
""")
        wait_for(lambda: (daemon.value("holdfast_check_failures_total", check="web",
                                       reason="refused") or 0) > 0, 30, "refused is reported")

        def answer(connection, closing):
            connection.recv(4096)
            body = b'{"pool":{"total":1,"idle":1,"waiting":0,"max":3}}'
            connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                               % (len(body), body))
            connection.close()

        self.peer(answer, port)
        wait_for(lambda: daemon.value("holdfast_check_success", check="web") == 1, 30, "it is found")

    def test_it_stops_while_every_check_hangs(self):
        daemon = self.serve(config(self.peer(silent).port).replace("timeout: 1s", "timeout: 2s"))
        wait_for(lambda: daemon.value("holdfast_check_status", check="db", status="ok") is not None,
                 30, "the page is served")
        self.assertEqual(daemon.stop(), 0)

    def test_a_failed_reload_keeps_the_old_configuration_and_is_reported(self):
        daemon = self.serve(config(free_port()))
        daemon.ready()
        before = daemon.value("holdfast_check_runs_total", check="db")
        daemon.config.write_text("checks: [{name: db, kind: postgress}]\n")
        daemon.process.send_signal(signal.SIGHUP)
        wait_for(lambda: daemon.value("holdfast_config_last_reload_successful") == 0, 30, "it is reported")
        self.assertGreaterEqual(daemon.value("holdfast_check_runs_total", check="db"), before)
        daemon.config.write_text(config(free_port()))
        daemon.process.send_signal(signal.SIGHUP)
        wait_for(lambda: daemon.value("holdfast_config_last_reload_successful") == 1, 30, "it is loaded")

    def test_reload_over_http_is_disabled_by_default(self):
        daemon = self.serve(config(free_port()))
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(daemon.url + "/-/reload", data=b"", timeout=60)
        self.assertIn(refused.exception.code, (403, 404, 405))


class BadInput(WithDaemon):
    def fails(self, *arguments, code, words):
        got, out, err = command(*arguments)
        self.assertEqual(got, code, out + err)
        for word in words:
            self.assertIn(word, out + err)
        self.assertLess(len(out + err), 4000)

    def test_a_missing_file(self):
        self.fails("serve", "--config.file=/nonexistent/holdfast.yaml", code=2,
                   words=["/nonexistent/holdfast.yaml"])

    def test_a_port_in_use(self):
        daemon = self.serve(config(free_port()))
        code, out, err = command("serve", f"--config.file={daemon.config}",
                                 f"--web.listen-address=127.0.0.1:{daemon.port}")
        self.assertNotEqual(code, 0)
        self.assertIn(str(daemon.port), out + err)
        self.assertIn("in use", out + err)

    def test_an_unreadable_secret_prevents_the_start(self):
        daemon = self.serve(config(free_port()))
        daemon.config.write_text(config(free_port(), "password_file: /nonexistent/secret"))
        self.fails("serve", f"--config.file={daemon.config}",
                   f"--web.listen-address=127.0.0.1:{free_port()}", code=2,
                   words=["/nonexistent/secret"])

    def test_a_secret_that_disappears_makes_the_check_unknown(self):
        daemon = self.serve(config(self.peer(silent).port))
        daemon.ready()
        (daemon.dir / "password").unlink()
        wait_for(lambda: (daemon.value("holdfast_check_failures_total", check="db",
                                       reason="no_secret") or 0) > 0, 30, "the reason is reported")
        status = json.loads(get(daemon.url + "/api/v1/status")[2])
        self.assertEqual({one["name"]: one["raw_status"] for one in status["checks"]}["db"], "unknown")

    def test_a_history_that_cannot_be_written(self):
        daemon = self.serve(config(free_port()))
        self.fails("serve", f"--config.file={daemon.config}", "--history.path=/nonexistent/history.db",
                   f"--web.listen-address=127.0.0.1:{free_port()}", code=1,
                   words=["/nonexistent"])

    def test_an_unknown_command_and_no_command(self):
        self.assertNotEqual(command("frobnicate")[0], 0)
        code, out, err = command()
        self.assertNotEqual(code, 0)
        self.assertIn("--help", out + err)

    def test_nothing_to_watch(self):
        self.fails("check", code=3, words=["DATABASE_URL"])


if __name__ == "__main__":
    unittest.main()
