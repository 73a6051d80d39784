#!/usr/bin/env python3
"""The Debian package: deb_test.py FILE.deb. Installed in a clean root, used, removed without a trace; lintian where there is one.

The root (debootstrap: Debian's least, and what the package depends on) is kept packed in TQ_BUILD/package, so that only the first run
fetches packages. Skipped (77) where there is no debootstrap, no right to change the root, or no mirror."""
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from packaged import AS_OF, BUILD, NATIVE, ROOT, Checks, run, skip

SUITE = "bookworm"
# What dpkg and ldconfig keep for themselves; removal cannot and need not undo it.
OF_DPKG = re.compile(r"^(var/lib/dpkg/|var/log/|var/cache/|etc/ld\.so\.cache$)")


def field(deb, name):
    return run(["dpkg-deb", "-f", deb, name])[1].decode().strip()


def packed_root(deb):
    """The clean root as a tar file: what `deb` depends on is in it, and no more."""
    depends = [re.split(r"[ (|]", d.strip())[0] for d in field(deb, "Depends").split(",")]
    wanted = ",".join(sorted(depends))
    folder = BUILD / "package-root"
    packed = folder / f"{SUITE}-{hashlib.sha256(wanted.encode()).hexdigest()[:12]}.tar"
    if packed.exists():
        return packed
    if shutil.which("debootstrap") is None:
        skip("debootstrap is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        done = subprocess.run(["debootstrap", "--variant=minbase", f"--include={wanted}", SUITE, temporary + "/root"],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if done.returncode != 0:
            skip("debootstrap could not make a root: " + done.stdout.decode(errors="replace")[-300:])
        subprocess.run(["tar", "-C", temporary + "/root", "-cf", temporary + "/root.tar", "."], check=True)
        os.rename(temporary + "/root.tar", packed)
    return packed


def listing(root):
    """{path: what it is}, but for what belongs to dpkg itself."""
    out = {}
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            path = os.path.join(folder, name)
            relative = os.path.relpath(path, root)
            if OF_DPKG.match(relative):
                continue
            about = os.lstat(path)
            if os.path.islink(path):
                out[relative] = os.readlink(path)
            elif os.path.isdir(path):
                out[relative] = f"folder {about.st_mode:o}"
            elif not os.path.isfile(path):
                out[relative] = f"special {about.st_mode:o} {about.st_rdev}"  # /dev/zero has no end to read to
            else:
                out[relative] = f"{about.st_mode:o} {about.st_size} {hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()}"
    return out


def check_installed(root, deb, checks):
    """What a user finds after the installation."""
    commands = re.findall(r"^  (\w+) ", run([NATIVE, "--help"])[1].decode(), re.M)
    checks.that(len(commands) >= 8, "the help lists its commands")
    for name in ["tourniquet", *("tourniquet-" + c for c in commands)]:
        page = root / f"usr/share/man/man1/{name}.1.gz"
        checks.that(page.exists(), f"no manual page {name}")
    for path in ("bash-completion/completions/tourniquet", "zsh/vendor-completions/_tourniquet", "fish/vendor_completions.d/tourniquet.fish",
                 "doc/tourniquet/copyright", "doc/tourniquet/changelog.Debian.gz", "doc/tourniquet/evidence.md", "tourniquet/catalog.tqc"):
        checks.that((root / "usr/share" / path).stat().st_size > 0, f"/usr/share/{path}")
    checks.that("libarchive13" in field(deb, "Recommends"), "what is opened on demand is recommended")
    inside = ["chroot", root, "/usr/bin/tourniquet"]
    for name in sorted(p.name for p in (ROOT / "examples").iterdir()):
        # The same words on both sides: the folder of the examples, seen from its parent.
        wanted = run([NATIVE, "check", "examples/" + name, *AS_OF], cwd=ROOT)
        found = run(["chroot", root, "/bin/sh", "-c", 'cd /usr/share/doc/tourniquet && exec tourniquet "$@"', "sh", "check", "examples/" + name, *AS_OF])
        checks.same(found, wanted, f"installed: {name}")
    checks.that(run([*inside, "catalog", "verify", "/usr/share/tourniquet/catalog.tqc"])[0] == 0, "the catalog file is whole")
    said = run([*inside, "check", "/usr/share/doc/tourniquet/examples", "--no-such-option"])
    checks.that(said[0] == 2, "wrong use is status 2")


def check_lintian(deb, checks):
    if shutil.which("lintian") is None:
        print("lintian is not installed: not asked")
        return
    status, out, _ = run(["lintian", "--allow-root", "--fail-on", "error,warning", deb])
    checks.that(status == 0, "lintian: " + out.decode())


def main():
    deb = pathlib.Path(sys.argv[1]).resolve()
    if os.geteuid() != 0 or run(["chroot", "/", "/bin/true"])[0] != 0:
        skip("not root: no package can be installed in a root of its own")
    packed = packed_root(deb)
    checks = Checks()
    with tempfile.TemporaryDirectory(dir=packed.parent) as temporary:
        root = pathlib.Path(temporary) / "root"
        root.mkdir()
        subprocess.run(["tar", "-C", root, "-xf", packed], check=True)
        before = listing(root)
        shutil.copy(deb, root / "t.deb")
        status, out, err = run(["chroot", root, "dpkg", "-i", "/t.deb"])
        (root / "t.deb").unlink()
        checks.that(status == 0, "installation: " + (out + err).decode(errors="replace"))
        checks.that(run(["chroot", root, "dpkg", "--audit"])[1] == b"", "dpkg finds nothing unfinished")
        check_installed(root, deb, checks)
        checks.that(run(["chroot", root, "dpkg", "--purge", "tourniquet"])[0] == 0, "removal")
        after = listing(root)
        differ = sorted(p for p in before.keys() | after.keys() if before.get(p) != after.get(p))
        checks.that(not differ, f"left behind or changed: {differ[:10]}")
    check_lintian(deb, checks)
    print(f"{deb.stat().st_size // 1024} KiB")
    checks.end()


main()
