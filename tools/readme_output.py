#!/usr/bin/env python3
"""Keeps README.md's example true.

readme_output.py TARGET    runs the program on TARGET (a path from the repository root) and writes the two marked blocks
readme_output.py --check   runs what the README shows and compares; exit status 1 when it differs, 77 while it is empty

The program is TQ_BINARY, or build/release/tourniquet. Judged as of a fixed day, so that the text does not age.
"""
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
AS_OF = "2026-11-20"
SHOWN_LINES = 32  # the first screen; what is cut is said
COMMAND = re.compile(r"^\$ \./tourniquet check (\S+) --as-of " + AS_OF + "$", re.M)


def run(target):
    """The text report of one target, cut to the first screen. Raises RuntimeError when there is no verdict to show."""
    program = os.environ.get("TQ_BINARY", str(ROOT / "build/release/tourniquet"))
    command = [program, "check", target, "--as-of", AS_OF, "--color", "never"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode not in (0, 1, 4):
        raise RuntimeError(f"{' '.join(command)}: exit status {result.returncode}\n{result.stderr}")
    lines = [line.rstrip() for line in result.stdout.rstrip("\n").splitlines()]
    if len(lines) > SHOWN_LINES:
        lines = lines[:SHOWN_LINES] + [f"[... {len(lines) - SHOWN_LINES} more lines]"]
    return "\n".join(lines)


def fill(text, block, content):
    """`text` with what stands between the markers of `block` replaced."""
    begin, end = f"<!-- {block}:begin -->", f"<!-- {block}:end -->"
    if text.count(begin) != 1 or text.count(end) != 1:
        raise RuntimeError(f"README.md must hold {begin} and {end} once each")
    before, rest = text.split(begin)
    return f"{before}{begin}\n{content}\n{end}{rest.split(end)[1]}"


def filled(text, target):
    text = fill(text, "output", f"```\n$ ./tourniquet check {target} --as-of {AS_OF}\n{run(target)}\n```")
    return fill(text, "commands", f"```\n./tourniquet check {target}\n./test\n```")


def main(argv):
    if len(argv) != 2 or (argv[1].startswith("-") and argv[1] != "--check"):
        print(__doc__, file=sys.stderr)
        return 2
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    shown = COMMAND.search(text)
    if argv[1] == "--check" and not shown:
        print("SKIPPED: README.md shows no output yet")
        return 77
    try:
        new = filled(text, shown[1] if argv[1] == "--check" else argv[1])
    except (RuntimeError, OSError) as error:
        print(f"readme_output: {error}", file=sys.stderr)
        return 1
    if argv[1] == "--check":
        if new != text:
            print("README.md does not show what the program says; run tools/readme_output.py", shown[1])
        return int(new != text)
    readme.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
