#!/usr/bin/env python3
"""Makes a 2038 corpus, measures `time32` on it, and fails below the floors: measure2038.py MEASURE_2038 [--seed N] [--count N] [--goals].

Needs mingw-w64 and clang-19; without them it says so and ends with 77 (a skip). Seeds below 1000 are for debugging.
"""
import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# Precision and recall of `exposed`; in a corpus as small as the test's one program is worth several hundredths.
GOAL = (0.98, 0.95)
FLOOR = (0.95, 0.92)


def main():
    a = argparse.ArgumentParser(description=__doc__)
    a.add_argument("measure")
    a.add_argument("--seed", type=int, default=2)
    a.add_argument("--count", type=int, default=80)
    a.add_argument("--keep", help="make the corpus here and keep it")
    a.add_argument("--goals", action="store_true", help="fail below the goals")
    args = a.parse_args()
    for tool in ("i686-w64-mingw32-gcc", "x86_64-w64-mingw32-gcc", "clang-19"):
        if not shutil.which(tool):
            print(f"SKIPPED: no {tool}, so no programs to measure time32 with")
            return 77
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.keep or temporary
        here = Path(__file__).resolve().parent
        subprocess.run([sys.executable, str(here / "make_corpus2038.py"), folder, "--seed", str(args.seed), "--count", str(args.count)], check=True)
        out = subprocess.run([args.measure, f"{folder}/truth2038.csv", "--wrong"], capture_output=True, text=True, check=True).stdout
    print(out)
    found = re.search(r"^exposed\s+precision ([\d.]+) recall ([\d.]+)", out, re.M)
    reached = (float(found[1]), float(found[2])) if found else (0.0, 0.0)
    floor = GOAL if args.goals else FLOOR
    print(f"reached {reached}, floor {floor}, goal {GOAL}")
    return 0 if reached[0] >= floor[0] and reached[1] >= floor[1] else 1


if __name__ == "__main__":
    sys.exit(main())
