#!/usr/bin/env python3
"""Fleet scanners that are killed, run twice, run beside each other, out of room, and whose server dies: 10,000 machines, none lost, none twice.

fleet_crash_test.py            on SQLite files
fleet_crash_test.py postgres   on a PostgreSQL server of our own; skipped (77) when there is none
"""
import json
import os
import pathlib
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time

import postgres_server

PROGRAM = os.environ["TQ_BINARY"]
MACHINES = int(os.environ.get("TQ_FLEET_MACHINES", "10000"))
BROKEN = 20


def text_of(n):
    build = 6003 if n % 3 == 0 else 6002
    return (f"\r\nHost Name:                 PC-{n:05}\r\nOS Name:                   Microsoft Windows Server 2008 Standard\r\n"
            f"OS Version:                6.0.{build} Service Pack 2 Build {build}\r\nSystem Type:               x64-based PC\r\n"
            f"Hotfix(s):                 1 Hotfix(s) Installed.\r\n                           [01]: KB{955430 + n % 40}\r\n")


def make(folder):
    for n in range(MACHINES):
        place = folder / f"site{n % 20}"
        place.mkdir(exist_ok=True)
        # A few end in the middle of what tells the version: errors with a reason, never machines.
        (place / f"pc{n}.txt").write_text(text_of(n) if n >= BROKEN else text_of(n)[:60])


def scan(store, folder, *more, **options):
    return subprocess.Popen([PROGRAM, "fleet", "scan", str(folder), "--store", str(store), "--quiet", *more], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                            start_new_session=True, **options)


def ask(store, *words):
    ran = subprocess.run([PROGRAM, "fleet", "query", *words, "--store", str(store), "--format", "json"], capture_output=True, text=True)
    if ran.returncode != 0:
        sys.exit(f"query {words}: status {ran.returncode}: {ran.stderr}")
    return json.loads(ran.stdout)


def check(store, what):
    """Every machine once, every unreadable one an error with its reason, and the counts of profiles agree with the machines."""
    machines = ask(store, "machines")["rows"]
    names = {m["name"] for m in machines}
    errors = ask(store, "errors")["rows"]
    counted = ask(store, "machines", "--limit", "1")["count"]
    wanted = MACHINES - BROKEN
    if len(machines) != wanted or len(names) != wanted or counted != wanted or len(errors) != BROKEN or not all(e["what"] for e in errors):
        sys.exit(f"{what}: {len(machines)} machines, {len(names)} names, {counted} counted, {len(errors)} errors")
    print(f"{what}: {wanted} machines, 0 lost, 0 twice, {BROKEN} unreadable kept as errors")


def killed_and_resumed(folder, store):
    kills = 0
    for _ in range(8):
        scanner = scan(store, folder)
        time.sleep(random.uniform(0.02, 1.2))
        if scanner.poll() is None:
            kills += 1
            os.kill(scanner.pid, signal.SIGKILL)
        scanner.wait()
    scanner = scan(store, folder)
    scanner.wait()
    check(store, f"killed {kills} times and resumed")


def side_by_side(folder, store, *shards):
    scanners = [scan(store, folder, *s) for s in shards]
    for s in scanners:
        _, err = s.communicate()
        if s.returncode not in (0, 4):
            sys.exit(f"a scanner ended with {s.returncode}: {err.decode()}")


def worker_killed(folder, store):
    """A worker dies; the scanner goes on with another."""
    scanner = scan(store, folder, "--jobs", "2")
    for _ in range(3):
        time.sleep(0.2)
        workers = subprocess.run(["ps", "-o", "pid=", "--ppid", str(scanner.pid)], capture_output=True, text=True).stdout.split()
        if workers:
            try:
                os.kill(int(workers[0]), signal.SIGKILL)
            except ProcessLookupError:
                pass
    _, err = scanner.communicate()
    if scanner.returncode not in (0, 4):
        sys.exit(f"the scanner ended with {scanner.returncode}: {err.decode()}")
    check(store, "workers killed")


