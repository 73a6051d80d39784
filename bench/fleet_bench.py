#!/usr/bin/env python3
"""A fleet of generated machines through `tourniquet fleet`: fleet_bench.py PROGRAM [MACHINES ...] [--keep FOLDER] [--postgres]

For each number of machines (default 1000 10000 100000 1000000): half of them rows of a CSV, half systeminfo texts in a tar archive,
5,000 profiles. Prints a row with the time of the import, processor time, memory, size of the store and the time of the questions.
--postgres: the same fleets (default 1000 10000) into a PostgreSQL server of our own, too, with the ratio to the SQLite file.
"""
import argparse
import io
import os
import pathlib
import random
import resource
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests/tools"))
import postgres_server  # noqa: E402

PROFILES = 5000
KBS = [955430, 968930, 971512, 2117917, 2305420, 2393802, 2463332, 2503665, 2507618, 2532531, 2536276, 2620704, 2685939, 2698365, 2765809, 2840149,
       2862330, 2892074, 2957189, 3033889, 3055642, 3078601, 3109560, 3126587, 3146706, 4012598, 4018466, 4056564, 4073011, 4093224, 4474419, 4493730]
MONTHLY = [4458010, 4463097, 4467706, 4471325, 4480968, 4487023, 4489880, 4493471, 4499149, 4503273, 4507452, 4512476, 4516026, 4520002, 4525234, 4530695,
           4534303]
SITES = [f"Plant {n:03}" for n in range(200)]


def profiles():
    """Each profile: (product, architecture, version, updates), the same on every run."""
    random.seed(6003)
    made = []
    for n in range(PROFILES):
        server = n % 5 != 0
        arch = random.choice(["x64", "x86"])
        month = random.randrange(len(MONTHLY) + 1)
        build = 6003 if month >= 7 else 6002
        kbs = sorted(random.sample(KBS, random.randrange(6, len(KBS)))) + MONTHLY[:month]
        product = "Windows Server 2008 Standard" if server else "Windows Vista Business"
        made.append((product, arch, build, kbs))
    return made


def systeminfo(name, profile):
    product, arch, build, kbs = profile
    lines = [
        "", f"Host Name:                 {name}", f"OS Name:                   Microsoft {product}",
        f"OS Version:                6.0.{build} Service Pack 2 Build {build}", "OS Manufacturer:           Microsoft Corporation",
        "OS Configuration:          Standalone Server" if "Server" in product else "OS Configuration:          Standalone Workstation",
        "OS Build Type:             Multiprocessor Free", "Registered Owner:          Windows User",
        f"System Type:               {'x64' if arch == 'x64' else 'X86'}-based PC", f"Hotfix(s):                 {len(kbs)} Hotfix(s) Installed.",
    ]
    lines += [f"                           [{i:02}]: KB{kb}" for i, kb in enumerate(kbs, 1)]
    return "\r\n".join(lines + ["Network Card(s):           1 NIC(s) Installed.", ""]).encode()


def generate(folder, machines):
    made = profiles()
    order = random.Random(machines)
    half = machines // 2
    with open(folder / "fleet.csv", "w", encoding="utf-8", newline="") as out:
        out.write("name,os,version,arch,site,hotfixes\n")
        for n in range(half):
            product, arch, build, kbs = made[order.randrange(PROFILES)]
            out.write(f"PLC-{n:07},{product},6.0.{build} Service Pack 2 Build {build},{arch},{SITES[n % 200]},{' '.join(f'KB{k}' for k in kbs)}\n")
    parts = 0
    for first in range(0, machines - half, 250000):
        with tarfile.open(folder / f"texts{parts}.tar", "w") as tar:
            for n in range(first, min(first + 250000, machines - half)):
                text = systeminfo(f"HMI-{n:07}", made[order.randrange(PROFILES)])
                member = tarfile.TarInfo(f"site{n % 200:03}/HMI-{n:07}.txt")
                member.size = len(text)
                tar.addfile(member, io.BytesIO(text))
        parts += 1


