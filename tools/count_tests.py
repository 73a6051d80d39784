#!/usr/bin/env python3
"""Counts the tests of a ctest JUnit report: count_tests.py REPORT prints "PASSED FAILED SKIPPED".

A ctest test that is a doctest program counts as its test cases; any other counts as one. A case that printed
"SKIPPED ..." counts as skipped and not as passed: doctest itself cannot say so. The line after which a case's output
ends is doctest's duration line ("0.000012 s: name", option -d), which tests/CMakeLists.txt switches on.
Exit status 0 when the report could be read, 1 when not.
"""
import re
import sys
import xml.etree.ElementTree as ET

SUMMARY = re.compile(r"^\[doctest\] test cases:\s*(\d+) \|\s*(\d+) passed \|\s*(\d+) failed", re.M)
CASE_END = re.compile(r"^\d+\.\d+ s: ")


def skipped_cases(output):
    """Number of test cases that printed at least one SKIPPED line."""
    count, seen = 0, False
    for line in output.splitlines():
        if line.startswith("SKIPPED"):
            seen = True
        elif CASE_END.match(line):
            count += seen
            seen = False
    return count + seen


def count_one(case):
    """(passed, failed, skipped) of one <testcase> element."""
    output = case.findtext("system-out") or ""
    status = case.get("status")
    skip = case.find("skipped")
    if skip is not None:
        # A test whose program was not built is "skipped" to ctest; only its own exit status 77 makes it one here.
        return (0, 0, 1) if "SKIP_RETURN_CODE" in skip.get("message", "") else (0, 1, 0)
    summary = next(reversed(list(SUMMARY.finditer(output))), None)
    if summary is None:
        return (1, 0, 0) if status == "run" else (0, 1, 0)
    passed, failed = int(summary[2]), int(summary[3])
    if status != "run" and failed == 0:
        failed = 1  # all cases passed and the program failed all the same: a sanitizer at exit, or a time limit
    skipped = min(skipped_cases(output), passed)
    return (passed - skipped, failed, skipped)


def main(argv):
    if len(argv) != 2:
        print(__doc__.splitlines()[0], file=sys.stderr)
        return 2
    try:
        cases = list(ET.parse(argv[1]).getroot().iter("testcase"))
    except (OSError, ET.ParseError) as error:
        print(f"count_tests: {argv[1]}: {error}", file=sys.stderr)
        return 1
    totals = [sum(column) for column in zip(*map(count_one, cases))] or [0, 0, 0]
    print(*totals)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
