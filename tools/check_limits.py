#!/usr/bin/env python3
"""Holds the table of limits in docs/hardening.md against the code: every constant and every test that a row names must be there."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/hardening.md"
HEAD = "| format | what | limit | past it | constant | test |"


def rows(page):
    """The rows of the table of limits, as lists of six cells."""
    lines = page.splitlines()
    start = lines.index(HEAD) + 2  # behind the head comes the line of dashes
    for line in lines[start:]:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in line.strip("|").split(" | ")]


def sources():
    """(everything that is no test, names of all tests)"""
    code, tests = [], set()
    for folder in ("src", "tests"):
        for path in (ROOT / folder).rglob("*.[ch]pp"):
            text = path.read_text(encoding="utf-8", errors="replace")
            if path.name.endswith("_test.cpp"):
                # Names that clang-format has cut in two are one string for the compiler.
                tests.update(re.sub(r'"\s*"', "", n) for n in re.findall(r'TEST_CASE\(\s*"((?:[^"\\]|\\.|"\s*")*)"\s*\)', text))
            elif folder == "src":
                code.append(text)
    return "\n".join(code), tests


def problems(page, code, tests):
    count = 0
    for cells in rows(page):
        count += 1
        if len(cells) != 6:
            yield f"a row of {len(cells)} cells: {cells[:2]}"
            continue
        where = f"{cells[0]}, {cells[1]}"
        constants, named = (re.findall(r"`([^`]+)`", cells[i]) for i in (4, 5))
        if not constants or not named:
            yield f"{where}: no constant or no test"
        for word in constants:
            if not re.search(rf"\b{re.escape(word)}\b", code):
                yield f"{where}: nothing in src/ is called {word}"
        for name in named:
            if name not in tests:
                yield f"{where}: there is no test '{name}'"
    if count < 10:
        yield f"only {count} rows of limits were found"


def main():
    found = list(problems(PAGE.read_text(encoding="utf-8"), *sources()))
    for line in found:
        print(f"check_limits: {line}")
    print(f"check_limits: {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
