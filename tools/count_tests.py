#!/usr/bin/env python3
"""Counts the tests of a ctest JUnit report: count_tests.py REPORT prints "PASSED FAILED SKIPPED".

What failed goes to standard error: the whole output of a plain test, of a doctest program only the cases that failed
and what came after the last case. A doctest program counts as its test cases, any other test as one. A case that
printed "SKIPPED ..." counts as skipped and not as passed: doctest itself cannot say so. A case's output ends with
doctest's duration line ("0.000012 s: name", option -d), which tests/CMakeLists.txt switches on.
Exit status 0 when the report could be read, 1 when not.
"""
import re
import sys
import xml.etree.ElementTree as ET

SUMMARY = re.compile(r"^\[doctest\] test cases:\s*(\d+) \|\s*(\d+) passed \|\s*(\d+) failed", re.M)
CASE = re.compile(r"(.*?^\d+\.\d+ s: [^\n]*\n)", re.M | re.S)
FAILURE = re.compile(r"^.*(?:ERROR: |FATAL ERROR: |should have )", re.M)
DOCTEST = "[doctest]"


def split_cases(output):
    """([output of each case that came to its end], what followed the last one)."""
    parts = CASE.split(output)
    return parts[1::2], parts[-1]


def count_doctest(output, ended_well):
    """((passed, failed, skipped), text to show) of a doctest program's output."""
    cases, rest = split_cases(output)
    bad = [case for case in cases if FAILURE.search(case)]
    skipped = sum(1 for case in cases if case not in bad and re.search(r"^SKIPPED", case, re.M))
    summaries = list(SUMMARY.finditer(output))
    if summaries:
        passed, failed = int(summaries[-1][2]), int(summaries[-1][3])
    else:
        passed, failed = len(cases) - len(bad), len(bad)
    if not ended_well and (failed == 0 or not summaries):
        failed += 1  # the program itself died: a crash, a sanitizer, a time limit
    return (passed - skipped, failed, skipped), "" if ended_well else "".join(bad) + rest


def count_one(case):
    """((passed, failed, skipped), text to show) of one <testcase> element."""
    output = case.findtext("system-out") or ""
    ended_well = case.get("status") == "run"
    skip = case.find("skipped")
    if skip is not None:
        # A test whose program was not built is "skipped" to ctest; only its own exit status 77 makes it one here.
        return ((0, 0, 1), "") if "SKIP_RETURN_CODE" in skip.get("message", "") else ((0, 1, 0), output)
    if DOCTEST in output:
        return count_doctest(output, ended_well)
    return ((1, 0, 0), "") if ended_well else ((0, 1, 0), output)


def main(argv):
    if len(argv) != 2:
        print(__doc__.splitlines()[0], file=sys.stderr)
        return 2
    try:
        cases = list(ET.parse(argv[1]).getroot().iter("testcase"))
    except (OSError, ET.ParseError) as error:
        print(f"count_tests: {argv[1]}: {error}", file=sys.stderr)
        return 1
    totals = [0, 0, 0]
    for case in cases:
        counts, text = count_one(case)
        totals = [a + b for a, b in zip(totals, counts)]
        if text:
            print(f"---- {case.get('name')} failed:\n{text}", file=sys.stderr)
    print(*totals)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
