#!/usr/bin/env python3
"""Tests of ./tourniquet with stand-ins for dpkg-query, apt-get, cmake and sudo: nothing is installed or built here."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Programs of the system the scripts use; everything else they call is a stand-in or absent.
REAL = ("bash", "cat", "env", "flock", "grep", "mkdir", "tail", "readlink")

DPKG = 'shift 2; for p; do [[ -e $FAKE/installed/$p || -e $FAKE/all ]] && echo "installed $p"; done; exit 0'
APT = (
    'echo "apt-get $*" >>"$FAKE/calls"; [[ -e $FAKE/offline ]] && { echo "Could not resolve deb.debian.org" >&2; exit 100; }\n'
    'if [[ " $* " == *" install "* ]]; then for p; do : >"$FAKE/installed/$p"; done; fi; exit 0'
)
CMAKE = (
    'echo "cmake $*" >>"$FAKE/calls"; [[ -e $FAKE/broken ]] && { echo "x.cpp:7: error: broken"; exit 1; }\n'
    "[[ $1 == --build ]] || exit 0\n"
    'mkdir -p build/release; printf \'#!/bin/bash\\necho "ran:$#:$*"; exit 7\\n\' >build/release/tourniquet; chmod +x build/release/tourniquet'
)
SUDO = 'echo "sudo $*" >>"$FAKE/calls"; while [[ $1 == -* ]]; do shift; done; exec "$@"'


class Launcher(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.fake = pathlib.Path(folder.name) / "fake"
        self.repo = pathlib.Path(folder.name) / "a folder"
        (self.fake / "installed").mkdir(parents=True)
        (self.fake / "bin").mkdir()
        (self.repo / "tools").mkdir(parents=True)
        shutil.copy(ROOT / "tourniquet", self.repo)
        shutil.copy(ROOT / "tools/setup.bash", self.repo / "tools")
        for name in REAL:
            (self.fake / "bin" / name).symlink_to(shutil.which(name))
        for name, text in (("dpkg-query", DPKG), ("apt-get", APT), ("cmake", CMAKE), ("sudo", SUDO)):
            self.program(name, text)
        (self.fake / "bin/chmod").symlink_to(shutil.which("chmod"))

    def program(self, name, text):
        path = self.fake / "bin" / name
        path.write_text("#!/bin/bash\n" + text + "\n", encoding="utf-8")
        path.chmod(0o755)

    def run_it(self, *arguments, cwd="/"):
        environment = {"PATH": str(self.fake / "bin"), "FAKE": str(self.fake), "HOME": "/nonexistent"}
        return subprocess.run([str(self.repo / "tourniquet"), *arguments], env=environment, cwd=cwd, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)

    def calls(self):
        path = self.fake / "calls"
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []

    def touch(self, name):
        (self.fake / name).touch()

    def test_missing_packages_are_listed_installed_and_then_it_builds_and_runs(self):
        (self.fake / "installed/cmake").touch()
        result = self.run_it("check", "a b", "--yes")
        self.assertEqual((result.returncode, result.stdout), (7, "ran:3:check a b --yes\n"))
        listed = next(line for line in result.stderr.splitlines() if "missing Debian packages" in line)
        self.assertIn("ninja-build", listed)
        self.assertNotIn(" cmake", listed)
        calls = self.calls()
        self.assertEqual([c for c in calls if c.startswith("apt-get")],
                         ["apt-get -q update", next(c for c in calls if "install -y" in c)])
        self.assertEqual(any(c.startswith("sudo") for c in calls), os.geteuid() != 0)

    def test_the_second_call_starts_at_once(self):
        self.touch("all")
        self.run_it("check")
        before = self.calls()
        result = self.run_it("--yes", "explain", "6003")
        self.assertEqual((result.returncode, result.stdout, result.stderr), (7, "ran:2:explain 6003\n", ""))
        self.assertEqual(self.calls(), before)

    def test_only_leading_options_are_the_launchers(self):
        self.touch("all")
        self.assertEqual(self.run_it("--yes", "--yes", "x", "--rebuild").stdout, "ran:2:x --rebuild\n")
        self.assertEqual(self.run_it("").stdout, "ran:1:\n")

    def test_rebuild_builds_again(self):
        self.touch("all")
        self.run_it("check")
        before = len(self.calls())
        result = self.run_it("--rebuild")
        self.assertEqual((result.returncode, result.stdout), (0, ""))
        self.assertEqual(len(self.calls()), before + 2)

    def test_a_program_whose_build_was_cut_off_is_not_run(self):
        self.touch("all")
        self.run_it("check")
        (self.repo / "build/release/.complete").unlink()
        before = len(self.calls())
        self.assertEqual(self.run_it("x").stdout, "ran:1:x\n")
        self.assertGreater(len(self.calls()), before)

    def test_offline_says_what_to_install_and_how_to_build(self):
        self.touch("offline")
        result = self.run_it("check")
        self.assertEqual((result.returncode, result.stdout), (6, ""))
        for part in ("Could not resolve", "could not install", "libfmt-dev", "cmake --preset release", "cmake --build --preset release"):
            self.assertIn(part, result.stderr)

    def test_off_debian_says_what_to_install(self):
        for name in ("dpkg-query", "apt-get", "cmake"):
            (self.fake / "bin" / name).unlink()
        result = self.run_it("check")
        self.assertEqual((result.returncode, result.stdout), (6, ""))
        self.assertIn("not Debian", result.stderr)
        self.assertIn("libfmt-dev", result.stderr)

    def test_a_broken_build_shows_the_error_and_leaves_no_stamp(self):
        self.touch("all")
        self.touch("broken")
        result = self.run_it("check")
        self.assertEqual((result.returncode, result.stdout), (6, ""))
        self.assertIn("x.cpp:7: error: broken", result.stderr)
        self.assertIn("build/release.log", result.stderr)
        self.assertFalse((self.repo / "build/release/.complete").exists())

    def test_through_a_link_and_from_any_folder(self):
        self.touch("all")
        link = self.fake / "bin/tq"
        link.symlink_to(self.repo / "tourniquet")
        environment = {"PATH": str(self.fake / "bin"), "FAKE": str(self.fake)}
        result = subprocess.run(["tq", "x"], env=environment, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
                                executable=str(link))
        self.assertEqual(result.stdout, "ran:1:x\n")


if __name__ == "__main__":
    unittest.main()
