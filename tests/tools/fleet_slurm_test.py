#!/usr/bin/env python3
"""data/jobs/fleet.sbatch on a Slurm cluster of our own (two nodes on loopback): eight shards, one node dies under its task, the task is
requeued to the other, and the merged store holds every machine once. Skipped (77) without slurm-wlm and munge, or without root."""
import getpass
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import postgres_server

PROGRAM = pathlib.Path(os.environ["TQ_BINARY"]).resolve()
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MACHINES = int(os.environ.get("TQ_SLURM_MACHINES", "800"))
WAIT_SECONDS = 200
TOOLS = {name: shutil.which(name, path=os.get_exec_path() and os.environ["PATH"] + ":/usr/sbin:/sbin") for name in
         ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "sinfo")}


def text_of(n):
    return (f"\r\nHost Name:                 PC-{n:05}\r\nOS Name:                   Microsoft Windows Server 2008 Standard\r\n"
            f"OS Version:                6.0.6002 Service Pack 2 Build 6002\r\nSystem Type:               x64-based PC\r\n"
            f"Hotfix(s):                 1 Hotfix(s) Installed.\r\n                           [01]: KB{955430 + n % 40}\r\n")


class Cluster:
    def __init__(self, base):
        self.base = base
        self.processes = {}
        self.port = postgres_server.free_port()
        host = os.uname().nodename.split(".")[0]
        key = base / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        self.socket = base / "munge.socket"
        nodes = "\n".join(f"NodeName=n{i} NodeHostname={host} NodeAddr=127.0.0.1 Port={postgres_server.free_port()} CPUs=1" for i in (1, 2))
        self.conf = base / "slurm.conf"
        # cred_expire: how long a requeued task is held back; two minutes else.
        self.conf.write_text(f"""ClusterName=tq
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={self.port}
SlurmUser={getpass.getuser()}
SlurmdUser={getpass.getuser()}
AuthType=auth/munge
AuthInfo=socket={self.socket},cred_expire=5
StateSaveLocation={base}/state
SlurmdSpoolDir={base}/spool.%n
SlurmctldPidFile={base}/ctld.pid
SlurmdPidFile={base}/slurmd.%n.pid
SlurmctldLogFile={base}/ctld.log
SlurmdLogFile={base}/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
SchedulerType=sched/builtin
SelectType=select/linear
SlurmdTimeout=10
KillWait=2
SchedulerParameters=batch_sched_delay=1,sched_interval=2
{nodes}
PartitionName=all Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
""")
        (base / "state").mkdir()
        self.env = os.environ | {"SLURM_CONF": str(self.conf), "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}:/usr/sbin"}
        self.spawn("munge", "munged", "--foreground", "--force", f"--socket={self.socket}", f"--key-file={key}", f"--pid-file={base}/munge.pid",
                   f"--log-file={base}/munge.log", f"--seed-file={base}/munge.seed", "--num-threads=2")
        self.wait_for(self.socket.exists, "munged")
        self.spawn("ctld", "slurmctld", "-D", "-f", str(self.conf))
        for node in ("n1", "n2"):
            self.spawn(node, "slurmd", "-D", "-N", node, "-f", str(self.conf))
        self.wait_for(lambda: self.ask("sinfo", "-h", "-o", "%D %t").split() == ["2", "idle"], "two idle nodes")

    def spawn(self, name, tool, *words):
        # Of its own session: it and all it starts can be ended together, and nothing else is.
        with open(self.base / f"{name}.out", "wb") as out:
            self.processes[name] = subprocess.Popen([TOOLS[tool], *words], stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=self.env, start_new_session=True)

    def ask(self, tool, *words):
        return subprocess.run([TOOLS[tool], *words], capture_output=True, text=True, env=self.env, check=False).stdout.strip()

    def on_node(self, node):
        """The array's tasks that run there."""
        rows = [line.split() for line in self.ask("squeue", "-h", "-t", "R", "-o", "%K %N").splitlines()]
        return [row[0] for row in rows if row[1:] == [node]]

    def wait_for(self, done, what):
        end = time.monotonic() + WAIT_SECONDS
        while not done():
            if time.monotonic() > end:
                logs = "\n".join(f"== {p.name}\n" + "\n".join(p.read_text(errors="replace").splitlines()[-12:]) for p in sorted(self.base.glob("*.log")) + sorted(self.base.glob("*.out")))
                sys.exit(f"waited {WAIT_SECONDS} s for {what}\n{logs}")
            time.sleep(0.3)

    def below(self, pid):
        """A process and all that it started, children first."""
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False).stdout.split()
        return [p for c in children for p in self.below(int(c))] + [pid]

    def die(self, name):
        """The node's daemon, its step daemons and the task, all at once: what a power cut leaves."""
        steps = [int(p.name) for p in pathlib.Path("/proc").iterdir() if p.name.isdigit() and self.is_step(p, name)]
        doomed = self.below(self.processes[name].pid) + [q for s in steps for q in self.below(s)]
        for pid in dict.fromkeys(doomed):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.processes.pop(name).wait()

    def is_step(self, place, node):
        """slurmstepd leaves its parent; it is ours when it was given our configuration and this node's name."""
        try:
            if not (place / "comm").read_text().startswith("slurmstepd"):
                return False
            environment = (place / "environ").read_bytes()
        except OSError:
            return False
        return f"SLURM_CONF={self.conf}".encode() in environment and self.node_of_step(place) == node

    def node_of_step(self, place):
        # Its sockets and files lie in the spool folder of its node.
        for link in (place / "fd").iterdir():
            try:
                target = os.readlink(link)
            except OSError:
                continue
            for node in ("n1", "n2"):
                if f"slurmd.{node}.log" in target or f"spool.{node}" in target:
                    return node
        return None

    def stop(self):
        for name in [n for n in ("n1", "n2") if n in self.processes]:
            self.die(name)
        for process in self.processes.values():
            process.kill()
            process.wait()


