#!/usr/bin/env python3
"""Makes a corpus, measures the lane engine on it, and fails below the goals: measure.py MEASURE_LANES [--seed N] [--count N].

Needs mingw-w64 and clang-19; without them it says so and ends with 77 (a skip). Seeds below 1000 are for debugging.
"""
import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

GOALS = {"6002/6003": (0.99, 0.99), "66 pairs": (0.99, 0.99)}


def main():
    a = argparse.ArgumentParser(description=__doc__)
    a.add_argument("measure")
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--count", type=int, default=60)
    a.add_argument("--keep", help="make the corpus here and keep it")
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
    for name, (precision, recall) in GOALS.items():
        found = re.search(rf"^{re.escape(name)}\s+precision ([\d.]+) recall ([\d.]+)", out, re.M)
        if not found or float(found[1]) < precision or float(found[2]) < recall:
            print(f"below the goal: {name}")
            bad = 1
    return bad


if __name__ == "__main__":
    sys.exit(main())
