#!/usr/bin/env python3
"""The same inputs into an SQLite file and a PostgreSQL server: every question has the same answer, byte for byte. Skipped (77) without a server."""
import os
import pathlib
import subprocess
import sys
import tempfile

import postgres_server

PROGRAM = os.environ["TQ_BINARY"]
FIRST = "2026-10-01"
THEN = "2026-11-01"
HOSTILE = ["'; DROP TABLE machines; --", "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "\u202ex", "\u00c4RGER", "\u00e4rger", "a\tb", "\\N", "back\\slash",
           "\u0130stanbul", "stra\u00dfe", "_under", "-minus", "Zebra", "zebra-2", "\U0001f512", "n" * 3000 + "1", "n" * 3000 + "2"]
QUESTIONS = [["machines"], ["claims"], ["behind"], ["sites"], ["gates"], ["unknown"], ["changes"], ["changes", "--since", "2026-01-01"], ["would-close"],
             ["would-close", "KB4493471"], ["top-cves"], ["errors"], ["missing", "CVE-2019-0708"], ["missing", "CVE-2017-0144"], ["missing", "KB4493471"],
             ["build", "6002"], ["build", "6003"], ["build", "6.0.6003"], ["machine", "zebra"], ["machine", "\u00c4RGER"], ["history", "MOVES"],
             ["machines", "--as-of", "2026-10-15"], ["sites", "--as-of", "2026-10-15"], ["top-cves", "--as-of", "2026-10-15"],
             ["build", "6002", "--as-of", "2026-10-15"], ["history", "MOVES", "--as-of", "2026-10-15"], ["machines", "--as-of", "2026-09-01"]]


def run(*words, statuses=(0,)):
    done = subprocess.run([PROGRAM, "fleet", *map(str, words)], capture_output=True, check=False)
    if done.returncode not in statuses:
        sys.exit(f"fleet {words}: status {done.returncode}: {done.stderr.decode()}")
    if b"cret-17" in done.stdout + done.stderr:
        sys.exit(f"fleet {words}: the password is printed")
    return done.stdout


def quoted(text):
    return '"' + text.replace('"', '""') + '"'


def inventory(moved):
    rows = ["name,version,os,arch,site,kernel,kbs,owner"]
    for n, name in enumerate(HOSTILE):
        rows.append(f"{quoted(name)},6.0.{6002 + n % 2},Windows Server 2008 Standard,x64,{quoted(name[:40])},,KB{955430 + n},{quoted(name)}")
    for n in range(300):
        kernel = f"6.0.6003.{20489 + 10 * (n % 30)}" if n % 3 == 0 else ""
        rows.append(f"pc-{n % 290:03},6.0.{6003 if kernel else 6002},Windows {'Vista Business' if n % 4 else 'Server 2008 Standard'},x86,Plant {n % 7},{kernel},KB4493471 KB{955430 + n % 9},o{n}")
    rows.append(f"MOVES,6.0.{6003 if moved else 6002},Windows Server 2008 Standard,x64,Plant 1,6.0.{'6003.20489' if moved else '6002.19623'},,")
    return "\n".join(rows) + "\n"


def make(folder):
    (folder / "texts").mkdir()
    for n in range(30):  # clones: one name, many files
        (folder / "texts" / f"clone{n}.txt").write_text(
            f"\r\nHost Name:                 {'CLONE' if n % 2 else 'clone'}\r\nOS Name:                   Microsoft Windows Server 2008 Standard\r\n"
            f"OS Version:                6.0.6002 Service Pack 2 Build 6002\r\nSystem Type:               x64-based PC\r\n"
            f"Hotfix(s):                 1 Hotfix(s) Installed.\r\n                           [01]: KB{955430 + n % 3}\r\n")
    (folder / "texts" / "bad.txt").write_text("no target")
    (folder / "first.csv").write_text(inventory(False), encoding="utf-8")
    (folder / "then.csv").write_text(inventory(True), encoding="utf-8")
    (folder / "nameless.csv").write_text("version,os\n6.0.6002,Windows Server 2008\n6.0.6003,Windows Server 2008\n")


def fill(store, folder):
    run("import", folder / "first.csv", folder / "texts", "--store", store, "--as-of", FIRST, "--quiet", statuses=(0, 4))
    run("import", folder / "then.csv", folder / "nameless.csv", "--store", store, "--as-of", THEN, "--quiet", statuses=(0, 4))


def compare(lite, server, what):
    for question in QUESTIONS:
        for form in ("json", "csv", "ndjson", "text"):
            answers = [run("query", *question, "--format", form, "--store", store) for store in (lite, server)]
            if answers[0] != answers[1]:
                here, there = ([line for line in a.decode().splitlines()] for a in answers)
                first = next((pair for pair in zip(here, there) if pair[0] != pair[1]), (len(here), len(there)))
                sys.exit(f"{what}: {question} as {form} differs:\n  {first[0]}\n  {first[1]}")
    print(f"{what}: {len(QUESTIONS)} questions in four forms, the same bytes from both")


def silent_dashboard(store):
    """What `fleet serve` says when it starts is read by whoever looks at a log."""
    served = subprocess.Popen([PROGRAM, "fleet", "serve", "--listen", "127.0.0.1:0", "--store", store], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        said = served.communicate(timeout=5)[0]
    except subprocess.TimeoutExpired:
        served.terminate()
        said = served.communicate()[0]
    if b"cret-17" in said or b"cret%" in said:
        sys.exit("fleet serve prints the password")


def main():
    if postgres_server.binaries() is None:
        print("SKIPPED: no PostgreSQL server (package postgresql)")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as temporary:
        base = pathlib.Path(temporary)
        base.chmod(0o755)
        folder = base / "in"
        folder.mkdir()
        make(folder)
        (base / "server").mkdir()
        server = postgres_server.Server(base / "server")
        try:
            lite, remote = base / "lite.tqdb", server.database("remote")
            for store in (lite, remote):
                fill(store, folder)
            compare(lite, remote, "imported")
            for store in (lite, remote):
                run("rejudge", "--goal", "public", "--quiet", "--store", store)
            compare(lite, remote, "judged anew")
            # Shards of one kind go into a store of the other.
            merged, back = server.database("merged"), base / "back.tqdb"
            run("merge", lite, "--quiet", "--store", merged)
            run("merge", remote, "--quiet", "--store", back)
            compare(back, merged, "merged")
            pages = [base / "lite.html", base / "remote.html"]
            for store, page in zip((lite, remote), pages):
                run("report", "-o", page, "--store", store)
            tables = [page.read_text(encoding="utf-8").split("</header>")[1] for page in pages]
            if tables[0] != tables[1]:
                sys.exit("the reports differ")
            silent_dashboard(remote)
            latin = server.database("latin", "--encoding=LATIN1", "--locale=C", "--locale-provider=libc", "--template=template0")
            refused = subprocess.run([PROGRAM, "fleet", "import", folder / "first.csv", "--store", latin], capture_output=True, text=True, check=False)
            if refused.returncode != 3 or "UTF8" not in refused.stderr:
                sys.exit(f"a database of another encoding: status {refused.returncode}: {refused.stderr}")
            for wrong in ("postgresql://u:hunter2@[bad/x", "postgresql://u:hunter2@h:port:7/x?what=1"):
                refused = subprocess.run([PROGRAM, "fleet", "query", "machines", "--store", wrong], capture_output=True, text=True, check=False)
                if refused.returncode not in (2, 3) or "hunter2" in refused.stderr + refused.stdout:
                    sys.exit(f"an address that cannot be read: status {refused.returncode}: {refused.stderr}")
        finally:
            server.stop()


main()
