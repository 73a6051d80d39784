#!/usr/bin/env python3
"""Makes a 2038 corpus, measures `time32` on it, and fails below the floors: measure2038.py MEASURE_2038 [--seed N] [--count N] [--goals].

Needs mingw-w64 and clang-19; without them it says so and ends with 77 (a skip). Seeds below 1000 are for debugging.
"""
import sys

import measuring

# Precision and recall of `exposed`; in a corpus as small as the test's one program is worth several hundredths.
GOAL = (0.98, 0.95)
FLOOR = (0.95, 0.92)


def main():
    args = measuring.options(__doc__, seed=2, count=80).parse_args()
    if measuring.lacks_tools("time32"):
        return measuring.SKIPPED
    with measuring.corpus(args, "make_corpus2038.py") as folder:
        out = measuring.output(args.measure, folder / "truth2038.csv", "--wrong")
    return int(measuring.below(out, "exposed", GOAL if args.goals else FLOOR, GOAL))


if __name__ == "__main__":
    sys.exit(main())
