#!/usr/bin/env python3
"""The Windows build under Wine: windows_test.py FILE.exe. Says of every kind of target it reads what the program built here says, with
the same statuses; says by name what it cannot. Skipped (77) without wine."""
import os
import pathlib
import subprocess
import sys
import tempfile

from packaged import AS_OF, NATIVE, ROOT, Checks, make_targets, run, skip
from wine import Wine

# What this build leaves out, with the word its refusal must hold.
REFUSED = (["media", "x.cab"], ["drivers", "x.sys"], ["time32", "x.exe"], ["fleet", "query", "machines"],
           ["catalog", "update", "--from", "x", "-o", "y.tqc"])
OF_ARCHIVES = "machine.zip"


def reads_the_same(wine, program, folder, checks):
    for name in make_targets(folder):
        if name == OF_ARCHIVES:
            status, _, err = wine.run(program, "check", name, *AS_OF, cwd=folder)
            checks.that(status in (3, 4) and b"archive" in err.lower(), f"archives: status {status}: {err.decode()}")
            continue
        checks.same(wine.run(program, "check", name, *AS_OF, cwd=folder), run([NATIVE, "check", name, *AS_OF], cwd=folder), f"check {name}")
        if not name.startswith("not-"):
            command = ("plan", name, *AS_OF)
            checks.same(wine.run(program, *command, cwd=folder), run([NATIVE, *command], cwd=folder), f"plan {name}")
    hive = "examples/server2008-6002/Windows/System32/config/SOFTWARE"
    for command in (["inspect", "--dump", hive], ["explain", "6003"], ["collect"], ["inspect", "--format", "json", hive], ["catalog", "verify"]):
        checks.same(wine.run(program, *command, cwd=folder), run([NATIVE, *command], cwd=folder), " ".join(command))


def reads_images(wine, program, folder, checks):
    """A disk image of each maker's format that the tools here can write."""
    raw = pathlib.Path(folder) / "disk.raw"
    raw.write_bytes(bytes(4 << 20))
    if subprocess.run(["mkntfs", "-QFq", raw], capture_output=True, check=False).returncode != 0:
        print("mkntfs is not installed: no disk image compared")
        return
    names = ["disk.raw"]
    for form, name in (("qcow2", "disk.qcow2"), ("vmdk", "disk.vmdk"), ("vpc", "disk.vhd"), ("vhdx", "disk.vhdx")):
        if subprocess.run(["qemu-img", "convert", "-f", "raw", "-O", form, raw, raw.parent / name], capture_output=True, check=False).returncode == 0:
            names.append(name)
    for name in names:
        command = ("inspect", "--dump", name)
        checks.same(wine.run(program, *command, cwd=folder), run([NATIVE, *command], cwd=folder), " ".join(command))


def writes_safely(wine, program, folder, checks):
    target = "examples/server2008-6002"
    checks.that(wine.run(program, "check", target, *AS_OF, "-o", "out.json", cwd=folder)[0] == 1, "-o: the status stays that of the check")
    wanted = run([NATIVE, "check", target, *AS_OF], cwd=folder)[1]
    checks.that((folder / "out.json").read_bytes() == wanted, "-o writes what standard output would show")
    inside = wine.run(program, "check", target, *AS_OF, "-o", target + "/Windows/out.json", cwd=folder)
    checks.that(inside[0] == 2 and not (folder / target / "Windows/out.json").exists(), "-o into a target is refused")
    checks.that(not list(folder.glob("*.tmp")), "no temporary file stays")
    strange = folder / "Ünï 名前.txt"
    strange.write_bytes((ROOT / "examples/systeminfo-6003.txt").read_bytes())
    checks.same(wine.run(program, "check", strange.name, *AS_OF, cwd=folder), run([NATIVE, "check", strange.name, *AS_OF], cwd=folder), "a name beyond ASCII")


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    checks = Checks()
    with Wine() as wine, tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary) / "a place, with blanks & all"
        folder.mkdir()
        checks.that(wine.run(program, "--version")[:2] == run([NATIVE, "--version"])[:2], "--version")
        for command in REFUSED:
            status, _, err = wine.run(program, *command, cwd=folder)
            name = " ".join(command[:2]) if command[0] == "catalog" else command[0]
            checks.that(status == 2 and f"this build cannot: {name}".encode() in err, f"{name}: status {status}: {err.decode()}")
        reads_the_same(wine, program, folder, checks)
        reads_images(wine, program, folder, checks)
        writes_safely(wine, program, folder, checks)
    imports = run(["x86_64-w64-mingw32-objdump", "-p", program])[1].decode()
    libraries = {line.split()[-1].lower() for line in imports.splitlines() if "DLL Name" in line}
    allowed = {"kernel32.dll", "msvcrt.dll", "ntdll.dll", "bcrypt.dll", "shell32.dll", "advapi32.dll", "user32.dll"}
    checks.that(libraries <= allowed, f"libraries that not every Windows has: {libraries - allowed}")
    print(f"{program.stat().st_size // 1024} KiB")
    checks.end()


if __name__ == "__main__":
    if os.name != "posix":
        skip("Wine runs on POSIX systems")
    main()
