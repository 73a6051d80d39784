#!/usr/bin/env python3
"""The pages for people are true: every command they show is run, every option and every file they name is there.

Commands are the lines "$ ..." of ```console blocks, run in order, page by page, in a folder where the names the page uses are examples. One must
end as an answered one: 0, 1 or 4. A command for a cluster or a server of databases is run by the test that has one (ELSEWHERE)."""
import datetime
import glob
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

from packaged import NATIVE, ROOT, Checks, run

PAGES = [ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md")] + sorted((ROOT / "docs").rglob("*.md"))
# Targets are told by their content, so that a name from a page can stand for an example.
NAMES = {"disk.qcow2": "server2008-6002", "disk.vhdx": "server2008-6002", "tourniquet-SCANNER": "server2008-contradicted",
         "D:/collected/A": "server2008-6002", "D:/collected/B": "server2008-6003-patched", "texts.zip": "systeminfo-6003.txt"}
ELSEWHERE = {"sbatch data/jobs/fleet.sbatch": "fleet_slurm_test.py", "createdb": "fleet_stores_test.py", "--store postgresql:": "fleet_stores_test.py"}
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
SPAN = re.compile(r"`([^`\n]+)`")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]+")
ROOMS = r"(?:src|docs|tests|tools|data|bench|fuzz|packaging|cmake|examples)/"
CVRF = """<?xml version="1.0" encoding="utf-8"?>
<cvrf:cvrfdoc xmlns:cvrf="http://www.icasi.org/CVRF/schema/cvrf/1.1" xmlns:prod="http://www.icasi.org/CVRF/schema/prod/1.1" xmlns:vuln="http://www.icasi.org/CVRF/schema/vuln/1.1">
 <cvrf:DocumentTracking><cvrf:CurrentReleaseDate>2026-10-13T07:00:00Z</cvrf:CurrentReleaseDate><cvrf:InitialReleaseDate>2026-10-13T07:00:00Z</cvrf:InitialReleaseDate></cvrf:DocumentTracking>
 <prod:ProductTree><prod:FullProductName ProductID="1">Windows 10 Version 1809 for x64-based Systems</prod:FullProductName></prod:ProductTree>
</cvrf:cvrfdoc>
"""
WESNG = ('"DatePosted","CVE","BulletinKB","Title","AffectedProduct","AffectedComponent","Severity","Impact","Supersedes","Exploits"\r\n'
         '"DAY","CVE-2026-40001","5099001","A title","Windows 10 Version 1809 for x64-based Systems","Kernel","Important","Spoofing","",""\r\n')


def stand_ins(folder):
    """What the pages take as given: machines, lists, feeds, stores of other computers."""
    for name, example in NAMES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        run(["cp", "-r", ROOT / "examples" / example, folder / name])
    (folder / "inventory.csv").write_text("name,product,version,hotfixes\nA-1,Windows Server 2008 Standard,6.0.6002,KB4493730\n", encoding="utf-8")
    (folder / "files.csv").write_text("kb,file,arch,branch,version,source\n4493471,win32k.sys,x64,ldr,6.0.6003.20489,a page\n", encoding="utf-8")
    (folder / "known_exploited.csv").write_text("cveID,dateAdded,knownRansomwareCampaignUse\nCVE-2019-0708,2021-11-03,Known\n", encoding="utf-8")
    with zipfile.ZipFile(folder / "definitions.zip", "w") as packed:
        packed.writestr("CVEs_20260928.csv", WESNG.replace("DAY", (datetime.date.today() - datetime.timedelta(30)).strftime("%Y%m%d")))
    (folder / "msrc_cvrf").mkdir()
    (folder / "msrc_cvrf/2026-Oct.xml").write_text(CVRF, encoding="utf-8")
    run([NATIVE, "catalog", "update", "--from", folder / "files.csv", "-o", folder / "windows.tqc"])
    (folder / "srv/stores").mkdir(parents=True)
    for n in (1, 2):
        run([NATIVE, "fleet", "import", folder / "inventory.csv", "--store", folder / f"srv/stores/shard-{n}.tqdb"])
    (folder / "bin").mkdir()
    (folder / "bin/tourniquet").symlink_to(NATIVE)


def run_page(page, text, checks):
    blocks = BLOCK.findall(text)
    for kind, block in blocks:
        # The README's are the launcher's, which has a test of its own.
        shown = page.name != "README.md" and any(line.startswith("tourniquet ") for line in block.splitlines())
        checks.that(kind == "console" or not shown, f"{page.name}: a block with commands is not marked as ```console")
    commands = [line for kind, block in blocks if kind == "console" for line in block.splitlines()]
    if not commands:
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        stand_ins(folder)
        table = next((block for kind, block in blocks if not kind and block.startswith("kb,status,")), None)
        if table:
            (folder / "approvals.csv").write_text(table, encoding="utf-8")
        for line in commands:
            checks.that(line.startswith("$ "), f"{page.name}: not a command: {line}")
            if other := next((test for what, test in ELSEWHERE.items() if what in line), None):
                checks.that((ROOT / "tests/tools" / other).exists(), f"{page.name}: {line}: {other} is not there")
                continue
            status, _, err = run(["bash", "-c", line[2:].replace("/srv/", f"{folder}/srv/")], cwd=folder,
                                 env=os.environ | {"PATH": f"{folder}/bin:{os.environ['PATH']}"})
            checks.that(status in (0, 1, 4), f"{page.name}: {line}: status {status}: {err.decode()[-300:]}")
    return len(commands)


def options():
    """Every option of every command, of the launcher and of the scripts that pages name."""
    known = set()
    scripts = [[sys.executable, path] for path in (*(ROOT / "bench").glob("*.py"), ROOT / "bench/compare", *(ROOT / "tests/lanes").glob("measure*.py"),
                                                   ROOT / "tools/mutation_check.py", ROOT / "fuzz/run")]
    top = run([NATIVE, "--help"])[1].decode()
    commands = re.findall(r"^  ([a-z0-9]+) {2,}\S", top, re.M)
    for command in [[], *([c] for c in commands)]:
        known |= set(OPTION.findall(run([NATIVE, *command, "--help"])[1].decode()))
    for script in scripts:
        known |= set(OPTION.findall(script[1].read_text(encoding="utf-8")))
    for launcher in (ROOT / "tourniquet", ROOT / "test"):
        known |= set(OPTION.findall(launcher.read_text(encoding="utf-8")))
    return known, commands


def check_names(page, text, known, commands, checks):
    for span in SPAN.findall(text):
        ours = span.startswith(("--", "tourniquet ", "./tourniquet ", "./test", "fuzz/", "bench/", "tools/", "tests/"))
        for option in OPTION.findall(span) if ours else ():
            checks.that(option in known, f"{page.name}: `{span}`: nothing here has {option}")
        if found := re.match(r"(?:\./)?tourniquet ([a-z0-9]+)\b", span):
            checks.that(found[1] in commands, f"{page.name}: `{span}`: no such command")
        for path in re.findall(rf"^{ROOMS}[\w./*-]*", span):
            if not re.search(r"[<{]|something", span):
                checks.that(glob.glob(path.rstrip("/."), root_dir=ROOT, recursive=True), f"{page.name}: `{span}` is not there")


def main():
    checks = Checks()
    known, commands = options()
    checks.that(len(commands) >= 10, f"only {commands} were found in the help")
    ran = 0
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        ran += run_page(page, text, checks)
        check_names(page, BLOCK.sub("", text), known, commands, checks)
    checks.that(ran >= 25, f"only {ran} commands were found")
    checks.end()


if __name__ == "__main__":
    sys.exit(main())
