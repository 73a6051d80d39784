#!/usr/bin/env python3
"""Checks the list of real samples: check_corpus.py [ROOT]

tests/corpus.csv (path, public origin, sha256, licence) is what lets anyone gather the samples the tests read.
Always: the list is well formed and sorted, and names every sample that a test asks for with corpus("...").
With TQ_CORPUS set: every listed file is there and has the listed sha256; without it that part is skipped (exit 77).
"""
import csv
import hashlib
import os
import pathlib
import re
import sys

COLUMNS = ["path", "origin", "sha256", "licence"]
ASKED = re.compile(r'\bcorpus\(\s*"([^"]+)"')


def read_list(path):
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        return reader.fieldnames, list(reader)


def check_list(columns, rows):
    """Breaches of the list's own form."""
    if columns != COLUMNS:
        return [f"columns are {columns}, wanted {COLUMNS}"]
    paths = [row["path"] for row in rows]
    breaches = [] if paths == sorted(set(paths)) else ["the paths are not sorted and unique"]
    for row in rows:
        if row["path"].startswith("/") or ".." in row["path"].split("/"):
            breaches.append(f"{row['path']}: not a path below the corpus")
        if not re.fullmatch(r"[0-9a-f]{64}", row["sha256"] or ""):
            breaches.append(f"{row['path']}: no sha256")
        if not row["origin"] or not row["licence"]:
            breaches.append(f"{row['path']}: origin and licence must be stated")
    return breaches


def check_asked(root, paths):
    """Samples that a test names and the list does not; a folder is asked for by the files below it."""
    breaches = []
    for top in ("src", "tests", "bench"):
        for source in sorted((root / top).rglob("*.cpp")):
            for asked in ASKED.findall(source.read_text(encoding="utf-8")):
                prefix = asked.rstrip("/") + "/"
                if asked not in paths and not any(path.startswith(prefix) for path in paths):
                    breaches.append(f"{source.relative_to(root)}: corpus(\"{asked}\") is not in tests/corpus.csv")
    return breaches


def check_files(corpus, rows):
    breaches = []
    for row in rows:
        try:
            found = hashlib.sha256((corpus / row["path"]).read_bytes()).hexdigest()
        except OSError as error:
            breaches.append(f"{row['path']}: {error.strerror}; its origin is {row['origin']}")
            continue
        if found != row["sha256"]:
            breaches.append(f"{row['path']}: sha256 is {found}, wanted {row['sha256']}")
    return breaches


def main(argv):
    root = pathlib.Path(argv[1]) if len(argv) > 1 else pathlib.Path(__file__).resolve().parent.parent
    columns, rows = read_list(root / "tests" / "corpus.csv")
    breaches = check_list(columns, rows)
    if not breaches:
        breaches = check_asked(root, {row["path"] for row in rows})
    corpus = os.environ.get("TQ_CORPUS")
    if corpus and not breaches:
        breaches = check_files(pathlib.Path(corpus), rows)
    print("\n".join(breaches + [f"check_corpus: {len(rows)} samples listed, {len(breaches)} breaches"]))
    if breaches:
        return 1
    if not corpus:
        print("SKIPPED (set TQ_CORPUS): the samples themselves were not looked at")
        return 77
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