def disk_full(folder, store):
    """A limit on the size of files stands for the full disk: the same error, no mount needed."""
    limit = 400 * 1024
    # SIGXFSZ must not kill: then the write fails as on a full disk.
    scanner = scan(store, folder, preexec_fn=lambda: (signal.signal(signal.SIGXFSZ, signal.SIG_IGN), resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))))
    _, err = scanner.communicate()
    if scanner.returncode != 6 or b"full" not in err:
        sys.exit(f"disk full: status {scanner.returncode}: {err.decode()}")
    scanner = scan(store, folder)
    scanner.wait()
    check(store, "disk full, then resumed")


def server_dies(folder, store, server):
    """Four scanners, a shard each; the server is stopped at once and started again under them, until all are done."""
    scanners = [scan(store, folder, "--shard", f"{i}/4", "--jobs", "1") for i in range(4)]
    deaths = 0
    while any(s.poll() is None for s in scanners) and deaths < 6:
        time.sleep(random.uniform(0.3, 3))
        server.crash()
        deaths += 1
        time.sleep(random.uniform(0, 1))
        server.start()
    for s in scanners:
        _, err = s.communicate()
        if s.returncode not in (0, 4):
            sys.exit(f"a scanner whose server died ended with {s.returncode}: {err.decode()}")
        if b"cret-17" in err:
            sys.exit("a message holds the password")
    check(store, f"server stopped {deaths} times under four scanners")


def server_gone(folder, server):
    """No server at all: an error soon, without the password, and no other status than that of a store that cannot be written."""
    uri = server.uri("nowhere")
    scanner = scan(uri, folder)
    _, err = scanner.communicate()
    if scanner.returncode != 6 or b"cret-17" in err or b"cret%" in err or b"nowhere" not in err:
        sys.exit(f"no such database: status {scanner.returncode}: {err.decode()}")
    server.stop()
    scanner = scan(uri, folder)
    _, err = scanner.communicate()
    if scanner.returncode != 6 or b"cret-17" in err or b"127.0.0.1" not in err:
        sys.exit(f"no server: status {scanner.returncode}: {err.decode()}")
    print("no database, no server: said without the password")


def on_server(base, folder):
    if postgres_server.binaries() is None:
        print("SKIPPED: no PostgreSQL server (package postgresql)")
        sys.exit(77)
    place = base / "server"
    place.mkdir()
    base.chmod(0o755)
    server = postgres_server.Server(place)
    try:
        server_dies(folder, server.database("dies"), server)
        killed_and_resumed(folder, server.database("killed"))
        store = server.database("two")
        side_by_side(folder, store, [], [])
        check(store, "two scanners on one store")
        store = server.database("same")
        side_by_side(folder, store, ["--shard", "0/2"], ["--shard", "0/2"], ["--shard", "1/2"], ["--shard", "1/2"])
        check(store, "each shard twice at once")
        server_gone(folder, server)
    finally:
        server.stop()


def main():
    random.seed(6003)
    with tempfile.TemporaryDirectory() as temporary:
        base = pathlib.Path(temporary)
        folder = base / "in"
        folder.mkdir()
        make(folder)
        if "postgres" in sys.argv:
            on_server(base, folder)
            return
        killed_and_resumed(folder, base / "killed.tqdb")
        side_by_side(folder, base / "two.tqdb", [], [])
        check(base / "two.tqdb", "two scanners on one store")
        side_by_side(folder, base / "same.tqdb", ["--shard", "0/2"], ["--shard", "0/2"])
        side_by_side(folder, base / "same.tqdb", ["--shard", "1/2"])
        check(base / "same.tqdb", "the same shard twice at once")
        worker_killed(folder, base / "worker.tqdb")
        disk_full(folder, base / "full.tqdb")


main()
