# SPDX-License-Identifier: Apache-2.0
"""A demo site for a test: real PostgreSQL, PgBouncer, PM2, Baileys, Prometheus and Holdfast.

Each site uses a temporary directory and its own ports; the npm packages and the generated WhatsApp
state are shared by all sites of a checkout. Everything is stopped by process id in `close`.
"""

import fcntl
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

CHECKOUT = pathlib.Path(os.environ.get("HOLDFAST_CHECKOUT",
                                       pathlib.Path(__file__).resolve().parents[2]))
BINARY = os.environ.get("HOLDFAST_BINARY", str(CHECKOUT / "build/release/holdfast"))

# For builds with sanitizers; ignored by other builds.
SANITIZER = {"TSAN_OPTIONS": f"suppressions={CHECKOUT}/tests/lib/tsan.supp"}


def wait_for(condition, seconds, what):
    """Waits until `condition()` is true and returns its value; fails with `what` and the last value."""
    end = time.monotonic() + seconds
    value = condition()
    while not value:
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}; last: {value!r}")
        time.sleep(0.2)
        value = condition()
    return value


def get(url, headers=None, timeout=10):
    """(status, headers, body text) of a GET; an HTTP error status raises no exception."""
    request = urllib.request.Request(url, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def samples(text):
    """The samples of a text page as {(name, ((label, value), …)): number}."""
    from prometheus_client.parser import text_string_to_metric_families
    out = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            out[(sample.name, tuple(sorted(sample.labels.items())))] = sample.value
    return out


class DemoSite:
    def __init__(self, past=True):
        """`past`: with two days of simulated history and the window that starts with them."""
        # Short, since PM2's sockets have a path limit; and accessible to PostgreSQL's user.
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="hf-", dir="/tmp"))
        self.dir.chmod(0o755)
        shared = CHECKOUT / "build/demo"
        shared.mkdir(parents=True, exist_ok=True)
        self.environment = dict(os.environ, HOLDFAST_DEMO_DIR=str(self.dir),
                                HOLDFAST_DEMO_TOOLS=str(shared / "tools"),
                                HOLDFAST_DEMO_STATE=str(shared / "state"), HOLDFAST_BINARY=BINARY,
                                HOLDFAST_DEMO_PAST="yes" if past else "no", **SANITIZER)
        try:
            # The first site creates what all share.
            with (shared / "lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                self.run("deploy/demo/site", "up", timeout=300)
            self.ports = dict(line.split("=", 1) for line in
                              (self.dir / "site.env").read_text().split() if "=" in line)
            self.url = f"http://127.0.0.1:{self.ports['PORT_HOLDFAST']}"
            wait_for(lambda: get(self.url + "/-/ready")[0] == 200, 60, "every check has run")
        except BaseException:
            self.close()
            raise

    def close(self):
        """Stops everything; fails if a sanitizer reports an error in Holdfast."""
        subprocess.run([str(CHECKOUT / "deploy/demo/site"), "down"], env=self.environment,
                       capture_output=True, timeout=120, check=False)
        log = self.dir / "log/holdfast.log"
        text = log.read_text(errors="replace") if log.is_file() else ""
        shutil.rmtree(self.dir, ignore_errors=True)
        if re.search(r"Sanitizer|runtime error:", text):
            raise AssertionError(f"a sanitizer says:\n{text[-8000:]}")

    def run(self, script, *arguments, timeout=120):
        done = subprocess.run([str(CHECKOUT / script), *arguments], env=self.environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout,
                              cwd=CHECKOUT, check=False)
        if done.returncode != 0:
            logs = "".join(f"--- {log.name}\n{log.read_text(errors='replace')[-1500:]}\n"
                           for log in sorted((self.dir / "log").glob("*.log")))
            raise AssertionError(f"{script} {' '.join(arguments)} failed:\n{done.stdout}\n{logs}")
        return done.stdout

    def holdfast(self, *arguments, timeout=60):
        """Runs the command line on this site's configuration; (exit code, output)."""
        done = subprocess.run([BINARY, *arguments, "--config.file", str(self.dir / "holdfast.yaml")],
                              env=self.environment, capture_output=True, text=True, timeout=timeout,
                              check=False)
        return done.returncode, done.stdout + done.stderr

    def check(self, *names):
        """`holdfast check --format json` as {check name: its object}."""
        code, text = self.holdfast("check", *names, "--format", "json")
        if not text.startswith("{"):
            raise AssertionError(f"no JSON (exit {code}): {text[:2000]}")
        return {one["name"]: one for one in json.loads(text)["checks"]}

    def metrics(self):
        return samples(get(self.url + "/metrics")[2])

    def status(self):
        """/api/v1/status as {check name: its object}."""
        return {one["name"]: one for one in json.loads(get(self.url + "/api/v1/status")[2])["checks"]}

    def faults(self):
        """The rows of `break --list`, as dictionaries."""
        rows = [line.split("\t") for line in
                self.run("deploy/demo/break", "--list", "--tsv").splitlines()]
        return [dict(zip((name.lower().replace(" ", "_") for name in rows[0]), row)) for row in rows[1:]]

    def psql(self, sql):
        """One value, queried as superuser."""
        done = subprocess.run(
            ["psql", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql,
             f"host=localhost port={self.ports['PORT_POSTGRES']} dbname=default_db user=postgres "
             f"sslmode=verify-full sslrootcert={self.dir}/tls/ca.crt"],
            env=dict(os.environ, PGPASSWORD=(self.dir / "secrets/postgres").read_text().strip()),
            capture_output=True, text=True, timeout=30, check=True)
        return done.stdout.strip()
