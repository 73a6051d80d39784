#!/usr/bin/env python3
"""Validates the report formats with published schemas and validators from npm; skipped (77) where npm cannot provide them."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FORMATS = ("csaf", "cyclonedx", "sarif")
# Texts of a target that attack the place they are printed in; an inventory carries them as they are.
HOSTILE = "name,os,version\n" + "".join(
    f'"{name}",Windows Server 2008 Standard x64,6.0.6002 Service Pack 2\n'
    for name in ("<script>alert(1)</script>", "''\"\"{}[]", "=cmd|' /C calc'!A0", "a\x1b[31m\u202eb", "\\", "x" * 5000, "\ud83d\ude00")
).encode("utf-16", "surrogatepass").decode("utf-16")
TARGETS = ("server2008-contradicted", "server2008-6003-patched", "systeminfo-6003.txt")


def skip(why):
    print("SKIPPED: " + why)
    sys.exit(77)


def install(folder):
    """The validators, at the versions of the lock file, in a folder that outlives this run."""
    wanted = (ROOT / "tests/validators/package-lock.json").read_bytes()
    stamp = folder / "installed.json"
    if stamp.exists() and stamp.read_bytes() == wanted:
        return
    if shutil.which("npm") is None or shutil.which("node") is None:
        skip("npm or node is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / "tests/validators" / name, folder)
    done = subprocess.run(["npm", "ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund"], cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        skip("npm could not install the validators: " + done.stderr.strip()[-300:])
    stamp.write_bytes(wanted)


def main():
    program = os.environ["TQ_BINARY"]
    folder = pathlib.Path(program).parent / "validators"
    install(folder)
    shutil.copy(ROOT / "tests/validators/validate.mjs", folder)
    with tempfile.TemporaryDirectory() as out:
        arguments = []
        hostile = pathlib.Path(out) / "hostile.csv"
        hostile.write_bytes(HOSTILE.encode() + b"\xff\xfe\xed\xa0\x80,Windows Server 2008,6.0.6003\n")
        for form in FORMATS:
            for target in (*TARGETS, "all", "hostile"):
                paths = [str(ROOT / "examples" / t) for t in (TARGETS if target == "all" else (target,))]
                if target == "hostile":
                    paths = [str(hostile)]
                path = f"{out}/{target}.{form}"
                ran = subprocess.run([program, "check", "--format", form, "--as-of", "2026-11-20", "-o", path, *paths], capture_output=True, text=True)
                if ran.returncode not in (0, 1, 4):
                    sys.exit(f"{form} of {target}: exit status {ran.returncode}: {ran.stderr}")
                arguments.append(f"{form}={path}")
        done = subprocess.run(["node", "validate.mjs", *arguments], cwd=folder)
    sys.exit(done.returncode)


main()
