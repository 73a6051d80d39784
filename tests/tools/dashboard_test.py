#!/usr/bin/env python3
"""`fleet serve` as people use it: Debian's Chromium, driven by playwright-core, over a real server; skipped (77) where either is missing.

TQ_FLEET_STORE names the store of the overview (a million machines, when somebody made one); else the test makes one of 20,000.
TQ_PICTURES names a folder for the pictures of docs/images. The other server shows a fleet of attackers.
"""
import csv
import io
import json
import os
import pathlib
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.request
import zipfile

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


def run(folder, *command):
    """In the folder, so that no path of this machine gets into the pictures."""
    done = subprocess.run([PROGRAM, *map(str, command)], capture_output=True, text=True, cwd=folder)
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
    run(folder, "fleet", "import", "--quiet", "--as-of", "2026-11-20", "--store", "fleet.tqdb", "fleet.csv")
    return folder / "fleet.tqdb"


def make_hostile(folder):
    with open(folder / "hostile.csv", "w", encoding="utf-8", newline="") as out:
        out.write("name,os,version,site,hotfixes,note\n")
        for name in HOSTILE:
            out.write(f"{quoted(name)},{quoted('Windows Server 2008 ' + name[:300])},6.0.6002 Service Pack 2,{quoted(name)},KB955430,{quoted(name[:500])}\n")
    # What cannot be read is shown with its name, too.
    unread = folder / "<b onclick=alert(5)>\u202e=1+1.txt"
    unread.write_text("no target")
    run(folder, "fleet", "import", "--quiet", "--as-of", "2026-11-20", "--store", "hostile.tqdb", "hostile.csv", unread.name)
    return folder / "hostile.tqdb"


def make_real(folder):
    """The real fleet, when the samples are here: None without them."""
    corpus = os.environ.get("TQ_CORPUS")
    archive = pathlib.Path(corpus or folder) / "inventory/vanilla_fleet_systeminfo.zip"
    if not archive.exists():
        print("SKIPPED: TQ_CORPUS is not set: the real fleet is left out")
        return None
    run(folder, "fleet", "import", "--quiet", "--as-of", "2026-11-20", "--store", "real.tqdb", archive)
    return folder / "real.tqdb"


def fetch(url):
    with urllib.request.urlopen(url, timeout=60) as answer:
        return answer.read().decode()


def check_real(store):
    """Every machine of the archive has its page, and the file has the build that the table of truths gives."""
    server = Server(store)
    rows = list(csv.DictReader(io.StringIO(fetch(server.url + "/machines.csv"))))
    with zipfile.ZipFile(pathlib.Path(os.environ["TQ_CORPUS"]) / "inventory/vanilla_fleet_systeminfo.zip") as archive:
        truths = {row[0]: row[1] for row in list(csv.reader(io.TextIOWrapper(archive.open("GROUND_TRUTH.csv"), "utf-8")))[1:]}
    right = sum(truths.get(row["target"].split(".zip//")[1]) == row["version"] for row in rows)
    pages = sum("class=\"verdict" in fetch(f"{server.url}/machine/{n}") for n in range(1, len(rows) + 1))
    server.end()
    print(f"{'ok' if right == pages == len(truths) else 'FAILED'}: the real fleet: {len(rows)} machines, {right} builds right, {pages} pages")
    return right == pages == len(truths)


def first_line(url, head):
    """What a server answers to bytes as they are; empty when it says nothing."""
    host, port = url.split("//")[1].split("/")[0].split(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(head.replace("HOST", f"{host}:{port}").encode())
        try:
            return connection.recv(65536).split(b"\r\n")[0].decode()
        except ConnectionError:
            return ""


def check_guard(folder, store):
    """Who may look, with real sockets."""
    refused = subprocess.run([PROGRAM, "fleet", "serve", str(store), "--listen", "0.0.0.0:0"], capture_output=True, text=True)
    (folder / "token").write_text("0123456789abcdef0123456789abcdef\n")
    open_to_all = Server(store, "--listen", "127.0.0.1:0")
    guarded = Server(store, "--listen", "127.0.0.1:0", "--token-file", str(folder / "token"))
    get = "GET / HTTP/1.1\r\nHost: HOST\r\n"
    cases = [
        ("another address asks for a word about encryption", str(refused.returncode), "2"),
        ("loopback is open", first_line(open_to_all.url, get + "\r\n"), "200"),
        ("another name is refused", first_line(open_to_all.url, "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"), "421"),
        ("two names are refused", first_line(open_to_all.url, get + "Host: HOST\r\n\r\n"), "400"),
        ("writing is refused", first_line(open_to_all.url, "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 3\r\n\r\na=b"), "405"),
        ("a body is refused", first_line(open_to_all.url, get + "Content-Length: 3\r\n\r\na=b"), "400"),
        ("ranges are not served", first_line(open_to_all.url, get + "Range: bytes=" + "0-," * 1000 + "0-\r\n\r\n"), "200"),
        ("a long address is refused", first_line(open_to_all.url, "GET /" + "a" * 20000 + " HTTP/1.1\r\nHost: HOST\r\n\r\n"), "414"),
        ("ever more fields are cut off", first_line(open_to_all.url, get + "X: y\r\n" * 20000 + "\r\n"), ""),
        ("without the token nothing is seen", first_line(guarded.url, get + "\r\n"), "401"),
        ("with it, the fleet is", first_line(guarded.url, get + "Authorization: Bearer 0123456789abcdef0123456789abcdef\r\n\r\n"), "200"),
        ("it is still there", first_line(open_to_all.url, get + "\r\n"), "200"),
    ]
    for what, found, wanted in cases:
        good = wanted in found if wanted else "200" not in found
        print(f"{'ok' if good else 'FAILED'}: {what}" + ("" if good else f" ({found})"), flush=True)
    open_to_all.end()
    guarded.end()
    return all(wanted in found if wanted else "200" not in found for _, found, wanted in cases)


class Server:
    def __init__(self, store, *options):
        options = options or ("--listen", "127.0.0.1:0")
        self.process = subprocess.Popen([PROGRAM, "fleet", "serve", str(store), *options, "--quiet"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip().rstrip("/")
        if not self.url:
            why = self.process.stderr.read().strip()
            skip(why) if "libcpp-httplib" in why else sys.exit("fleet serve did not start: " + why)

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
        bad = make_hostile(folder)
        guarded = check_guard(folder, bad)
        fleet, hostile = Server(store), Server(bad)
        plan = {"chromium": chromium, "url": fleet.url, "hostile": hostile.url, "pictures": os.environ.get("TQ_PICTURES", ""), "name": "plc-0001", "machine": 1,
                "slow": float(os.environ.get("TQ_SLOW", "1"))}
        (folder / "plan.json").write_text(json.dumps(plan))
        done = subprocess.run(["node", "drive.mjs", str(folder / "plan.json")], cwd=modules)
        fleet.end()
        hostile.end()
        real = make_real(folder)
        good = guarded and (check_real(real) if real else True)
    sys.exit(done.returncode if good else 1)


main()
