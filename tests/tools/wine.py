"""Wine with a profile of its own, kept in TQ_BUILD/wine between runs: making one takes seconds, and it is never the user's."""
import os
import shutil
import subprocess
import tempfile

from packaged import BUILD, skip


class Wine:
    def __init__(self):
        if shutil.which("wine") is None:
            skip("wine is not installed")
        self.prefix = BUILD / "wine"
        self.prefix.parent.mkdir(parents=True, exist_ok=True)
        self.environment = {name: value for name, value in os.environ.items() if name != "DISPLAY" and not name.startswith("TQ_")}
        self.environment |= {"WINEPREFIX": str(self.prefix), "WINEDEBUG": "-all", "WINEDLLOVERRIDES": "mscoree,mshtml,winemenubuilder.exe=",
                             "LC_ALL": "C.UTF-8"}

    def __enter__(self):
        # The server stays for the whole run: starting it anew for every program costs half a second each. It keeps what it inherits,
        # so it gets no pipe that somebody would wait for.
        subprocess.run(["wineserver", "-p"], env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        if not (self.prefix / "system.reg").exists():
            started = subprocess.run(["timeout", "300", "wineboot", "-i"], env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
            if started.returncode != 0:
                skip(f"wine does not start here: wineboot ends with {started.returncode}")
        return self

    def __exit__(self, *_):
        subprocess.run(["wineserver", "-k"], env=self.environment, capture_output=True, check=False)

    def run(self, program, *arguments, cwd=None, answers=b""):
        """(status, stdout, stderr) of a Windows program that reads `answers`. Through files: Wine's services, which outlive the program, inherit what it
        writes to, and the end of a pipe would never come."""
        command = ["timeout", "300", "wine", str(program), *(str(a) for a in arguments)]
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            given.write(answers)
            given.seek(0)
            # Wine's cmd waits for ever at the end of an empty file; /dev/null ends at once.
            read = given if answers else subprocess.DEVNULL
            status = subprocess.run(command, cwd=cwd, env=self.environment, stdin=read, stdout=out, stderr=err, check=False).returncode
            out.seek(0)
            err.seek(0)
            return status, out.read(), err.read()

    @property
    def drive(self):
        """The folder behind C:."""
        return self.prefix / "drive_c"