def query(store, *words):
    ran = subprocess.run([str(PROGRAM), "fleet", "query", *words, "--store", str(store), "--format", "json"], capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        sys.exit(f"query {words}: status {ran.returncode}: {ran.stderr}")
    return json.loads(ran.stdout)["rows"]


def run(base):
    images, stores = base / "images", base / "stores"
    images.mkdir()
    stores.mkdir()
    for n in range(MACHINES):
        (images / f"pc{n}.txt").write_text(text_of(n))
    cluster = Cluster(base)
    try:
        job = cluster.ask("sbatch", "--parsable", f"--output={base}/task-%a.txt", str(ROOT / "data/jobs/fleet.sbatch"), str(images), str(stores))
        if not job.isdigit():
            sys.exit(f"sbatch said: {job}")
        running = []
        cluster.wait_for(lambda: running.extend(cluster.on_node("n2")) or running, "a task on n2")
        cluster.die("n2")
        started = time.monotonic()
        cluster.wait_for(lambda: cluster.ask("squeue", "-h", "-j", job) == "", "the job's end")
        log = (base / "ctld.log").read_text(errors="replace")
        if "requeue" not in log.lower():
            sys.exit(f"no task was requeued; the end of slurmctld's log:\n{log[-3000:]}")
        print(f"task {running[0]} died with its node and was requeued; the rest took {time.monotonic() - started:.0f} s")
    finally:
        cluster.stop()
    shards = sorted(stores.glob("shard-*.tqdb"))
    if len(shards) != 8:
        sys.exit(f"{len(shards)} stores of 8: {[s.name for s in shards]}")
    merged = base / "fleet.tqdb"
    subprocess.run([str(PROGRAM), "fleet", "merge", *map(str, shards), "--store", str(merged), "--quiet"], check=True)
    names = [m["name"] for m in query(merged, "machines")]
    if len(names) != MACHINES or len(set(names)) != MACHINES or query(merged, "errors"):
        sys.exit(f"{len(names)} machines, {len(set(names))} names of {MACHINES}")
    print(f"8 shards on 2 nodes, one of which died: {MACHINES} machines, 0 lost, 0 twice")


def main():
    lacking = [name for name, path in TOOLS.items() if path is None]
    if lacking or os.geteuid() != 0:
        print(f"SKIPPED: {'no ' + ', '.join(lacking) + ' (packages slurm-wlm, munge)' if lacking else 'slurmd wants root'}")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as temporary:
        run(pathlib.Path(temporary))


main()
