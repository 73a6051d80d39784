#!/usr/bin/env python3
"""Writes the tables of docs/comparison.md from docs/peers.csv.

compare_tools.py           writes the page
compare_tools.py --check   compares; exit status 1 when the page is not what the data says, or a row is not fit to be printed

A row is one statement about one tool: capability, tool, answer (yes, partly, no, unknown), a note in fair words, where it was seen and when.
"""
import csv
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FIELDS = ["capability", "tool", "answer", "note", "source", "as_of"]
ANSWERS = ("yes", "partly", "no", "unknown")
BEGIN, END = "<!-- tables:begin -->", "<!-- tables:end -->"


def read_rows(path):
    """The rows, checked: every tool answers every capability once, and every row has a source and a day."""
    with open(path, newline="", encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    for number, row in enumerate(rows, 2):
        if list(row) != FIELDS or row["answer"] not in ANSWERS or not row["source"] or not re.fullmatch(r"\d{4}-\d\d-\d\d", row["as_of"]):
            raise ValueError(f"{path.name}:{number}: not a row of {','.join(FIELDS)} with an answer of {', '.join(ANSWERS)}")
    seen = [(row["capability"], row["tool"]) for row in rows]
    wanted = len({c for c, _ in seen}) * len({t for _, t in seen})
    if len(seen) != len(set(seen)) or len(seen) != wanted:
        raise ValueError(f"{path.name}: {len(seen)} rows, {len(set(seen))} different, {wanted} wanted: every tool answers every capability once")
    return rows


def tables(rows):
    """One table of answers, one of notes, one of sources; tools and capabilities in the order of the file."""
    tools = list(dict.fromkeys(row["tool"] for row in rows))
    capabilities = list(dict.fromkeys(row["capability"] for row in rows))
    answer = {(row["capability"], row["tool"]): row for row in rows}
    lines = ["| | " + " | ".join(tools) + " |", "|---" * (len(tools) + 1) + "|"]
    lines += ["| " + c + " | " + " | ".join(answer[c, t]["answer"] for t in tools) + " |" for c in capabilities]
    lines += ["", "| capability | tool | what was seen |", "|---|---|---|"]
    lines += [f"| {r['capability']} | {r['tool']} | {r['note']} |" for r in rows if r["note"]]
    sources = dict.fromkeys((r["tool"], r["source"], r["as_of"]) for r in rows)
    lines += ["", "| tool | looked at | of |", "|---|---|---|", *(f"| {t} | {s} | {d} |" for t, s, d in sources)]
    return "\n".join(lines)


def main(argv):
    if argv[1:] not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    page = ROOT / "docs/comparison.md"
    text = page.read_text(encoding="utf-8")
    try:
        made = tables(read_rows(ROOT / "docs/peers.csv"))
    except ValueError as error:
        print(error)
        return 1
    before, rest = text.split(BEGIN)
    new = f"{before}{BEGIN}\n{made}\n{END}{rest.split(END)[1]}"
    if argv[1:]:
        if new != text:
            print("docs/comparison.md is not what docs/peers.csv says; run tools/compare_tools.py")
        return int(new != text)
    page.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
