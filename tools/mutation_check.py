#!/usr/bin/env python3
"""Breaks the code in the places of tests/mutations.toml, one at a time; some test must notice each.

mutation_check.py                 the whole list, then writes docs/mutations.md (about a quarter of an hour on two cores with a warm ccache)
mutation_check.py --only ID,...   these only; their rows of the page are renewed
mutation_check.py --list          what there is
mutation_check.py --check         fast, builds nothing: every place still stands in the code, once, and the page is that of the list
    --jobs N    mutations side by side, each with a copy and a build of its own (default: one for each core)
    --folder F  keep copies and builds there, for the next run

Works on copies of the last commit, never on the checkout. A mutation is caught when a test fails, crashes or runs out of time; first its own
cases are asked, then the whole suite. Exit status 1: one survived, does not build, or the list is not sound.
"""
import argparse
import fnmatch
import os
import pathlib
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIST = ROOT / "tests" / "mutations.toml"
PAGE = ROOT / "docs" / "mutations.md"
FIELDS = ("id", "file", "what", "means", "tests", "old", "new")
# Folders of a worker.
TREE, BUILD = "tree", "build"
CASES_SECONDS, SUITE_SECONDS = 300, 1800
BEGIN, END = "<!-- result:begin -->", "<!-- result:end -->"
ROW = re.compile(r"^\| `([^`]+)` \|.*\| (\*\*[^|]+\*\*|[^|]+) \|$", re.M)


def read_list():
    with open(LIST, "rb") as text:
        return tomllib.load(text)["mutation"]


# ---- the list is sound ----


def case_names():
    names = []
    for top in ("src", "tests"):
        for source in (ROOT / top).rglob("*_test.cpp"):
            names += re.findall(r'^TEST_CASE\("([^"]+)"', source.read_text(encoding="utf-8"), re.M)
    return names


def matches(pattern, name):
    """doctest's wildcards are * and ?, letters of either case."""
    return fnmatch.fnmatchcase(name.lower(), pattern.lower().replace("[", "[[]"))


def faults_of(mutation, names):
    """What is wrong with one entry of the list."""
    if sorted(mutation) != sorted(FIELDS):
        return [f"fields are {', '.join(mutation)}; wanted {', '.join(FIELDS)}"]
    faults = []
    path = ROOT / mutation["file"]
    times = path.read_text(encoding="utf-8").count(mutation["old"]) if path.is_file() else 0
    if times != 1:
        faults.append(f"the old text stands {times} times in {mutation['file']}; wanted once")
    if mutation["old"] == mutation["new"] or not mutation["old"].strip():
        faults.append("nothing is changed")
    for pattern in mutation["tests"]:
        if "," in pattern or not any(matches(pattern, name) for name in names):
            faults.append(f"no test case is called {pattern}")
    if "|" in mutation["what"] + mutation["means"]:
        faults.append("a sign that ends a cell of the page")
    return faults


def check(mutations):
    names = case_names()
    faults = [f"{m.get('id')}: {fault}" for m in mutations for fault in faults_of(m, names)]
    ids = [m.get("id") for m in mutations]
    faults += [f"{name}: twice in the list" for name in sorted({i for i in ids if ids.count(i) > 1})]
    if not faults and (not PAGE.is_file() or render(mutations, results_of_page(), head_of_page()) != PAGE.read_text(encoding="utf-8")):
        faults.append("docs/mutations.md is not made from the list: run tools/mutation_check.py")
    for m in mutations:
        # A new entry may wait for its first run, in plain sight on the page.
        if not faults and not results_of_page().get(m["id"], "").startswith(("caught", "not run")):
            faults.append(f"{m['id']}: was not caught when it was run last")
    return faults


# ---- a worker: a copy of the tree, a build, one mutation at a time ----