def run(*command):
    """Wall seconds, processor seconds with the workers', the largest resident set in MB, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True)
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1, 4):
        raise SystemExit(f"{command}: status {done.returncode}: {done.stderr}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, after.ru_maxrss / 1024, done.stdout


def best(*command):
    return min(run(*command)[0] for _ in range(5)) * 1000


def overview(program, store):
    """Milliseconds from asking for the first page of the dashboard to its last byte, the best of five."""
    server = subprocess.Popen([program, "fleet", "serve", str(store), "--listen", "127.0.0.1:0", "--quiet"], stdout=subprocess.PIPE, text=True)
    url = server.stdout.readline().strip()
    times = []
    for _ in range(5):
        start = time.monotonic()
        with urllib.request.urlopen(url) as answer:
            answer.read()
        times.append(time.monotonic() - start)
    server.terminate()
    server.wait()
    return min(times) * 1000


def measure(program, folder, machines):
    generate(folder, machines)
    store = folder / "fleet.tqdb"
    inputs = sorted(str(p) for p in folder.iterdir() if p != store)
    wall, cpu, rss, _ = run(program, "fleet", "import", "--quiet", "--as-of", "2026-11-20", "--store", store, *inputs)
    again, _, _, _ = run(program, "fleet", "import", "--quiet", "--as-of", "2026-11-20", "--store", store, *inputs)
    rejudge, _, _, _ = run(program, "fleet", "rejudge", "--quiet", "--store", store)
    missing = best(program, "fleet", "query", "missing", "CVE-2019-0708", "--store", store)
    top = best(program, "fleet", "query", "top-cves", "--store", store)
    page = overview(program, store)
    size = store.stat().st_size / 1e6
    print(f"| {machines:>9,} | {wall:8.1f} | {cpu:8.1f} | {rss:6.0f} | {size:7.1f} | {again:6.1f} | {rejudge:6.1f} | {missing:6.1f} | {top:6.0f} | {page:6.0f} |", flush=True)


def compare(program, folder, machines, server):
    """Import, rejudge and two questions: seconds on the server, and how many times as long as with a file that is."""
    generate(folder, machines)
    inputs = sorted(str(p) for p in folder.iterdir() if p.suffix in (".csv", ".tar"))
    took = []
    for store in (folder / "fleet.tqdb", server.database(f"bench{machines}")):
        wall = run(program, "fleet", "import", "--quiet", "--as-of", "2026-11-20", "--store", store, *inputs)[0]
        rejudge = run(program, "fleet", "rejudge", "--quiet", "--store", store)[0]
        missing = best(program, "fleet", "query", "missing", "CVE-2019-0708", "--store", store) / 1000
        took.append((wall, rejudge, missing, best(program, "fleet", "query", "top-cves", "--store", store) / 1000))
    cells = [f"{there:.2f} ({there / here:.1f}x)" for here, there in zip(*took)]
    print(f"| {machines:>9,} | " + " | ".join(cells) + " |", flush=True)


def postgres(args):
    if postgres_server.binaries() is None:
        raise SystemExit("no PostgreSQL server (package postgresql)")
    print("|  machines | import s | rejudge s | missing s | top-cves s |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as temporary:
        base = pathlib.Path(temporary)
        base.chmod(0o755)
        (base / "server").mkdir()
        server = postgres_server.Server(base / "server")
        try:
            for machines in args.machines or [1000, 10000]:
                folder = base / str(machines)
                folder.mkdir()
                compare(args.program, folder, machines, server)
        finally:
            server.stop()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("machines", nargs="*", type=int)
    parser.add_argument("--keep", help="make the last fleet in this folder and leave it there")
    parser.add_argument("--postgres", action="store_true", help="compare a PostgreSQL server with a file")
    args = parser.parse_intermixed_args()
    if args.postgres:
        postgres(args)
        return
    print("|  machines | import s |    CPU s | RSS MB | store MB | again s | rejudge s | missing ms | top ms | overview ms |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for machines in args.machines or [1000, 10000, 100000, 1000000]:
        with tempfile.TemporaryDirectory() as temporary:
            folder = pathlib.Path(args.keep or temporary)
            os.makedirs(folder, exist_ok=True)
            measure(args.program, folder, machines)


main()
