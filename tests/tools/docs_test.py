#!/usr/bin/env python3
"""Runs the commands that the pages for people show: every line "$ tourniquet ..." of a ```console block in docs/jobs, in order, page by page,
in a folder where the names the pages use are examples. A command must end as an answered one: 0, 1 or 4."""
import re
import shlex
import sys
import tempfile
import pathlib

from packaged import NATIVE, ROOT, Checks, run

# Targets are told by their content, so that a name from a page can stand for an example.
NAMES = {"disk.qcow2": "server2008-6002", "tourniquet-SCANNER": "server2008-contradicted"}
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.M | re.S)
CSV = re.compile(r"^```\n(kb,status,.*?)^```$", re.M | re.S)


def run_page(page, checks):
    text = page.read_text(encoding="utf-8")
    ran = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        for name, example in NAMES.items():
            run(["cp", "-r", ROOT / "examples" / example, folder / name])
        if table := CSV.search(text):
            (folder / "approvals.csv").write_text(table[1], encoding="utf-8")
        for line in (line for block in BLOCK.findall(text) for line in block.splitlines()):
            checks.that(line.startswith("$ tourniquet "), f"{page.name}: not a command: {line}")
            status, _, err = run([NATIVE, *shlex.split(line)[2:]], cwd=folder)
            checks.that(status in (0, 1, 4), f"{page.name}: {line}: status {status}: {err.decode()[-300:]}")
            ran += 1
    return ran


def main():
    checks = Checks()
    ran = sum(run_page(page, checks) for page in sorted((ROOT / "docs/jobs").glob("*.md")))
    checks.that(ran >= 10, f"only {ran} commands were found")
    checks.end()


if __name__ == "__main__":
    sys.exit(main())
