#!/usr/bin/env python3
"""The workbook: read back as zip and XML, and by LibreOffice; hostile cells stay text. Skipped (77) without libxlsxwriter."""
import csv
import io
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ["TQ_BINARY"]
DAY = ["--as-of", "2026-11-20"]
NAMESPACE = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
HOSTILE = ("=1+1", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1+1", "http://example.invalid/", "_x0041_", "1234", "TRUE", "<b>&amp;</b>", "\u202eevil")


def write(form, target, *more, env=None):
    return subprocess.run([PROGRAM, "check", *DAY, "--format", form, *more, str(target)], capture_output=True, env=env)


class Workbook(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.target = self.folder / "fleet.csv"
        with open(self.target, "w", newline="", encoding="utf-8") as f:
            rows = csv.writer(f)
            rows.writerow(("name", "os", "version"))
            for name in HOSTILE:
                rows.writerow((name, "Windows Server 2008 Standard x64", "6.0.6002 Service Pack 2"))
            rows.writerow(("L" * 300, "Windows Server 2008 " + "o" * 200, "6.0.6003"))

    def sheets(self, content):
        """{sheet name: rows of cell texts}, with nothing but the standard library."""
        with zipfile.ZipFile(io.BytesIO(content)) as z:
            self.assertIsNone(z.testzip())
            shared = [
                "".join(t.text or "" for t in si.iter("{%s}t" % NAMESPACE["m"]))
                for si in ElementTree.fromstring(z.read("xl/sharedStrings.xml")).findall("m:si", NAMESPACE)
            ]
            names = [s.get("name") for s in ElementTree.fromstring(z.read("xl/workbook.xml")).find("m:sheets", NAMESPACE)]
            out = {}
            for i, name in enumerate(names, 1):
                text = z.read(f"xl/worksheets/sheet{i}.xml")
                self.assertNotIn(b"<f>", text)
                self.assertNotIn(b"<hyperlink", text)
                rows = []
                for row in ElementTree.fromstring(text).iter("{%s}row" % NAMESPACE["m"]):
                    cells = {}
                    for c in row.findall("m:c", NAMESPACE):
                        if c.find("m:v", NAMESPACE) is None:
                            continue
                        self.assertEqual(c.get("t"), "s")
                        cells[re.sub(r"\d", "", c.get("r"))] = shared[int(c.find("m:v", NAMESPACE).text)]
                    rows.append(cells)
                out[name] = rows
            return out

    def test_same_rows_as_csv(self):
        target = ROOT / "examples" / "server2008-6002"
        book = self.sheets(write("xlsx", target).stdout)
        self.assertEqual(list(book), ["Ledger", "Machines", "Findings", "Coverage", "About"])
        table = list(csv.reader(io.StringIO(write("csv", target).stdout.decode())))
        self.assertEqual(len(book["Ledger"]), len(table))
        self.assertGreater(len(table), 20)
        columns = [chr(ord("A") + i) for i in range(len(table[0]))]
        for cells, line in zip(book["Ledger"], table):
            self.assertEqual([cells.get(c, "") for c in columns], line)

    def test_hostile_cells_are_text(self):
        done = write("xlsx", self.target)
        self.assertIn(done.returncode, (1, 4), done.stderr)
        names = {cells.get("A") for cells in self.sheets(done.stdout)["Machines"]}
        for name in ("=1+1", "=cmd|' /C calc'!A0", "1234", "<b>&amp;</b>", "_x005F_x0041_", "\\u{202e}evil", "L" * 300):
            self.assertIn(name, names)

    def test_same_bytes(self):
        once = write("xlsx", self.target).stdout
        self.assertEqual(once, write("xlsx", self.target, env={**os.environ, "TZ": "Asia/Tokyo"}).stdout)
        self.assertNotEqual(once, write("xlsx", self.target, "--goal", "esu").stdout)

    def test_output_file(self):
        path = self.folder / "ledger.xlsx"
        self.assertEqual(write("xlsx", self.target, "-o", str(path)).stdout, b"")
        self.assertEqual(path.read_bytes(), write("xlsx", self.target).stdout)

    @unittest.skipIf(shutil.which("soffice") is None, "SKIPPED: LibreOffice is not installed")
    def test_libreoffice_reads_it(self):
        path = self.folder / "ledger.xlsx"
        write("xlsx", self.target, "-o", str(path))
        done = subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{self.folder}/profile", "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1", "--outdir", str(self.folder / "out"), str(path)],
            capture_output=True, text=True, timeout=240, stdin=subprocess.DEVNULL,
        )
        found = {p.stem.split("-", 1)[1]: list(csv.reader(io.StringIO(p.read_text("utf-8"), newline=""))) for p in (self.folder / "out").glob("*.csv")}
        self.assertIn("Ledger", found, done.stderr)
        self.assertEqual(found["Ledger"][0][:3], ["asset", "product", "update"])
        names = [row[0] for row in found["Machines"]]
        for name in ("=1+1", "=cmd|' /C calc'!A0", "+1", "_x0041_", "1234", "TRUE"):
            self.assertIn(name, names)  # the text itself: nothing was computed


if __name__ == "__main__":
    probe = write("xlsx", ROOT / "examples" / "systeminfo-6003.txt")
    if probe.returncode == 6 and b"libxlsxwriter" in probe.stderr:
        print("SKIPPED: " + probe.stderr.decode())
        sys.exit(77)
    unittest.main()
