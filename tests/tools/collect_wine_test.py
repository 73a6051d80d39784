#!/usr/bin/env python3
"""The collection script under Wine's cmd, with a stand-in for reg.exe: what it takes and leaves, its statuses, difficult paths, and that a
machine collected so gets the verdict of its own files. Skipped (77) without wine or mingw-w64.

Proves the control flow only: Wine is not NT 6.0, and the stand-in copies files where Windows would save hives."""
import json
import shutil
import subprocess

from packaged import AS_OF, NATIVE, ROOT, Checks, run, skip
from wine import Wine

COMPILER = "x86_64-w64-mingw32-g++-posix"
CURRENT = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion"
KEYS = [r"HKU\S-1-5-19", CURRENT + r"\Component Based Servicing", CURRENT + r"\WindowsUpdate\Auto Update"]
# What a collected folder proves as well as the machine itself does.
SAME = ("name", "product", "arch", "build", "level", "goals")


class Machine:
    """A machine below C:, its tools, and a way to run the script on it."""

    def __init__(self, wine, folder, example):
        self.wine, self.folder = wine, folder
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(ROOT / "examples" / example, folder)
        self.windows = folder / "Windows"
        stand_in = wine.prefix.parent / "stand-in-reg.exe"
        if not stand_in.exists() or stand_in.stat().st_mtime < (ROOT / "tests/tools/stand_in_reg.cpp").stat().st_mtime:
            subprocess.run([COMPILER, "-std=c++17", "-Os", "-static", "-municode", "-o", stand_in, ROOT / "tests/tools/stand_in_reg.cpp"], check=True)
        shutil.copy(stand_in, self.windows / "System32/reg.exe")
        self.keys(KEYS)
        self.script = folder / "medium & more/collect.cmd"
        self.script.parent.mkdir()
        status, text, _ = run([NATIVE, "collect"])
        assert status == 0
        self.script.write_bytes(text)

    def keys(self, names):
        (self.windows / "stand-in-keys.txt").write_text("\n".join(names) + "\n", encoding="ascii")

    def calls(self):
        path = self.windows / "stand-in-calls.txt"
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []

    def dos(self, path):
        return "C:\\" + str(path.relative_to(self.wine.drive)).replace("/", "\\")

    def collect(self, out, *options):
        """(status, what it said). The environment is set in a script of its own."""
        (self.windows / "stand-in-calls.txt").unlink(missing_ok=True)
        runner = self.folder / "run.cmd"
        arguments = " ".join(f'"{a}"' for a in (self.dos(out), *options))
        runner.write_text(f'@echo off\r\nset "SystemRoot={self.dos(self.windows)}"\r\nset "COMPUTERNAME=PLANT-1"\r\n'
                          f'"{self.dos(self.script)}" {arguments}\r\n', encoding="utf-8")
        status, said, _ = self.wine.run("cmd", "/d", "/c", self.dos(runner))
        return status, said.decode("utf-8", "replace")


def judged(path):
    status, out, err = run([NATIVE, "check", path, *AS_OF])
    assert status in (0, 1, 4), err
    return json.loads(out)["machines"][0]


def without_places(value):
    """A verdict without where it was read, which differs by nature."""
    if isinstance(value, dict):
        return {k: without_places(v) for k, v in value.items() if k not in ("where", "evidence", "target")}
    return [without_places(v) for v in value] if isinstance(value, list) else value


def same_verdict(machine, collected, example, checks):
    own, taken = judged(machine.folder), judged(collected)
    for key in SAME:
        checks.that(without_places(own[key]) == without_places(taken[key]), f"{example}: {key}: {own[key]} of the machine, {taken[key]} collected")
    for list_name in ("installed", "missing"):
        a, b = ([u["kb"] for u in m["updates"][list_name]] for m in (own, taken))
        checks.that(a == b, f"{example}: {list_name}: {a} of the machine, {b} collected")
    checks.that(taken["servicing"]["reboot_pending"] is False, f"{example}: the live answer says that no restart is pending")