class Worker:
    def __init__(self, folder):
        self.folder = folder
        self.tree, self.build = folder / TREE, folder / BUILD
        self.environment = dict(os.environ, CCACHE_BASEDIR=str(folder.resolve()), CCACHE_NOHASHDIR="1")

    def run(self, command, seconds=None):
        return subprocess.run(command, cwd=self.folder, env=self.environment, timeout=seconds, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False)

    def must(self, command):
        done = self.run(command)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(map(str, command))}\n{done.stdout[-4000:]}")

    def prepare(self, jobs):
        """The last commit, built. A copy that is there already is brought to it, so that little is built anew."""
        if not (self.tree / ".git").exists():
            self.tree.parent.mkdir(parents=True, exist_ok=True)
            self.must(["git", "clone", "-q", "--shared", "--no-checkout", ROOT, self.tree])
        self.must(["git", "-C", self.tree, "fetch", "-q", ROOT, "HEAD"])
        self.must(["git", "-C", self.tree, "checkout", "-q", "--force", "--detach", "FETCH_HEAD"])
        if not (self.build / "build.ninja").exists():
            launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
            linker = ["-DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=lld"] if shutil.which("ld.lld") else []
            self.must(["cmake", "-S", self.tree, "-B", self.build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug", "-DTQ_TESTS=ON",
                       "-DTQ_WERROR=ON", "-DCMAKE_CXX_FLAGS_DEBUG=-O0 -g0", *launcher, *linker])
        self.must(["ninja", f"-j{jobs}", "-C", self.build, "tq_tests"])

    def failing_case(self, patterns, seconds):
        """What notices: the name of a case, or how the program ended; None when all pass. `patterns`: none for the whole suite."""
        only = ["-tc=" + ",".join(patterns)] if patterns else []
        try:
            done = self.run([self.build / "tests" / "tq_tests", "-aa=1", *only], seconds)
        except subprocess.TimeoutExpired:
            return "a test that does not end"
        if done.returncode == 0:
            return None
        case = ""
        for line in done.stdout.splitlines():
            case = line[10:].strip() if line.startswith("TEST CASE:") else case
            if "ERROR: " in line:
                return case
        return case + " (crash)"

    def try_out(self, mutation):
        """The outcome: "caught by NAME", "survived", "does not build" or "not in the last commit"."""
        path = self.tree / mutation["file"]
        whole = path.read_text(encoding="utf-8") if path.is_file() else ""
        if whole.count(mutation["old"]) != 1:
            return "not in the last commit"
        path.write_text(whole.replace(mutation["old"], mutation["new"]), encoding="utf-8")
        try:
            built = self.run(["ninja", "-j1", "-C", self.build, "tq_tests"])
            if built.returncode != 0:
                print(built.stdout[-3000:], file=sys.stderr)
                return "does not build"
            by = self.failing_case(mutation["tests"], CASES_SECONDS) or self.failing_case([], SUITE_SECONDS)
            return f"caught by {by}" if by else "survived"
        finally:
            path.write_text(whole, encoding="utf-8")


def work(folder, todo, jobs, results):
    worker = Worker(folder)
    try:
        worker.prepare(jobs)
        while True:
            mutation = todo.get_nowait()
            start = time.monotonic()
            results[mutation["id"]] = worker.try_out(mutation)
            print(f"{mutation['id']:<28} {time.monotonic() - start:5.0f} s  {results[mutation['id']]}", flush=True)
    except queue.Empty:
        return
    except (RuntimeError, OSError) as error:
        print(f"mutation_check: {error}", file=sys.stderr)


