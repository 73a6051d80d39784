#!/usr/bin/env python3
"""Store files that are cut, changed, of another program or of a later version: refused or read to where they are whole, with a reason, never a crash."""
import os
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile

PROGRAM = os.environ["TQ_BINARY"]
MUTANTS = int(os.environ.get("TQ_STORE_MUTANTS", "60"))


def fleet(*words):
    done = subprocess.run([PROGRAM, "fleet", *map(str, words)], capture_output=True, text=True, errors="replace", timeout=120, check=False)
    if done.returncode < 0 or "Sanitizer" in done.stderr:
        sys.exit(f"fleet {words}: ended by signal {-done.returncode}: {done.stderr[-800:]}")
    return done


def refused(store, word, *words):
    done = fleet(*words, "--store", store)
    if done.returncode not in (3, 6) or word not in done.stderr:
        sys.exit(f"{words} on {store.name}: status {done.returncode}, wanted a word of '{word}': {done.stderr}")


def changed(path, whole, sql):
    path.write_bytes(whole)
    with sqlite3.connect(path) as db:
        db.executescript(sql)
    db.close()
    return path


def main():
    random.seed(6003)
    with tempfile.TemporaryDirectory() as temporary:
        base = pathlib.Path(temporary)
        rows = "".join(f"PC-{n},6.0.{6002 + n % 2},Windows Server 2008 Standard,x64,Plant {n % 5},KB{955430 + n % 30}\n" for n in range(400))
        (base / "a.csv").write_text("name,version,os,arch,site,kbs\n" + rows)
        good = base / "good.tqdb"
        if fleet("import", base / "a.csv", "--store", good, "--quiet").returncode != 0:
            sys.exit("no store to begin with")
        whole, answer = good.read_bytes(), fleet("query", "machines", "--format", "csv", "--store", good).stdout
        store = base / "bad.tqdb"

        store.write_text("hello, this is a text and no database at all, longer than the header of one would be, which is 100 bytes long")
        refused(store, "no fleet store", "query", "machines")
        refused(store, "no fleet store", "import", base / "a.csv")
        if not store.read_text().startswith("hello"):
            sys.exit("a file that is no store was written to")
        refused(changed(store, whole, "PRAGMA application_id = 252006674"), "another program", "query", "machines")
        refused(store, "another program", "import", base / "a.csv")
        refused(changed(store, whole, "UPDATE meta SET value = '99' WHERE key = 'schema'"), "version 99", "query", "machines")
        refused(store, "version 99", "import", base / "a.csv")
        refused(changed(store, whole, "DROP VIEW v_machine; DROP TABLE meta"), "other tables", "query", "machines")
        refused(changed(store, b"", "CREATE TABLE mine(x); PRAGMA application_id = 0"), "store", "import", base / "a.csv")
        # Of version 1: refused for reading with what to do, brought up to date by the first command that writes.
        refused(changed(store, whole, "DROP VIEW v_machines; UPDATE meta SET value = '1' WHERE key = 'schema'"), "rejudge", "query", "machines")
        if fleet("rejudge", "--store", store).returncode != 0 or fleet("query", "machines", "--format", "csv", "--store", store).stdout != answer:
            sys.exit("a store of version 1 was not brought up to date")

        told = 0
        for n in range(MUTANTS):
            mutant = bytearray(whole)
            if n % 3 == 0:
                del mutant[random.randrange(len(mutant)):]
            else:
                for _ in range(1 if n % 3 == 1 else 40):
                    mutant[random.randrange(len(mutant))] ^= 1 << random.randrange(8)
            store.write_bytes(mutant)
            asked = fleet("query", "machines", "--format", "csv", "--store", store)
            if asked.returncode not in (0, 3, 6) or (asked.returncode != 0 and not asked.stderr.startswith("tourniquet: ")):
                sys.exit(f"mutant {n}: status {asked.returncode}: {asked.stderr}")
            # A file that is too short must never pass for a whole one.
            if n % 3 == 0 and asked.returncode == 0 and asked.stdout != answer:
                sys.exit(f"mutant {n}, cut to {len(mutant)} bytes: another answer without an error")
            told += asked.returncode != 0
            written = fleet("rejudge", "--quiet", "--store", store)
            if written.returncode not in (0, 3, 6):
                sys.exit(f"mutant {n}: rejudge ended with {written.returncode}: {written.stderr}")
        print(f"{MUTANTS} damaged stores: {told} refused by name, no crash")


main()