def whole_run(wine, checks):
    for number, example in enumerate(("server2008-6002", "server2008-contradicted", "server2008-6003-patched")):
        machine = Machine(wine, wine.drive / f"m{number}", example)
        before = sorted(p for p in machine.folder.rglob("*"))
        out = wine.drive / f"out {number} & so! on"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        status, said = machine.collect(out, "/y", "/drivers")
        folder = out / "tourniquet-PLANT-1"
        checks.that(status == 0, f"{example}: status {status}: {said[-800:]}")
        checks.that((folder / "Windows/System32/ntoskrnl.exe").exists(), f"{example}: the kernel was taken")
        if not (folder / "tourniquet-collect.txt").exists():
            continue
        checks.that("lost=0" in (folder / "tourniquet-collect.txt").read_text(encoding="ascii"), f"{example}: nothing was lost")
        after = sorted(p for p in machine.folder.rglob("*") if p.name not in ("run.cmd", "stand-in-calls.txt"))
        checks.that(before == after, f"{example}: something stays on the machine: {set(after) - set(before)}")
        saved = {c.split("|")[1] for c in machine.calls() if c.startswith("save")}
        checks.that(saved == {r"HKLM\SOFTWARE", r"HKLM\SYSTEM"}, f"{example}: hives saved: {saved}")
        taken = {p.name.upper() for p in folder.rglob("*")}
        checks.that(not taken & {"SAM", "SECURITY", "NTUSER.DAT", "TOKENS.DAT"}, f"{example}: taken: {taken}")
        said_first = said.find("Nothing is installed")
        checks.that(0 <= said_first < said.find("Hives ..."), f"{example}: it says what it does before it does it")
        if (folder / "Windows/System32/config/SOFTWARE").exists():
            same_verdict(machine, folder, example, checks)
        status, said = machine.collect(out, "/y")
        checks.that(status == 2 and "is there already" in said, f"{example}: a folder that is there is not touched: {status}")


def refusals(wine, checks):
    machine = Machine(wine, wine.drive / "m9", "server2008-6002")
    out = wine.drive / "out9"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    status, said = machine.collect(out)
    checks.that(status == 2 and not list(out.iterdir()), f"no answer is no: {status} {said[-300:]}")
    machine.keys(KEYS[1:])
    status, said = machine.collect(out, "/y")
    checks.that(status == 5 and "as administrator" in said and not list(out.iterdir()), f"not elevated: {status} {said[-300:]}")
    machine.keys(KEYS)
    (machine.windows / "System32/config/SYSTEM").unlink()
    status, said = machine.collect(out, "/y")
    checks.that(status == 1 and "could not save the hive SYSTEM" in said, f"a hive that cannot be saved: {status} {said[-300:]}")
    answers = (out / "tourniquet-PLANT-1/tourniquet-collect.txt").read_text(encoding="ascii")
    checks.that("lost=1" in answers, "the loss is written down")
    machine.keys(KEYS[:2] + [KEYS[1] + r"\RebootPending"])
    another = wine.drive / "another"
    shutil.rmtree(another, ignore_errors=True)
    another.mkdir()
    status, said = machine.collect(another, "/y")
    written = another / "tourniquet-PLANT-1/tourniquet-collect.txt"
    checks.that(written.exists(), f"another run: {status} {said[-300:]}")
    if written.exists():
        lines = written.read_text(encoding="ascii").splitlines()
        for line in ("cbs_reboot_pending=present", "cbs_packages_pending=absent", "update_reboot_required=unknown"):
            checks.that(line in lines, f"live answers: {line}: {lines}")


def main():
    if shutil.which(COMPILER) is None:
        skip("mingw-w64 is not installed")
    checks = Checks()
    with Wine() as wine:
        whole_run(wine, checks)
        refusals(wine, checks)
    checks.end()


if __name__ == "__main__":
    main()
