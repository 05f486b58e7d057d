# SPDX-License-Identifier: Apache-2.0
"""A relay on loopback in front of a real server, which can fail after any byte the server sends."""

import socket
import threading


def cut(connection):
    """Closes both directions; a plain close would not wake a reading thread."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    connection.close()


class Gate:
    """Forwards everything until `fail(how, after)` is called; `fix()` forwards everything again.

    `how`, once `after` bytes of the server have reached the client on a connection:
      cut      closes both sides      stall    sends nothing any more
      drip     one byte a second      garbage  sends invalid data, then closes
    Connections open before a change are closed, so that the next one gets the new behaviour.
    Each connection has two threads; `close` stops them all.
    """

    def __init__(self, target):
        self.target = target
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        self.lock = threading.Lock()
        self.open = set()
        self.plan = (None, 0)
        self.most_bytes = 0  # Received from the server on that connection since the last change.
        self.changed = threading.Event()
        threading.Thread(target=self.accept, daemon=True).start()

    def fail(self, how, after=0):
        self.change((how, after))

    def fix(self):
        self.change((None, 0))

    def change(self, plan):
        with self.lock:
            self.plan, self.most_bytes = plan, 0
            changed, self.changed = self.changed, threading.Event()
            old, self.open = self.open, set()
        changed.set()
        for connection in old:
            cut(connection)

    def close(self):
        self.listener.close()
        self.change((None, 0))

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.target), timeout=10)
            except OSError:
                cut(client)
                continue
            server.settimeout(None)
            with self.lock:
                plan, changed = self.plan, self.changed
                self.open |= {client, server}
            for work in (self.pass_on, self.answer):
                threading.Thread(target=work, args=(client, server, plan, changed),
                                 daemon=True).start()

    def pass_on(self, client, server, _plan, _changed):
        try:
            while piece := client.recv(65536):
                server.sendall(piece)
            server.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def answer(self, client, server, plan, changed):
        how, after = plan
        passed = 0
        try:
            while piece := server.recv(65536):
                room = len(piece) if how is None else min(len(piece), after - passed)
                client.sendall(piece[:room])
                passed += room
                with self.lock:
                    self.most_bytes = max(self.most_bytes, passed)
                if how is not None and passed >= after:
                    self.misbehave(how, client, piece[room:], server, changed)
                    break
        except OSError:
            pass
        cut(client)
        cut(server)

    @staticmethod
    def misbehave(how, client, rest, server, changed):
        if how == "stall":
            changed.wait()
        elif how == "garbage":
            client.sendall(bytes(range(256)) * 16)
        elif how == "drip":
            while not changed.wait(1):
                if not rest:
                    rest = server.recv(65536)
                client.sendall(rest[:1])
                rest = rest[1:]
