#!/usr/bin/env python3
"""The HTML report as people file it: printed by Chromium, read back from the PDF page by page. Skipped (77) without Chromium or poppler-utils."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ["TQ_BINARY"]
A4 = (594, 596, 841, 843)  # points, as PDF writers round them
LETTER = (611, 613, 791, 793)
HOSTILE = "<script>document.title='taken'</script>\u202egnp.exe"


def call(*command):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=240, check=False)


class Printed(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def pages(self, *targets):
        """The text of each page of the report of these targets, and the size of the first in points."""
        page, pdf = self.folder / "report.html", self.folder / "report.pdf"
        call(PROGRAM, "check", "--as-of", "2026-11-20", "--format", "html", "-o", str(page), *map(str, targets))
        done = call("chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={self.folder}/profile",
                    "--host-resolver-rules=MAP * ~NOTFOUND", "--no-pdf-header-footer", f"--print-to-pdf={pdf}", page.as_uri())
        self.assertTrue(pdf.exists(), done.stderr.decode(errors="replace")[-500:])
        size = re.search(r"Page size:\s+([\d.]+) x ([\d.]+)", call("pdfinfo", str(pdf)).stdout.decode())
        texts = call("pdftotext", "-layout", str(pdf), "-").stdout.decode().split("\f")
        return [t for t in texts if t.strip()], (float(size[1]), float(size[2]))

    def test_one_machine(self):
        pages, (width, height) = self.pages(ROOT / "examples/server2008-6002")
        self.assertTrue(any(a <= width <= b and c <= height <= d for a, b, c, d in (A4, LETTER)), (width, height))
        self.assertIn("BAGGAGE-07", pages[0])  # who it is, and the verdict, on the first page
        self.assertIn("6.0.6002", pages[0])
        self.assertLess(len(pages), 40)
        for number, text in enumerate(pages[:-1], 1):
            self.assertGreater(len(text.split()), 25, f"page {number} is nearly empty")
        whole = re.sub(r"\s+", " ", " ".join(pages))
        for wanted in ("What to do", "Findings", "What it can become"):
            self.assertIn(wanted.lower(), whole.lower())

    def test_every_kb_of_the_report_is_on_paper(self):
        target = ROOT / "examples/server2008-6002"
        table = call(PROGRAM, "check", "--as-of", "2026-11-20", "--format", "json", str(target)).stdout
        missing = {update["kb"] for update in json.loads(table)["machines"][0]["updates"]["missing"]}
        text = " ".join(self.pages(target)[0])
        self.assertTrue(missing)
        self.assertEqual({kb for kb in missing if kb not in text}, set())

    def test_hostile_names_stay_text(self):
        target = self.folder / "fleet.csv"
        target.write_text(f'name,os,version\n"{HOSTILE}",Windows Server 2008 Standard x64,6.0.6002 Service Pack 2\n', encoding="utf-8")
        pages, _ = self.pages(target)
        text = re.sub(r"\s+", "", " ".join(pages))
        self.assertIn("<script>document.title='taken'</script>", text)
        self.assertNotIn("\u202e", text)


if __name__ == "__main__":
    for tool in ("chromium", "pdftotext", "pdfinfo"):
        if shutil.which(tool) is None:
            print(f"SKIPPED: {tool} is not installed")
            sys.exit(77)
    unittest.main()
