#!/usr/bin/env python3
"""Makes a corpus, measures the lane engine on it, and fails below the floors: measure.py MEASURE_LANES [--seed N] [--count N] [--goals] [--wine].

Needs mingw-w64 and clang-19; without them it says so and ends with 77 (a skip). Seeds below 1000 are for debugging. `--wine` asks
measure_files, beside MEASURE_LANES, about the modules of Debian's libwine too: none acts differently on 6002 and 6003.
"""
import re
import shutil
import subprocess
import sys
from pathlib import Path

import measuring

# Precision and recall. The floors are what a change may not fall below. In 60 programs one gate that is left undecided costs six points
# of the recall for 6002/6003, one decoy that is called a gate as many of the precision.
GOALS = {"6002/6003": (0.99, 0.99), "66 pairs": (0.99, 0.99)}
FLOORS = {"6002/6003": (0.99, 0.99), "66 pairs": (0.98, 0.98)}


def libwine():
    """Modules of Debian's libwine, empty when it is not installed. Its own ntoskrnl.exe, ntdll.dll and kernel32.dll are Windows here."""
    if not shutil.which("dpkg-query"):
        return []
    done = subprocess.run(["dpkg-query", "-L", "libwine"], capture_output=True, text=True, check=False)
    return [f for f in done.stdout.split("\n") if re.search(r"\.(sys|drv|dll|exe|cpl|ocx)$", f)]


def measure_wine(program):
    """Prints the share of `undecided` among real negatives; 1 when one of them is called a gate."""
    bad = 0
    files = libwine()
    if not files:
        print("SKIPPED: libwine is not installed, so no real negatives to ask about")
    for name, chosen in (("drivers", [f for f in files if f.endswith(".sys")]), ("all modules", files)):
        if not chosen:
            continue
        print(f"libwine, {name}:")
        bad |= "differs" in measuring.output(program, *chosen).split("\n", maxsplit=1)[0]
    return int(bad)


def main():
    parser = measuring.options(__doc__, seed=1, count=60)
    parser.add_argument("--wine", action="store_true", help="measure the modules of libwine, too")
    args = parser.parse_args()
    if measuring.lacks_tools("the lane engine"):
        return measuring.SKIPPED
    with measuring.corpus(args, "make_corpus.py") as folder:
        out = measuring.output(args.measure, folder / "truth.csv", "--wrong", "--pairs")
    missed = [name for name, goal in GOALS.items() if measuring.below(out, name, goal if args.goals else FLOORS[name], goal)]
    for name in missed:
        print(f"below the floor: {name}")
    return int(bool(missed)) | (measure_wine(Path(args.measure).with_name("measure_files")) if args.wine else 0)


if __name__ == "__main__":
    sys.exit(main())
