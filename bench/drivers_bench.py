#!/usr/bin/env python3
"""A whole folder through the program, as a user would: drivers_bench.py PROGRAM FOLDER [--most-seconds S] [--most-megabytes M].

Runs `drivers` and `time32` over FOLDER (1,000 generated drivers: `tests/lanes/make_corpus.py FOLDER --count 1000`) with two jobs, prints
seconds, the peak of memory, and how often each word was said; ends non-zero above a limit that was given.
"""
import argparse
import collections
import json
import os
import subprocess
import sys
import time


def run(program, command, folder):
    """One run in a process of its own: how long it took, its peak in MB, and the words it said."""
    start = time.monotonic()
    child = subprocess.Popen([program, command, folder, "--format", "json", "--jobs", "2"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    out = child.stdout.read()
    _, _, usage = os.wait4(child.pid, 0)
    seconds = time.monotonic() - start
    files = json.loads(out)["files"]
    said = collections.Counter(f["gate" if command == "drivers" else "exposure"] for f in files)
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, len(files), said


def main():
    a = argparse.ArgumentParser(description=__doc__)
    a.add_argument("program")
    a.add_argument("folder")
    a.add_argument("--most-seconds", type=float)
    a.add_argument("--most-megabytes", type=float)
    args = a.parse_args()
    bad = 0
    for command in ("drivers", "time32"):
        seconds, processor, megabytes, files, said = run(args.program, command, args.folder)
        words = ", ".join(f"{n} {word}" for word, n in sorted(said.items()))
        print(f"{command}: {files} files in {seconds:.1f} s ({processor:.1f} s of processor), peak {megabytes:.0f} MB; {words}")
        bad |= bool(args.most_seconds and seconds > args.most_seconds) or bool(args.most_megabytes and megabytes > args.most_megabytes)
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
