#!/usr/bin/env python3
"""`fleet serve` as people use it: Debian's Chromium, driven by playwright-core, over a real server; skipped (77) where either is missing.

TQ_FLEET_STORE names the store of the overview (a million machines, when somebody made one); else the test makes one of 20,000.
TQ_PICTURES names a folder for the pictures of docs/images. The other server shows a fleet of attackers.
"""
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ["TQ_BINARY"]
HOSTILE = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(2)>", "'><svg/onload=alert(3)>", "\u202egpj.exe", "=cmd|' /C calc'!A0", "@SUM(1+1)", "+1", "-1",
    "\x1b[31mred\x07", "';DROP TABLE machines;--", "javascript:alert(4)", "%00%0d%0aSet-Cookie:x=1", "{{7*7}}${7*7}", "x" * 100_000, "\u2066a\u2069", "a\tb",
]


def skip(why):
    print("SKIPPED: " + why)
    sys.exit(77)


def install(folder):
    """playwright-core, at the version of the lock file, in a folder that outlives this run."""
    own = ROOT / "tests/dashboard"
    wanted = (own / "package-lock.json").read_bytes()
    stamp = folder / "installed.json"
    if not (stamp.exists() and stamp.read_bytes() == wanted):
        if shutil.which("npm") is None or shutil.which("node") is None:
            skip("npm or node is not installed")
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(own / name, folder)
        done = subprocess.run(["npm", "ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund"], cwd=folder, capture_output=True, text=True)
        if done.returncode != 0:
            skip("npm could not install playwright-core: " + done.stderr.strip()[-300:])
        stamp.write_bytes(wanted)
    shutil.copy(own / "drive.mjs", folder)


def run(*command):
    done = subprocess.run([PROGRAM, *map(str, command)], capture_output=True, text=True)
    if done.returncode not in (0, 4):
        sys.exit(f"{command}: status {done.returncode}: {done.stderr}")


def quoted(text):
    return '"' + text.replace('"', '""') + '"'


def make_fleet(folder, machines):
    """Machines of 40 sites, some kept well and some left alone, by the versions of their kernels: what a fleet of an old Windows looks like."""
    kernels = ["", "6.0.6002.18005", "6.0.6002.19623", "6.0.6003.20484", "6.0.6003.20749", "6.0.6003.20999", "6.0.6003.21218", "6.0.6003.21481",
               "6.0.6003.22070", "6.0.6003.22668", "6.0.6003.23220", "6.0.6003.23666"]
    draw = random.Random(6003)
    with open(folder / "fleet.csv", "w", encoding="utf-8") as out:
        out.write("name,os,version,arch,site,kernel,hotfixes,owner\n")
        for n in range(machines):
            site = int(40 * draw.random() ** 2)
            kernel = kernels[min(len(kernels) - 1, int(draw.triangular(0, len(kernels), 3 + site * 7 % 9)))]
            # One in three hundred says 6003 and has the kernel of a 6002.
            build = 6003 if "6003" in kernel or draw.random() < 0.003 else 6002
            out.write(f"PLC-{n:05},Windows Server 2008 Standard,6.0.{build} Service Pack 2 Build {build},x64,Plant {site + 1:02},{kernel},KB955430 KB968930,Ward {n % 7}\n")
    run("fleet", "import", "--quiet", "--as-of", "2026-11-20", "--store", folder / "fleet.tqdb", folder / "fleet.csv")
    return folder / "fleet.tqdb"


def make_hostile(folder):
    with open(folder / "hostile.csv", "w", encoding="utf-8", newline="") as out:
        out.write("name,os,version,site,hotfixes,note\n")
        for name in HOSTILE:
            out.write(f"{quoted(name)},{quoted('Windows Server 2008 ' + name[:300])},6.0.6002 Service Pack 2,{quoted(name)},KB955430,{quoted(name[:500])}\n")
    # What cannot be read is shown with its name, too.
    unread = folder / "<b onclick=alert(5)>\u202e=1+1.txt"
    unread.write_text("no target")
    run("fleet", "import", "--quiet", "--as-of", "2026-11-20", "--store", folder / "hostile.tqdb", folder / "hostile.csv", unread)
    return folder / "hostile.tqdb"


class Server:
    def __init__(self, store):
        self.process = subprocess.Popen([PROGRAM, "fleet", "serve", str(store), "--listen", "127.0.0.1:0", "--quiet"], stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip().rstrip("/")
        if not self.url:
            skip("fleet serve did not start: libcpp-httplib0.11 is not installed") if self.process.wait() == 3 else sys.exit("fleet serve did not start")

    def end(self):
        self.process.terminate()
        status = self.process.wait(timeout=30)
        if status != 0:
            sys.exit(f"fleet serve ended with {status}")


def main():
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        skip("chromium is not installed")
    modules = pathlib.Path(PROGRAM).parent / "dashboard"
    install(modules)
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        given = os.environ.get("TQ_FLEET_STORE")
        store = pathlib.Path(given) if given else make_fleet(folder, 20_000)
        fleet, hostile = Server(store), Server(make_hostile(folder))
        plan = {"chromium": chromium, "url": fleet.url, "hostile": hostile.url, "pictures": os.environ.get("TQ_PICTURES", ""), "name": "plc-0001", "machine": 1,
                "slow": float(os.environ.get("TQ_SLOW", "1"))}
        (folder / "plan.json").write_text(json.dumps(plan))
        done = subprocess.run(["node", "drive.mjs", str(folder / "plan.json")], cwd=modules)
        fleet.end()
        hostile.end()
    sys.exit(done.returncode)


main()
