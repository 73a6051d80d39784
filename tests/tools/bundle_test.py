#!/usr/bin/env python3
"""Evidence bundles as a person meets them: written, carried away, tampered with by zip programs, signed, checked again."""
import csv
import hashlib
import io
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ["TQ_BINARY"]
DAY = ["--as-of", "2026-11-20"]
TARGETS = ("server2008-6002", "server2008-contradicted", "server2008-6003-patched", "systeminfo-6003.txt")
KEY = "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE"


def example(name):
    return str(ROOT / "examples" / name)


def check(*arguments):
    return subprocess.run([PROGRAM, "check", *DAY, *map(str, arguments)], capture_output=True, text=True)


def sha256(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def bundle(self, *targets, name="b.zip", more=()):
        path = self.folder / name
        done = check("--format", "bundle", "-o", path, *more, *targets)
        self.assertIn(done.returncode, (0, 1, 4), done.stderr)
        return path

    def members(self, path):
        with zipfile.ZipFile(path) as z:
            return {i.filename: z.read(i) for i in z.infolist()}

    def rewrite(self, members, compression=zipfile.ZIP_STORED):
        path = self.folder / "tampered.zip"
        with zipfile.ZipFile(path, "w", compression) as z:
            for name, data in members:
                z.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, compression)
        return path

    def refused(self, path, *names, more=()):
        done = check("--format", "json", *more, path)
        self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
        self.assertEqual(json.loads(done.stdout)["machines"], [])
        for name in names:
            self.assertIn(name, done.stderr)


