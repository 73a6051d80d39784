#!/usr/bin/env python3
"""Progress of long reads: on a terminal, never in a pipe, never with --quiet; statistics by room beside it."""
import os
import pathlib
import pty
import subprocess
import sys
import tempfile
import time
import unittest

BINARY = os.environ.get("TQ_BINARY")
LONG = 2.0  # seconds: progress is shown after one
LARGEST = 64 << 30  # bytes; the images are sparse


def on_a_terminal(*args):
    """Standard error of a run with a terminal at that end, and its exit status."""
    ours, theirs = pty.openpty()
    run = subprocess.Popen([BINARY, *args], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    said = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        said += part
    os.close(ours)
    return run.wait(), said.decode()


class Progress(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.image = pathlib.Path(cls.folder.name) / "disk.img"
        size = 512 << 20
        while True:  # as large as this machine needs to be busy with its digest for a while
            cls.write(size)
            start = time.monotonic()
            cls.piped = subprocess.run([BINARY, "inspect", str(cls.image)], capture_output=True, text=True)
            if time.monotonic() - start > LONG or size >= LARGEST:
                break
            size *= 2

    @classmethod
    def write(cls, size):
        with cls.image.open("wb") as f:
            f.truncate(size)
            f.seek(510)
            f.write(b"\x55\xaa")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_a_terminal_sees_it_and_is_left_clean(self):
        size = self.image.stat().st_size
        status, said = on_a_terminal("inspect", str(self.image))
        while not said and size < LARGEST:  # this time the machine was quicker than when the size was chosen
            size *= 2
            self.write(size)
            status, said = on_a_terminal("inspect", str(self.image))
        self.assertEqual(status, 0)
        self.assertRegex(said, r"tourniquet: .*disk\.img: \d+ MiB read")
        self.assertTrue(said.endswith("\r\x1b[K"), repr(said[-40:]))

    def test_quiet_says_nothing(self):
        self.assertEqual(on_a_terminal("inspect", "--quiet", str(self.image)), (0, ""))

    def test_a_pipe_gets_nothing(self):
        self.assertEqual((self.piped.returncode, self.piped.stderr), (0, ""))

    def test_statistics_name_every_room(self):
        run = subprocess.run([BINARY, "check", "--stats", str(self.image)], capture_output=True, text=True)
        for room in ("io", "image", "volume", "fs"):
            self.assertRegex(run.stderr, rf"\b{room} \d+ ")


if __name__ == "__main__":
    if not BINARY:
        print("SKIPPED: TQ_BINARY names no program")
        sys.exit(77)
    unittest.main()
