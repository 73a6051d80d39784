"""What the measuring scripts of this folder share: their options, the compilers they need, a corpus that goes away, and floors."""
import argparse
import contextlib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SKIPPED = 77
TOOLS = ("i686-w64-mingw32-gcc", "x86_64-w64-mingw32-gcc", "clang-19")


def options(text, seed, count):
    """A parser with what every measuring script takes. Seeds below 1000 are for debugging."""
    a = argparse.ArgumentParser(description=text)
    a.add_argument("measure", help="the measuring program")
    a.add_argument("--seed", type=int, default=seed)
    a.add_argument("--count", type=int, default=count)
    a.add_argument("--keep", help="make the corpus here and keep it")
    a.add_argument("--goals", action="store_true", help="fail below the goals, not the floors")
    return a


def lacks_tools(what):
    """Says so when a compiler of the corpus is missing."""
    for tool in TOOLS:
        if not shutil.which(tool):
            print(f"SKIPPED: no {tool}, so no programs to measure {what} with")
            return True
    return False


@contextlib.contextmanager
def corpus(args, maker):
    """The folder of a corpus made by a script beside this one."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.keep or temporary
        script = Path(__file__).resolve().parent / maker
        subprocess.run([sys.executable, str(script), folder, "--seed", str(args.seed), "--count", str(args.count)], check=True)
        yield Path(folder)


def output(*command):
    """What a program prints, shown as well."""
    text = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=True).stdout
    print(text)
    return text


def below(text, name, floor, goal):
    """Is the line of precision and recall that begins with `name` missing, or below its floor?"""
    found = re.search(rf"^{re.escape(name)}\s+precision ([\d.]+) recall ([\d.]+)", text, re.M)
    reached = (float(found[1]), float(found[2])) if found else (0.0, 0.0)
    print(f"{name}: reached {reached}, floor {floor}, goal {goal}")
    return reached[0] < floor[0] or reached[1] < floor[1]
