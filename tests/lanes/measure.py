#!/usr/bin/env python3
"""Makes a corpus, measures the lane engine on it, and fails below the floors: measure.py MEASURE_LANES [--seed N] [--count N] [--goals] [--wine].

Needs mingw-w64 and clang-19; without them it says so and ends with 77 (a skip). Seeds below 1000 are for debugging. `--wine` asks
measure_files, beside MEASURE_LANES, about the modules of Debian's libwine too: none acts differently on 6002 and 6003.
"""
import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# Precision and recall. The floors are what a change may not fall below. In 60 programs one gate that is left undecided costs six points
# of the recall for 6002/6003, one decoy that is called a gate as many of the precision.
GOALS = {"6002/6003": (0.99, 0.99), "66 pairs": (0.99, 0.99)}
FLOORS = {"6002/6003": (0.99, 0.93), "66 pairs": (0.95, 0.95)}


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
        out = subprocess.run([program, *chosen], capture_output=True, text=True, check=True).stdout
        print(f"libwine, {name}:\n{out}")
        bad |= "differs" in out.split("\n", maxsplit=1)[0]
    return int(bad)


def main():
    a = argparse.ArgumentParser(description=__doc__)
    a.add_argument("measure")
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--count", type=int, default=60)
    a.add_argument("--keep", help="make the corpus here and keep it")
    a.add_argument("--wine", action="store_true", help="measure the modules of libwine, too")
    a.add_argument("--goals", action="store_true", help="fail below the goals")
    args = a.parse_args()
    for tool in ("i686-w64-mingw32-gcc", "x86_64-w64-mingw32-gcc", "clang-19"):
        if not shutil.which(tool):
            print(f"SKIPPED: no {tool}, so no programs to measure the lane engine with")
            return 77
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.keep or temporary
        here = Path(__file__).resolve().parent
        subprocess.run([sys.executable, str(here / "make_corpus.py"), folder, "--seed", str(args.seed), "--count", str(args.count)], check=True)
        out = subprocess.run([args.measure, f"{folder}/truth.csv", "--wrong", "--pairs"], capture_output=True, text=True, check=True).stdout
    print(out)
    bad = 0
    for name, goal in GOALS.items():
        floor = goal if args.goals else FLOORS[name]
        found = re.search(rf"^{re.escape(name)}\s+precision ([\d.]+) recall ([\d.]+)", out, re.M)
        reached = (float(found[1]), float(found[2])) if found else (0.0, 0.0)
        print(f"{name}: reached {reached}, floor {floor}, goal {goal}")
        if reached[0] < floor[0] or reached[1] < floor[1]:
            print(f"below the floor: {name}")
            bad = 1
    if args.wine:
        bad |= measure_wine(Path(args.measure).with_name("measure_files"))
    return bad


if __name__ == "__main__":
    sys.exit(main())
