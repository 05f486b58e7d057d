# SPDX-License-Identifier: Apache-2.0
"""An HTTP server for a test on loopback that records requests. Stopped in `close`."""

import http.server
import threading


class Receiver(http.server.ThreadingHTTPServer):
    """`requests` holds (method, path, body) in order; each is answered with `status`, and none while `hold`
    is set."""

    def __init__(self, status=204):
        self.requests = []
        self.status = status
        self.hold = threading.Event()
        self.closing = threading.Event()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def take(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                receiver.requests.append((self.command, self.path, body))
                if receiver.hold.is_set():
                    receiver.closing.wait()
                    return
                self.send_response(receiver.status)
                self.end_headers()

            do_GET = do_POST = take

            def log_message(self, *arguments):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, path="/"):
        return f"http://127.0.0.1:{self.server_port}{path}"

    def close(self):
        self.closing.set()
        self.shutdown()
        self.server_close()
