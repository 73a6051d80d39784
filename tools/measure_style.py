#!/usr/bin/env python3
"""Measures the size of the house: measure_style.py [ROOT]

Prints, per area, the number of files, lines a file (median, 95th percentile, longest), lines a function (the same)
and the share of lines with a comment. Fails past the hard limits (file 800 lines, function 100 lines); the targets
(file p95 500, function p95 50, comments 15-20 % of src) are printed beside the numbers and do not fail.
Functions are found by matching braces outside comments and strings: a heuristic, exact enough to count lines.
Lines between "clang-format off" and "on" are tables laid out by hand and do not count towards a function.
"""
import bisect
import pathlib
import re
import sys

FILE_LIMIT, FUNCTION_LIMIT = 800, 100
TARGETS = "targets: file median 150, p95 500; function p95 50; comments of src 15-20 %"
AREAS = ("src", "src tests", "tests", "tools", "fuzz", "bench")

LITERAL = re.compile(r'R"(\w*)\((?:.|\n)*?\)\1"|//[^\n]*|/\*(?:.|\n)*?\*/|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Fa-f])\'(?:\\.|[^\'\\\n])+\'')
TYPE_HEAD = re.compile(r"\b(?:class|struct|union|enum)\b")
INITIALISER = re.compile(r"\)\s*(?:noexcept\s*)?:(?!:)[^{}]*[\w>]$")


def blank(text):
    """Same length, same lines, with comments, strings, preprocessor lines and access labels blanked."""

    def spaces(match):
        return re.sub(r"[^\n]", " ", match[0])

    text = LITERAL.sub(spaces, text)
    text = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", spaces, text, flags=re.M)
    return re.sub(r"\b(?:public|private|protected)\s*:(?!:)", spaces, text)


def kind_of(head):
    """What a brace opens, told by the text since the statement began: scope, type, function or value."""
    head = head.strip()
    if re.search(r"\bnamespace\b", head) or head.startswith("extern"):
        return "scope"
    if TYPE_HEAD.search(re.sub(r"<[^<>]*>", "", head)) and ")" not in head:
        return "type"
    if INITIALISER.search(head) or ")" not in head or re.search(r"=\s*$", head):
        return "value"
    return "function"


def functions(text):
    """[(first line, number of lines)] of the outermost functions of a C++ text."""
    code = blank(text)
    newlines = [i for i, c in enumerate(code) if c == "\n"]
    tables = table_lines(text)
    found, stack, start = [], [], 0
    for position, c in enumerate(code):
        if c == "{":
            inside = bool(stack) and stack[-1][0] in ("function", "value")
            kind = "value" if inside else kind_of(code[start:position])
            stack.append((kind, start))
            if kind != "value":
                start = position + 1
        elif c == "}":
            kind, head = stack.pop() if stack else ("value", start)
            if kind == "function":
                first = head + len(code[head:position]) - len(code[head:position].lstrip())
                begin, end = bisect.bisect_left(newlines, first) + 1, bisect.bisect_left(newlines, position) + 1
                found.append((begin, sum(1 for line in range(begin, end + 1) if line not in tables)))
            if kind != "value":
                start = position + 1
        elif c == ";" and not (stack and stack[-1][0] in ("function", "value")):
            start = position + 1
    return found


def table_lines(text):
    """Numbers of the lines that lie in a hand-made table."""
    inside, found = False, set()
    for number, line in enumerate(text.splitlines(), 1):
        if "clang-format off" in line:
            inside = True
        if inside:
            found.add(number)
        if "clang-format on" in line:
            inside = False
    return found


def python_functions(text):
    """[(first line, number of lines)] of every def of a Python text."""
    lines, found = text.splitlines(), []
    for number, line in enumerate(lines):
        head = re.match(r"( *)def \w", line)
        if not head:
            continue
        indent, last = len(head[1]), number
        for after in range(number + 1, len(lines)):
            if lines[after].strip() and len(lines[after]) - len(lines[after].lstrip()) <= indent:
                break
            last = after if lines[after].strip() else last
        found.append((number + 1, last - number + 1))
    return found


def comment_share(texts):
    """Per cent of the lines that are not empty and hold a comment."""
    lines = comments = 0
    for text in texts:
        commented = set()
        for m in LITERAL.finditer(text):
            if m[0].startswith(("//", "/*")):
                first = text.count("\n", 0, m.start())
                commented.update(range(first, first + m[0].count("\n") + 1))
        comments += len(commented)
        lines += sum(1 for line in text.splitlines() if line.strip())
    return 100.0 * comments / lines if lines else 0.0


def percentile(values, share):
    """Nearest-rank percentile; 0 for nothing."""
    values = sorted(values)
    return values[max(0, -(-len(values) * share // 100) - 1)] if values else 0


def area_of(relative):
    if relative.parts[0] == "src":
        return "src tests" if relative.name.endswith("_test.cpp") else "src"
    return relative.parts[0]


def sources(root):
    """{area: {relative path: text}}; generated tables (*_table.inc) are not sources."""
    areas = {area: {} for area in AREAS}
    for top in ("src", "tests", "tools", "fuzz", "bench"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in (".cpp", ".hpp", ".py"):
                relative = path.relative_to(root)
                areas[area_of(relative)][relative] = path.read_text(encoding="utf-8")
    return areas


def measure(root):
    """(lines of the table, breaches of the hard limits)."""
    table = [f"{'area':<10}{'files':>6} {'file median/p95/max':>21} {'functions':>10} {'function median/p95/max':>24} {'comments':>9}"]
    breaches = []
    for area, files in sources(root).items():
        sizes, lengths = [], []
        for path, text in files.items():
            size = text.count("\n")
            sizes.append(size)
            if size > FILE_LIMIT:
                breaches.append(f"{path}: {size} lines, at most {FILE_LIMIT}")
            for line, length in (python_functions if path.suffix == ".py" else functions)(text):
                lengths.append(length)
                if length > FUNCTION_LIMIT:
                    breaches.append(f"{path}:{line}: a function of {length} lines, at most {FUNCTION_LIMIT}")
        spread = [f"{percentile(v, 50)}/{percentile(v, 95)}/{max(v, default=0)}" for v in (sizes, lengths)]
        share = comment_share([t for p, t in files.items() if p.suffix != ".py"])
        table.append(f"{area:<10}{len(sizes):>6} {spread[0]:>21} {len(lengths):>10} {spread[1]:>24} {share:>7.1f} %")
    return table + [TARGETS], breaches


def main(argv):
    root = pathlib.Path(argv[1]) if len(argv) > 1 else pathlib.Path(__file__).resolve().parent.parent
    table, breaches = measure(root)
    print("\n".join(table + breaches))
    print(f"measure_style: {len(breaches)} past the hard limits")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
