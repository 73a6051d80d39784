"""What the tests of the packages share: the program built here as the witness, and cases over targets of several kinds.

The environment says where things are: TQ_BINARY, the program of this build; TQ_BUILD, a folder for what outlives a run.
"""
import os
import pathlib
import subprocess
import sys
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
NATIVE = os.environ.get("TQ_BINARY", str(ROOT / "build/release/tourniquet"))
BUILD = pathlib.Path(os.environ.get("TQ_BUILD", str(ROOT / "build")))
AS_OF = ("--as-of", "2026-11-20", "--format", "json")
SYSTEMINFO_GBK = (
    "主机名:           机房一\r\nOS 名称:          Microsoft Windows Server 2008 Standard \r\n"
    "OS 版本:          6.0.6003 Service Pack 2 Build 6003\r\n系统类型:         x64-based PC\r\n"
)


def skip(why):
    print("SKIPPED: " + why)
    sys.exit(77)


def run(command, **options):
    """(status, stdout, stderr) of a program, as bytes; standard input is empty."""
    done = subprocess.run([str(c) for c in command], stdin=subprocess.DEVNULL, capture_output=True, check=False, **options)
    return done.returncode, done.stdout, done.stderr


def make_targets(folder):
    """Targets of every kind that the packages have to read, below `folder`. Returns their names, relative to it."""
    folder = pathlib.Path(folder)
    run(["cp", "-r", ROOT / "examples", folder / "examples"])
    tree = folder / "examples/server2008-6002"
    with zipfile.ZipFile(folder / "machine.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(p for p in tree.rglob("*") if p.is_file()):
            packed.write(path, path.relative_to(tree))
    (folder / "gbk.txt").write_bytes(SYSTEMINFO_GBK.encode("gbk"))
    (folder / "fleet.csv").write_text("name,product,version,hotfixes\nA-1,Windows Server 2008 Standard,6.0.6002,KB4493730;KB4499180\n", encoding="utf-8")
    (folder / "not-windows.bin").write_bytes(b"\x7fELF nothing of ours")
    return ["examples/server2008-6002", "examples/server2008-6003-patched", "examples/server2008-contradicted", "examples/systeminfo-6003.txt",
            "machine.zip", "gbk.txt", "fleet.csv", "not-windows.bin", "not-there",
            "examples/server2008-6002/Windows/System32/config/SOFTWARE"]


class Checks:
    """Counts comparisons and says which went wrong."""

    def __init__(self):
        self.done = self.wrong = 0

    def that(self, holds, what):
        self.done += 1
        if not holds:
            self.wrong += 1
            print("WRONG: " + what)

    def same(self, found, wanted, what):
        """Both are (status, stdout, stderr); messages on standard error may name other causes and are not compared."""
        self.that(found[0] == wanted[0], f"{what}: exit status {found[0]}, here {wanted[0]}: {found[2].decode(errors='replace')[-600:]}")
        if found[1] != wanted[1]:
            theirs, ours = found[1].splitlines(), wanted[1].splitlines()
            differ = next((i for i, (a, b) in enumerate(zip(theirs, ours)) if a != b), min(len(theirs), len(ours)))
            print(f"  line {differ + 1}: {theirs[differ:differ + 1]}\n  here:   {ours[differ:differ + 1]}")
        self.that(found[1] == wanted[1], f"{what}: another output")

    def end(self):
        print(f"{self.done - self.wrong} of {self.done} comparisons hold")
        sys.exit(1 if self.wrong or not self.done else 0)
