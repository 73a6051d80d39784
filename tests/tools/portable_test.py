#!/usr/bin/env python3
"""The self-contained folder: portable_test.py FILE.tar.gz. In an empty root it says what the program built here says; skipped (77) where
no root may be changed to."""
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile

from packaged import AS_OF, NATIVE, Checks, make_targets, run, skip


def changed_root(folder):
    """How to run a program in another root: as root itself, or in a namespace of its own."""
    for before in (["chroot"], ["unshare", "--map-root-user", "chroot"]):
        probe = subprocess.run([*before, "/", "/bin/true"], capture_output=True, check=False)
        if probe.returncode == 0:
            return [*before, str(folder)]
    skip("neither chroot nor unshare may change the root here")


def libraries_with_licences(unpacked, checks):
    """Every library comes from a package whose licence lies there, and every source is named."""
    licences = {p.name for p in (unpacked / "licences").iterdir()}
    sources = (unpacked / "licences/SOURCES.txt").read_text(encoding="utf-8")
    for name in ("libc6", "libstdc++6", "libmspack0", "libarchive13", "LICENSE", "libssl-dev"):
        checks.that(name in licences, f"no licence of {name}")
    for package in licences - {"LICENSE", "NOTICE", "THIRD_PARTY.md", "SOURCES.txt"}:
        checks.that(f"\n{package} " in "\n" + sources, f"no source of {package} is named")
    checks.that(len(list((unpacked / "lib").glob("*.so*"))) <= 4 * len(licences), "more libraries than their licences can cover")


def main():
    checks = Checks()
    with tempfile.TemporaryDirectory() as temporary:
        empty = pathlib.Path(temporary) / "empty root"
        place = empty / "a place, with blanks & all"
        place.mkdir(parents=True)
        with tarfile.open(sys.argv[1]) as packed:
            packed.extractall(place)
        unpacked = next(place.iterdir())
        names = make_targets(empty)
        inside = "/" + str((unpacked / "tourniquet").relative_to(empty))
        before = changed_root(empty)
        hostile = {"LD_PRELOAD": "/nothing.so", "LD_LIBRARY_PATH": "/lib", "PATH": os.environ["PATH"]}
        for name in names:
            wanted = run([NATIVE, "check", name, *AS_OF], cwd=empty)
            # chroot starts in the new root's "/", so the same names mean the same files.
            checks.same(run([*before, inside, "check", name, *AS_OF], env={"PATH": os.environ["PATH"]}), wanted, f"empty root: {name}")
            checks.same(run([unpacked / "tourniquet", "check", name, *AS_OF], cwd=empty, env=hostile), wanted, f"this system: {name}")
        checks.that(run([*before, inside, "catalog", "verify", "/" + str((unpacked / "catalog.tqc").relative_to(empty))])[0] == 0, "catalog.tqc")
        link = pathlib.Path(temporary) / "tq"
        link.symlink_to(unpacked / "tourniquet")
        checks.same(run([link, "--version"]), run([NATIVE, "--version"]), "through a link")
        checks.that(run([*before, inside, "check"])[0] == 2, "wrong use is status 2")
        libraries_with_licences(unpacked, checks)
        size = sum(p.stat().st_size for p in unpacked.rglob("*") if p.is_file() and not p.is_symlink())
        print(f"{pathlib.Path(sys.argv[1]).stat().st_size // 1024} KiB packed, {size // 1024} KiB unpacked")
    checks.end()


main()