class Bundles(Case):
    def test_same_report(self):
        for targets in [[example(t)] for t in TARGETS] + [[example(t) for t in TARGETS]]:
            before, after = check("--format", "json", *targets), check("--format", "json", self.bundle(*targets))
            self.assertEqual(before.returncode, after.returncode)
            first, second = json.loads(before.stdout), json.loads(after.stdout)
            self.assertEqual(first["machines"], second["machines"])
            self.assertEqual(second["bundles"][0]["signature"], "none")
            self.assertEqual(second["bundles"][0]["path"], str(self.folder / "b.zip"))

    def test_same_bytes(self):
        target = example(TARGETS[0])
        self.assertEqual(self.bundle(target).read_bytes(), self.bundle(target, name="c.zip").read_bytes())

    def test_report_inside_is_the_report(self):
        target = example(TARGETS[1])
        inside = self.members(self.bundle(target))["report.json"]
        self.assertEqual(json.loads(inside), json.loads(check("--format", "json", target).stdout))

    def test_sources_are_what_was_read(self):
        target = example("server2008-6002")
        rows = list(csv.DictReader(io.StringIO(self.members(self.bundle(target))["sources.csv"].decode())))
        self.assertTrue(any(r["path"].endswith("config/SOFTWARE") for r in rows))
        self.assertTrue(any(r["path"].lower().endswith("ntoskrnl.exe") for r in rows))
        for r in rows:
            path = pathlib.Path(r["path"].replace(target + "//", target + "/"))
            self.assertEqual(r["sha256"], sha256(path), r)
            self.assertEqual(int(r["size_bytes"]), path.stat().st_size)
        text = example("systeminfo-6003.txt")
        rows = list(csv.DictReader(io.StringIO(self.members(self.bundle(text))["sources.csv"].decode())))
        self.assertEqual([r["sha256"] for r in rows], [sha256(text)])

    def test_secrets_stay_behind(self):
        target = self.folder / "disk"
        shutil.copytree(example("server2008-6002"), target)
        marker = b"SECRET-MARKER-5521"
        hidden = ("Windows/System32/config/SAM", "Windows/System32/config/SECURITY", "Users/a/NTUSER.DAT")
        for name in hidden:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes(b"regf" + marker)
        content = b"".join(self.members(self.bundle(target)).values())
        self.assertNotIn(marker, content)
        for name in hidden:
            self.assertNotIn(sha256(target / name).encode(), content)
        hives = self.folder / "hives"
        hives.mkdir()
        for name in ("SOFTWARE", "SYSTEM"):
            shutil.copy(target / "Windows/System32/config" / name, hives)
        (hives / "SAM").write_bytes(b"regf" + marker)
        content = b"".join(self.members(self.bundle(hives)).values())
        self.assertNotIn(marker, content)
        self.assertNotIn(sha256(hives / "SAM").encode(), content)

    def test_product_keys_stay_behind(self):
        table = self.folder / "fleet.csv"
        table.write_text(f"name,os,version,product_key,note\nA,Windows Server 2008,6.0.6002,{KEY},x{KEY}y {KEY}-1\nB,Windows Server 2008,6.0.6003,,\n")
        members = self.members(self.bundle(table))
        self.assertNotIn(f'"{KEY}"'.encode(), b"".join(members.values()))
        self.assertIn(b"set (29 characters)", members["facts.json"])
        self.assertEqual(len(json.loads(members["facts.json"])["machines"]), 2)

    def test_each_member_tampered_with(self):
        good = self.members(self.bundle(example(TARGETS[0])))
        self.assertEqual(sorted(good), ["facts.json", "manifest.json", "report.json", "sources.csv", "versions.json"])
        for compression in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            for name in good:
                changed = [(n, d.replace(b"2", b"3") + b" " if n == name else d) for n, d in good.items()]
                removed = [(n, d) for n, d in good.items() if n != name]
                stored = compression == zipfile.ZIP_STORED
                # A manifest that was changed tells every member to be another: which of them it was cannot be known.
                self.refused(self.rewrite(changed, compression), *([name] if stored and name != "manifest.json" else []))
                self.refused(self.rewrite(removed, compression), *([name] if stored else []))

    def test_form(self):
        path = self.bundle(example(TARGETS[0]))
        whole, good = path.read_bytes(), list(self.members(path).items())
        self.assertEqual(self.rewrite(good).exists(), True)
        self.refused(self.rewrite(list(reversed(good))), "order")
        self.refused(self.rewrite([("first.txt", b"x"), *good]), "first.txt")
        self.refused(self.rewrite([*good, ("last.txt", b"x")]), "last.txt")
        self.refused(self.rewrite([*good, ("../up.txt", b"x")]), "../up.txt")
        for cut in (1, 10, 100, len(whole) // 2, len(whole) - 100):
            (self.folder / "cut.zip").write_bytes(whole[:-cut])
            self.refused(self.folder / "cut.zip")
        (self.folder / "long.zip").write_bytes(whole + b"\n")
        self.refused(self.folder / "long.zip")

    def test_one_bad_bundle_does_not_stop_the_others(self):
        path = self.bundle(example(TARGETS[0]))
        bad = self.folder / "bad.zip"
        bad.write_bytes(path.read_bytes()[:-1])
        done = check("--format", "json", bad, path)
        self.assertEqual(done.returncode, 1)
        report = json.loads(done.stdout)
        self.assertEqual((len(report["machines"]), report["errors"][0]["target"]), (1, str(bad)))

    def test_never_over_an_input(self):
        path = self.bundle(example(TARGETS[0]))
        before = path.read_bytes()
        self.assertEqual(check("--format", "bundle", "-o", path, path).returncode, 2)
        self.assertEqual(path.read_bytes(), before)

    def test_standard_input(self):
        path = self.bundle(example(TARGETS[0]))
        done = subprocess.run([PROGRAM, "check", *DAY, "--format", "json", "-"], input=path.read_bytes(), capture_output=True)
        self.assertEqual(len(json.loads(done.stdout)["machines"]), 1)


@unittest.skipIf(shutil.which("openssl") is None, "SKIPPED: openssl is not installed")
class Signed(Case):
    def setUp(self):
        super().setUp()
        for name in ("mine", "other"):
            self.openssl("genpkey", "-algorithm", "ed25519", "-out", self.folder / f"{name}.pem")
            self.openssl("pkey", "-in", self.folder / f"{name}.pem", "-pubout", "-out", self.folder / f"{name}.pub")
        self.sign = ("--sign", self.folder / "mine.pem")

    def openssl(self, *arguments):
        done = subprocess.run(["openssl", *map(str, arguments)], cwd=self.folder, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 0, done.stderr)

    def signature(self, path, *more):
        done = check("--format", "json", *more, path)
        return json.loads(done.stdout)["bundles"][0]["signature"]

    def test_signature(self):
        path = self.bundle(example(TARGETS[0]), more=self.sign)
        self.assertEqual(self.signature(path), "not_checked")
        self.assertEqual(self.signature(path, "--verify-key", self.folder / "mine.pub"), "valid")
        self.refused(path, "signature", more=("--verify-key", self.folder / "other.pub"))
        self.refused(self.bundle(example(TARGETS[0]), name="plain.zip"), "not signed", more=("--verify-key", self.folder / "mine.pub"))

    def test_openssl_agrees(self):
        members = self.members(self.bundle(example(TARGETS[0]), more=self.sign))
        for name in ("manifest.json", "manifest.sig"):
            (self.folder / name).write_bytes(members[name])
        self.openssl("pkeyutl", "-verify", "-pubin", "-inkey", "mine.pub", "-rawin", "-in", "manifest.json", "-sigfile", "manifest.sig")

    def test_signature_taken_away_or_put_there(self):
        signed = self.members(self.bundle(example(TARGETS[0]), more=self.sign))
        self.refused(self.rewrite([(n, d) for n, d in signed.items() if n != "manifest.sig"]), "manifest.sig")
        plain = list(self.members(self.bundle(example(TARGETS[0]))).items())
        plain.insert(1, ("manifest.sig", signed["manifest.sig"]))
        self.refused(self.rewrite(plain), "manifest.sig")

    def test_made_anew_with_another_key(self):
        path = self.bundle(example(TARGETS[1]), more=("--sign", self.folder / "other.pem"))
        self.refused(path, "signature", more=("--verify-key", self.folder / "mine.pub"))

    def test_wrong_use(self):
        target = example(TARGETS[0])
        self.assertEqual(check("--format", "json", *self.sign, target).returncode, 2)
        self.assertEqual(check("--format", "bundle", "--sign", self.folder / "none.pem", target).returncode, 2)
        self.assertEqual(check("--format", "bundle", "--sign", self.folder / "mine.pub", "-o", self.folder / "x.zip", target).returncode, 2)
        self.assertFalse((self.folder / "x.zip").exists())
        self.openssl("genpkey", "-algorithm", "ed25519", "-aes256", "-pass", "pass:x", "-out", "locked.pem")
        self.assertEqual(check("--format", "bundle", "--sign", self.folder / "locked.pem", target).returncode, 2)
        self.openssl("genrsa", "-out", "rsa.pem", "1024")
        self.assertEqual(check("--format", "bundle", "--sign", self.folder / "rsa.pem", target).returncode, 2)
        # Only a bundle can be vouched for.
        self.assertEqual(check("--format", "json", "--verify-key", self.folder / "mine.pub", target).returncode, 3)

    def test_key_stays_out(self):
        path = self.bundle(example(TARGETS[0]), more=self.sign)
        secret = (self.folder / "mine.pem").read_text().splitlines()[1].encode()
        self.assertNotIn(secret, path.read_bytes())


if __name__ == "__main__":
    unittest.main()
