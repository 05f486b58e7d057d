# SPDX-License-Identifier: Apache-2.0
"""A Holdfast daemon with the test's own configuration, and misbehaving peers."""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading

from demo_site import BINARY, SANITIZER, get, samples, wait_for


# The secret of these tests; it must not appear in any output.
CANARY = "canary-4711-never-to-be-seen"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def command(*arguments, environment=None, timeout=60):
    """(exit code, stdout, stderr) of the program, without our environment variables."""
    plain = dict(SANITIZER, PATH=os.environ["PATH"], HOME="/nonexistent")
    done = subprocess.run([BINARY, *arguments], env=dict(plain, **(environment or {})),
                          capture_output=True, text=True, timeout=timeout, check=False)
    return done.returncode, done.stdout, done.stderr


def write_config(folder, text):
    """Writes the configuration to `folder`, with the file `password`, which contains the canary."""
    (folder / "password").write_text(CANARY + "\n")
    path = folder / "holdfast.yaml"
    path.write_text(text)
    return path


class Daemon:
    """`holdfast serve` with this configuration text; stopped by process id in `close`."""

    def __init__(self, config, *arguments, environment=None):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="hf-"))
        self.config = write_config(self.dir, config)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = self.dir / "log"
        plain = dict(SANITIZER, PATH=os.environ["PATH"], HOME=str(self.dir))
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [BINARY, "serve", f"--config.file={self.config}",
                 f"--web.listen-address=127.0.0.1:{self.port}", *arguments],
                env=dict(plain, **(environment or {})), stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_for(self.answers, 30, "the port answers")
        except BaseException:
            text = self.output()
            self.close()
            raise AssertionError(f"the daemon did not start:\n{text[-8000:]}") from None

    def answers(self):
        try:
            return get(self.url + "/-/healthy")[0] == 200
        except OSError:
            return False

    def ready(self):
        wait_for(lambda: get(self.url + "/-/ready")[0] == 200, 60, "every check has run")

    def output(self):
        return self.log.read_text(errors="replace")

    def metrics(self):
        # A page of a thousand checks takes long under a sanitizer on a busy machine.
        return samples(get(self.url + "/metrics", timeout=60)[2])

    def value(self, metric, **labels):
        """The value of the one series that has these labels, or None."""
        for (name, have), value in self.metrics().items():
            if name == metric and labels.items() <= dict(have).items():
                return value
        return None

    def stop(self, seconds=20):
        """Sends SIGTERM and returns the exit code; the bound is generous, tests/bench measures the time."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=seconds)

    def close(self):
        """Stops it; fails if it does not stop, or if a sanitizer reports an error."""
        hung = False
        if self.process.poll() is None:
            try:
                self.stop()
            except subprocess.TimeoutExpired:
                hung = True
                self.process.kill()
                self.process.wait()
        text = self.output()
        shutil.rmtree(self.dir, ignore_errors=True)
        if hung or re.search(r"Sanitizer|runtime error:", text):
            raise AssertionError(f"{'it did not stop' if hung else 'a sanitizer says'}:\n{text[-8000:]}")


class Peer:
    """A listener on loopback that calls `behave(socket)` for each connection, in a thread."""

    def __init__(self, behave, port=0):
        self.listener = socket.create_server(("127.0.0.1", port), backlog=1024)
        self.port = self.listener.getsockname()[1]
        self.open = []
        self.closing = threading.Event()
        self.behave = behave
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    def accept(self):
        while not self.closing.is_set():
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.open.append(connection)
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        try:
            self.behave(connection, self.closing)
        except OSError:
            pass

    def close(self):
        self.closing.set()
        self.listener.close()
        for connection in self.open:
            connection.close()


def silent(connection, closing):
    closing.wait()


def drip(connection, closing):
    """One byte every 100 ms: fast, so that a broken deadline is detected sooner."""
    while not closing.wait(0.1):
        connection.send(b"S")


def garbage(connection, closing):
    connection.recv(8)
    connection.sendall(bytes(range(256)) * 64)


def slam(connection, closing):
    connection.close()
