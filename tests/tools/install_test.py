#!/usr/bin/env python3
"""Installation from a build folder: install_test.py BUILD. Every command has a manual page without warnings, completions are accepted by
their shells (those that are here), the catalog file is whole. The fast part of the tests of the packages."""
import gzip
import pathlib
import re
import shutil
import sys
import tempfile

from packaged import NATIVE, Checks, run

SHELLS = {"bash": ("bash-completion/completions/tourniquet", ["bash", "-n"]), "zsh": ("zsh/vendor-completions/_tourniquet", ["zsh", "-n"]),
          "fish": ("fish/vendor_completions.d/tourniquet.fish", ["fish", "--no-execute"])}


def check_pages(share, checks):
    commands = re.findall(r"^  (\w+) ", run([NATIVE, "--help"])[1].decode(), re.M)
    checks.that(len(commands) >= 8, f"the help lists its commands: {commands}")
    for name in ["tourniquet", *("tourniquet-" + c for c in commands)]:
        page = share / f"man/man1/{name}.1.gz"
        checks.that(page.exists(), f"no manual page {name}")
        if not page.exists():
            continue
        text = gzip.decompress(page.read_bytes()).decode()
        checks.that(all(part in text for part in (".TH ", ".SH NAME", ".SH SYNOPSIS", ".SH EXIT STATUS")), f"{name}: a part is missing")
        checks.that(page.read_bytes()[4:8] == bytes(4), f"{name}: the packed page holds the time of its making")
        if shutil.which("groff"):
            with tempfile.NamedTemporaryFile(suffix=".1") as unpacked:
                unpacked.write(text.encode())
                unpacked.flush()
                warnings = run(["groff", "-man", "-Tutf8", "-ww", "-z", unpacked.name])[2].decode()
            checks.that(not warnings, f"{name}: {warnings[-300:]}")


def check_completions(share, checks):
    for shell, (path, command) in SHELLS.items():
        checks.that((share / path).stat().st_size > 0, f"no completion for {shell}")
        if shutil.which(shell):
            status, _, err = run([*command, share / path])
            checks.that(status == 0, f"{shell} refuses its completion: {err.decode()[-300:]}")
    script = f'. "{share / SHELLS["bash"][0]}"; COMP_WORDS=(tourniquet check --form); COMP_CWORD=2; _tourniquet; echo "${{COMPREPLY[@]}}"'
    checks.that(run(["bash", "-c", script])[1].decode().split() == ["--format"], "bash completes --form")


def main():
    checks = Checks()
    with tempfile.TemporaryDirectory() as prefix:
        status, out, err = run(["cmake", "--install", sys.argv[1], "--prefix", prefix])
        checks.that(status == 0, (out + err).decode()[-500:])
        share = pathlib.Path(prefix) / "share"
        check_pages(share, checks)
        check_completions(share, checks)
        checks.that(run([NATIVE, "catalog", "verify", share / "tourniquet/catalog.tqc"])[0] == 0, "the catalog file is whole")
        for path in ("copyright", "changelog.Debian.gz", "evidence.md", "jobs/air_gap.md", "examples/systeminfo-6003.txt"):
            checks.that((share / "doc/tourniquet" / path).exists(), f"share/doc/tourniquet/{path}")
    checks.end()


main()
