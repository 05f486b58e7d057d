# SPDX-License-Identifier: Apache-2.0
"""A real PostgreSQL for a test: TLS only, its own certificate authority, one database `app`.

Smaller than a demo site. It uses a temporary directory and is stopped by process id in `close`.
"""

import glob
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

from daemon import free_port
from demo_site import wait_for

PASSWORD = "canary-of-the-database"
SETTINGS = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
ssl = on
ssl_cert_file = '{dir}/server.crt'
ssl_key_file = '{dir}/server.key'
password_encryption = 'scram-sha-256'
max_connections = 30
shared_buffers = '16MB'
fsync = off
autovacuum = off
"""


def programs():
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
    if not found:
        raise AssertionError("PostgreSQL's server is not installed")
    return pathlib.Path(found[-1]).parent


def as_server():
    """PostgreSQL refuses to run as root."""
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] \
        if os.geteuid() == 0 else []


def run(*arguments, **more):
    done = subprocess.run([str(one) for one in arguments], capture_output=True, text=True, timeout=300,
                          check=False, **more)
    if done.returncode != 0:
        raise AssertionError(f"{arguments[0]} failed: {done.stdout}{done.stderr}")
    return done.stdout


def make_certificates(folder):
    """A CA and a server certificate for localhost, both valid for much longer than the warning limit."""
    make = ["openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:prime256v1", "-days", "90"]
    run(*make, "-keyout", folder / "ca.key", "-out", folder / "ca.crt", "-subj", "/CN=Test authority",
        "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    run("openssl", "req", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
        "-keyout", folder / "server.key", "-out", folder / "server.csr", "-subj", "/CN=localhost")
    (folder / "leaf.cnf").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    run("openssl", "x509", "-req", "-in", folder / "server.csr", "-CA", folder / "ca.crt", "-CAkey",
        folder / "ca.key", "-CAcreateserial", "-days", "90", "-extfile", folder / "leaf.cnf", "-out",
        folder / "server.crt")


class PostgresSite:
    def __init__(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="hf-", dir="/tmp"))
        self.dir.chmod(0o755)
        self.port = free_port()
        self.process = None
        try:
            make_certificates(self.dir)
            (self.dir / "password").write_text(PASSWORD + "\n")
            if os.geteuid() == 0:
                for path in (self.dir, *self.dir.iterdir()):
                    shutil.chown(path, "postgres", "postgres")
            run(*as_server(), programs() / "initdb", "-D", self.dir / "data", "-U", "postgres",
                "-A", "scram-sha-256", f"--pwfile={self.dir}/password", "-E", "UTF8", "--no-locale",
                "--no-sync")
            (self.dir / "data/postgresql.auto.conf").write_text(
                SETTINGS.format(port=self.port, dir=self.dir))
            (self.dir / "data/pg_hba.conf").write_text(
                "hostssl all all 127.0.0.1/32 scram-sha-256\n")
            self.start()
            self.sql("CREATE ROLE holdfast LOGIN")
            self.restore_password()
            self.sql("CREATE DATABASE app")
        except BaseException:
            self.close()
            raise

    def restore_password(self):
        (self.dir / "password").write_text(PASSWORD + "\n")
        self.sql(f"ALTER ROLE holdfast PASSWORD '{PASSWORD}'")

    def start(self):
        with (self.dir / "log").open("a") as log:
            self.process = subprocess.Popen(
                [*as_server(), str(programs() / "postgres"), "-D", str(self.dir / "data")],
                stdout=log, stderr=log, cwd="/")
        wait_for(self.answers, 60, "PostgreSQL answers")

    def answers(self):
        try:
            return self.sql("SELECT 1") == "1"
        except AssertionError:
            return False

    def stop(self, how=signal.SIGINT):
        """SIGINT is PostgreSQL's fast shutdown: sessions are terminated, files are clean."""
        self.process.send_signal(how)
        self.process.wait(timeout=60)

    def tree(self):
        """The server's process ids, its children after it."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [self.process.pid, *map(int, children.read_text().split())]

    def freeze(self):
        for pid in self.tree():
            os.kill(pid, signal.SIGSTOP)

    def thaw(self):
        for pid in reversed(self.tree()):
            os.kill(pid, signal.SIGCONT)

    def sql(self, text):
        """The result of one statement, run as superuser."""
        return run("psql", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", text,
                   f"host=localhost port={self.port} dbname=postgres user=postgres connect_timeout=5 "
                   f"sslmode=verify-full sslrootcert={self.dir}/ca.crt",
                   env=dict(os.environ, PGPASSWORD=PASSWORD)).strip()

    def yaml(self, port=None):
        """The section `databases` for this server, through `port` if given."""
        return f"""
databases:
  main: {{host: localhost, port: {port or self.port}, dbname: app, user: holdfast,
         password_file: {self.dir}/password, sslrootcert: {self.dir}/ca.crt}}
"""

    def close(self):
        if self.process and self.process.poll() is None:
            self.thaw()
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(timeout=60)
        shutil.rmtree(self.dir, ignore_errors=True)