def run(mutations, folder, jobs):
    """Outcome by id, and the seconds that the mutations took. First everything has to pass as it is: only then does a failure mean something."""
    first = Worker(folder / "worker1")
    first.prepare(jobs)
    wrong = first.failing_case(sorted({t for m in mutations for t in m["tests"]}), SUITE_SECONDS)
    if wrong:
        raise RuntimeError(f"without any mutation this fails: {wrong}")
    start = time.monotonic()
    results, todo = {}, queue.Queue()
    for m in mutations:
        todo.put(m)
    threads = [threading.Thread(target=work, args=(folder / f"worker{n + 1}", todo, 1, results)) for n in range(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results, time.monotonic() - start


# ---- the page ----

INTRO = """# Mutation check

Tests that pass say little unless they would fail if the code were wrong. `tools/mutation_check.py` breaks the code in the places below, one
at a time, in a copy of the tree: a bound is moved, a check is left out, a state is read as another. Each has to be caught by some test
(it fails, crashes or does not end). The list is [tests/mutations.toml](../tests/mutations.toml); a test of every build sees to it that each
place still stands in the code. No real samples are needed to catch any of them.

This page is written by the script.
"""


def render(mutations, results, head):
    lines = [INTRO, BEGIN, head, "", "| place | broken | for a user it would mean | caught by |", "|---|---|---|---|"]
    for m in mutations:
        outcome = results.get(m["id"], "not run")
        shown = outcome.removeprefix("caught by ") if outcome.startswith("caught") else f"**{outcome}**"
        lines.append(f"| `{m['id']}` | {m['what']} (`{m['file']}`) | {m['means']} | {shown} |")
    return "\n".join([*lines, END, ""])


def results_of_page():
    if not PAGE.is_file():
        return {}
    found = ROW.findall(PAGE.read_text(encoding="utf-8"))
    return {name: outcome.strip("*") if outcome.startswith("**") else "caught by " + outcome for name, outcome in found}


def head_of_page():
    text = PAGE.read_text(encoding="utf-8") if PAGE.is_file() else ""
    return text.split(BEGIN)[-1].split("\n")[1] if BEGIN in text else ""


def write_page(mutations, results, seconds, whole):
    caught = sum(results.get(m["id"], "").startswith("caught") for m in mutations)
    head = f"Last whole run: {time.strftime('%Y-%m-%d', time.gmtime())}, {caught} of {len(mutations)} caught, {seconds / 60:.0f} minutes."
    PAGE.write_text(render(mutations, results, head if whole else head_of_page()), encoding="utf-8")


def arguments():
    parser = argparse.ArgumentParser(description="Breaks the code in many places, one at a time; some test must notice each.")
    parser.add_argument("--check", action="store_true", help="only see that the list and the page are sound")
    parser.add_argument("--list", action="store_true", help="print the list")
    parser.add_argument("--only", metavar="ID,...", help="run these only")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="mutations side by side")
    parser.add_argument("--folder", type=pathlib.Path, metavar="F", help="keep copies and builds there")
    return parser.parse_args()


def main():
    args = arguments()
    mutations = read_list()
    if args.list:
        print("\n".join(f"{m['id']:<28} {m['file']:<40} {m['what']}" for m in mutations))
        return 0
    if args.check:
        faults = check(mutations)
        caught = sum(outcome.startswith("caught") for outcome in results_of_page().values())
        print("\n".join(faults) if faults else f"{len(mutations)} mutations, each place stands once in the code; {caught} were run and caught")
        return 1 if faults else 0
    wanted = [m for m in mutations if not args.only or m["id"] in args.only.split(",")]
    if not wanted:
        print("mutation_check: no such mutation", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as temporary:
        results, seconds = run(wanted, args.folder.resolve() if args.folder else pathlib.Path(temporary), max(args.jobs, 1))
    write_page(mutations, results_of_page() | results, seconds, len(wanted) == len(mutations))
    bad = [m["id"] for m in wanted if not results.get(m["id"], "").startswith("caught")]
    print(f"{len(wanted) - len(bad)} of {len(wanted)} caught in {seconds / 60:.1f} minutes" + (": not " + ", ".join(bad) if bad else ""))
    return 1 if bad else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except RuntimeError as error:
        sys.exit(f"mutation_check: {error}")
