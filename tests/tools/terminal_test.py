#!/usr/bin/env python3
"""The program as a person sees it: through a pseudo-terminal, a pipe, a file; colour, progress, --quiet, -o, exit status."""
import fcntl
import os
import pathlib
import pty
import re
import select
import signal
import struct
import subprocess
import tempfile
import termios
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ["TQ_BINARY"]
TARGET = str(ROOT / "examples" / "server2008-contradicted")
DAY = ["--as-of", "2026-11-20"]
ESCAPE = b"\x1b"


def environment(**more):
    clean = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TERM", "COLUMNS")}
    return {**clean, "TERM": "xterm", **more}


def on_terminal(arguments, env=None, out_to=None, timeout=60):
    """(exit status, what the terminal showed); standard output goes to `out_to` when given, all else to the terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    child = subprocess.Popen([PROGRAM, *arguments], stdin=theirs, stdout=out_to or theirs, stderr=theirs, env=env or environment(), close_fds=True)
    os.close(theirs)
    shown, until = b"", time.monotonic() + timeout
    while time.monotonic() < until:
        ready, _, _ = select.select([ours], [], [], 0.2)
        if not ready:
            continue
        try:
            piece = os.read(ours, 65536)
        except OSError:  # the last holder of the other side is gone
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    return child.wait(timeout), shown


class Terminal(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_colour_on_a_terminal(self):
        status, shown = on_terminal(["check", *DAY, TARGET])
        self.assertEqual(status, 1)
        self.assertIn(ESCAPE + b"[1;31m", shown)
        self.assertIn(b"contradicted", shown)

    def test_no_colour_when_asked(self):
        for env, more in (
            (environment(NO_COLOR="1"), []),
            (environment(), ["--color", "never"]),
        ):
            self.assertNotIn(ESCAPE, on_terminal(["check", *DAY, *more, TARGET], env)[1])
        # An empty NO_COLOR is none (no-color.org).
        self.assertIn(ESCAPE, on_terminal(["check", *DAY, TARGET], environment(NO_COLOR=""))[1])
        self.assertIn(ESCAPE, on_terminal(["check", *DAY, "--color", "always", TARGET], environment(NO_COLOR="1"))[1])

    def test_same_words_with_and_without_colour(self):
        plain = subprocess.run([PROGRAM, "check", *DAY, TARGET], capture_output=True).stdout
        shown = on_terminal(["check", *DAY, TARGET])[1].replace(b"\r\n", b"\n")
        self.assertEqual(re.sub(rb"\x1b\[[0-9;]*m", b"", shown), plain)
        self.assertNotIn(ESCAPE, plain)

    def test_output_to_a_file_has_no_colour_and_leaves_the_terminal_clean(self):
        path = self.folder / "report.txt"
        status, shown = on_terminal(["check", *DAY, "-o", str(path), TARGET])
        self.assertEqual((status, shown), (1, b""))
        self.assertNotIn(ESCAPE, path.read_bytes())
        self.assertEqual(path.stat().st_mode & 0o111, 0)
        self.assertEqual([p.name for p in self.folder.iterdir()], ["report.txt"])  # no temporary file is left

    def test_pipe_has_no_colour_even_from_a_terminal(self):
        with open(self.folder / "out", "wb") as out:
            on_terminal(["check", *DAY, TARGET], out_to=out)
        self.assertNotIn(ESCAPE, (self.folder / "out").read_bytes())

    def late_input(self, arguments, seconds):
        """Runs with standard error on a terminal and a standard input that ends after `seconds`."""
        ours, theirs = pty.openpty()
        text = (ROOT / "examples" / "systeminfo-6003.txt").read_bytes()
        child = subprocess.Popen([PROGRAM, *arguments, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=theirs, env=environment())
        os.close(theirs)
        child.stdin.write(text)
        child.stdin.flush()
        time.sleep(seconds)
        out, _ = child.communicate()
        shown = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:
                break
            if not piece:
                break
            shown += piece
        os.close(ours)
        return child.returncode, out, shown

    def test_progress_after_a_second_and_gone_at_the_end(self):
        status, out, shown = self.late_input(["check", *DAY, "--format", "json"], 2.2)
        self.assertIn(status, (0, 1, 4))
        self.assertIn(b"MiB read", shown)
        self.assertTrue(shown.endswith(b"\r\x1b[K"), shown[-60:])
        self.assertNotIn(b"\n", shown)  # one line, written over again and again
        self.assertNotIn(b"MiB read", out)

    def test_no_progress_when_quiet_or_at_once(self):
        self.assertEqual(self.late_input(["check", *DAY, "--quiet", "--format", "json"], 2.2)[2], b"")
        self.assertEqual(self.late_input(["check", *DAY, "--format", "json"], 0)[2], b"")

    def test_no_progress_where_standard_error_is_no_terminal(self):
        text = (ROOT / "examples" / "systeminfo-6003.txt").read_bytes()
        child = subprocess.Popen([PROGRAM, "check", *DAY, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(1.6)
        _, errors = child.communicate(text)
        self.assertEqual(errors, b"")

    def test_quiet_still_tells_errors(self):
        status, shown = on_terminal(["check", "--quiet", str(self.folder / "none")])
        self.assertEqual(status, 3)
        self.assertIn(b"tourniquet:", shown)

    def test_a_reader_that_goes_away_is_no_crash(self):
        child = subprocess.Popen([PROGRAM, "check", *DAY, "--format", "json", TARGET], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        child.stdout.close()
        errors = child.stderr.read()
        child.stderr.close()
        self.assertIn(child.wait(60), (6, -signal.SIGPIPE), errors)
        self.assertNotIn(b"terminate", errors)

    def test_full_disk_is_an_error(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([PROGRAM, "check", *DAY, TARGET], stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 6)
        self.assertIn(b"standard output", done.stderr)

    def test_full_disk_is_an_error_in_the_middle_of_a_long_answer_too(self):
        rows, store = self.folder / "rows.csv", self.folder / "fleet.tqdb"
        rows.write_text("name,version\n" + "".join(f"M{n},6.0.6003\n" for n in range(1000)))
        subprocess.run([PROGRAM, "fleet", "import", str(rows), "--store", str(store), "--quiet"], check=True, stdout=subprocess.DEVNULL)
        with open("/dev/full", "wb") as full:
            done = subprocess.run([PROGRAM, "fleet", "query", "machines", "--format", "csv", "--store", str(store)], stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 6)
        self.assertIn(b"standard output", done.stderr)

    def test_hostile_name_reaches_the_terminal_tamed(self):
        target = self.folder / "a\x1b]0;owned\x07\x1b[2J\u202e"
        target.write_bytes(b"nothing known")
        status, shown = on_terminal(["check", str(target)], environment(NO_COLOR="1"))
        self.assertEqual(status, 3)
        self.assertNotIn(ESCAPE, shown)
        self.assertNotIn(b"\x07", shown)

    def test_exit_statuses(self):
        for expected, arguments in (
            (0, ["--version"]),
            (0, ["--help"]),
            (0, ["check", "--fail-on", "never", *DAY, str(ROOT / "examples" / "server2008-contradicted"), "-o", "/dev/null"]),
            (1, ["check", *DAY, TARGET]),
            (2, ["check"]),
            (2, ["check", "--format", "nonsense", TARGET]),
            (2, ["nonsense"]),
            (2, ["check", *DAY, "-o", TARGET + "/report.txt", TARGET]),
            (3, ["check", "/dev/null"]),
            (5, ["check", "--catalog", TARGET + "/none", TARGET]),
            (5, ["check", "--max-age", "1", "--as-of", "2030-01-01", TARGET]),
            (6, ["check", *DAY, "-o", "/nonexistent/report.txt", TARGET]),
        ):
            with self.subTest(arguments=arguments):
                self.assertEqual(on_terminal(arguments)[0], expected)


if __name__ == "__main__":
    unittest.main()
