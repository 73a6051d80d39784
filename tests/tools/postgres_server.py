"""A PostgreSQL server of our own in a temporary folder, for tests; none of it touches a server that runs already."""
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import sys


def binaries():
    """The folder of initdb and pg_ctl, or None. Debian keeps them out of PATH."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]) if p.parts[-3].isdigit() else 0)
    folders = [p.parent for p in reversed(found)] + [pathlib.Path(p) for p in os.get_exec_path()]
    return next((f for f in folders if all((f / tool).exists() for tool in ("initdb", "pg_ctl", "createdb", "psql"))), None)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """start(), crash() as often as wanted; uri(DATABASE) is what --store takes. The server refuses to run as root, so root lends it a user."""

    PASSWORD = "se%2Fcret-17"  # as it stands in an address; "se/cret-17" in truth

    def __init__(self, folder):
        self.bin = binaries()
        self.data = pathlib.Path(folder) / "data"
        self.port = free_port()
        self.user = "postgres" if os.geteuid() == 0 else None
        if self.user:
            pwd.getpwnam(self.user)
            os.chmod(folder, 0o755)
            self.data.mkdir()
            shutil.chown(self.data, self.user)
        secret = pathlib.Path(folder) / "password"
        secret.write_text("se/cret-17")
        secret.chmod(0o644)
        # Another order of letters than that of bytes, and small letters of other languages: answers must not show it.
        self.run("initdb", "-N", "-D", self.data, "-U", "fleet", "--auth=scram-sha-256", f"--pwfile={secret}", "--encoding=UTF8", "--locale-provider=icu",
                 "--icu-locale=de-DE", "--locale=C.UTF-8")
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as conf:
            # A crash of the server loses nothing that the system was handed; only a crash of the system would.
            conf.write(f"\nport = {self.port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\nfsync = off\n")
        self.log = self.data / "log"
        self.start()

    def run(self, tool, *words, check=True):
        command = [str(self.bin / tool), *map(str, words)]
        if self.user:
            command = ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--init-groups", *command]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd="/", env=os.environ | {"PGPASSWORD": "se/cret-17"}, check=False)
        if check and done.returncode != 0:
            sys.exit(f"{tool}: {done.stderr or done.stdout}")
        return done

    def start(self):
        self.run("pg_ctl", "-D", self.data, "-l", self.log, "-w", "-t", "120", "start")

    def crash(self):
        """What happens when the server dies: nothing is finished, nothing written down."""
        self.run("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")

    def stop(self):
        self.run("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop", check=False)

    def database(self, name, *more):
        self.run("createdb", "-h", "127.0.0.1", "-p", self.port, "-U", "fleet", *more, name)
        return self.uri(name)

    def uri(self, name):
        return f"postgresql://fleet:{self.PASSWORD}@127.0.0.1:{self.port}/{name}"

    def ask(self, name, sql):
        return self.run("psql", "-h", "127.0.0.1", "-p", self.port, "-U", "fleet", "-d", name, "-Atqc", sql).stdout.strip()
