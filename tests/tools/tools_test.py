#!/usr/bin/env python3
"""Tests of the checking tools: each must let good input pass and must be able to fail."""
import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = ROOT / "tools"
sys.path.insert(0, str(TOOLS))
import check_layers  # noqa: E402
import count_tests  # noqa: E402
import measure_style  # noqa: E402

LAYERS = "core:\nio: core\nrules: core\ncli: *\nopens: io\n"


class Tree(unittest.TestCase):
    """A small repository in a temporary folder."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name)
        self.write("layers.txt", LAYERS)
        self.write("src/core/text.hpp", "#pragma once\n")

    def write(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def breaches(self):
        return check_layers.check_tree(self.root)


class Layers(Tree):
    def test_a_good_include_passes(self):
        self.write("src/rules/a.cpp", '#include "rules/a.hpp"\n#include "core/text.hpp"\n#include <vector>\n')
        self.assertEqual(self.breaches(), [])

    def test_a_bad_include_is_named_with_its_line(self):
        self.write("src/rules/a.cpp", '#include "core/text.hpp"\n#include "io/file.hpp"\n')
        self.assertEqual(self.breaches(), ['src/rules/a.cpp:2: room rules may not include "io/file.hpp" (layers.txt)'])

    def test_a_relative_include_fails(self):
        self.write("src/rules/a.cpp", '#include "a.hpp"\n#include "../core/text.hpp"\n')
        self.assertEqual(len(self.breaches()), 2)

    def test_star_may_include_everything(self):
        self.write("src/cli/a.cpp", '#include "io/file.hpp"\n#include "rules/a.hpp"\n')
        self.assertEqual(self.breaches(), [])

    def test_main_at_the_root_may_include_everything(self):
        self.write("src/main.cpp", '#include "cli/command.hpp"\n')
        self.assertEqual(self.breaches(), [])

    def test_a_room_that_is_not_listed_fails(self):
        self.write("src/attic/a.cpp", "int x;\n")
        self.assertEqual(self.breaches(), ["src/attic/a.cpp:1: room attic is not in layers.txt"])

    def test_a_room_named_before_it_stands_is_a_cycle(self):
        self.write("layers.txt", "core: io\nio: core\nopens: io\n")
        self.assertIn("layers.txt: core may not name io, which does not stand above it", self.breaches())

    def test_tests_may_include_their_builders(self):
        self.write("src/rules/a_test.cpp", '#include "tests/support/x.hpp"\n#include "io/file.hpp"\n')
        self.assertEqual(self.breaches(), [])

    def test_fmt_in_a_header_fails(self):
        self.write("src/core/a.hpp", "#include <fmt/format.h>\n")
        self.assertEqual(len(self.breaches()), 1)


class Opening(Tree):
    def test_calls_and_headers_outside_io_fail(self):
        for line in ("#include <fstream>", "int f = ::open(p, 0);", "FILE* f = fopen(p, m);", "auto p = ::popen(c, m);",
                     "std::ifstream in(p);", "std::system(c);", "int s = ::socket(1, 2, 3);", "std::filesystem::path p;"):
            with self.subTest(line):
                self.write("src/rules/a.cpp", line + "\n")
                self.assertEqual(len(self.breaches()), 1, line)

    def test_io_may_open(self):
        self.write("src/io/a.cpp", "#include <fcntl.h>\nint f = ::open(p, 0);\n")
        self.assertEqual(self.breaches(), [])

    def test_our_own_open_and_comments_are_not_calls(self):
        self.write("src/rules/a.cpp", 'auto h = regf::open(b); x.open(1); // ::open(p) fopen(p)\nauto s = "popen(x)";\n')
        self.assertEqual(self.breaches(), [])


class KnowledgeNumbers(Tree):
    def setUp(self):
        super().setUp()
        self.write("data/catalog/nt60/updates.csv", "kb,title\nKB4493471,x\n948465,y\n")

    def test_a_kb_name_fails_even_in_a_comment(self):
        self.write("src/rules/a.cpp", "// as KB4493471 says\n")
        self.assertEqual(len(self.breaches()), 1)

    def test_a_bare_number_fails_only_when_the_catalog_knows_it(self):
        self.write("src/rules/a.cpp", "int a = 4493471;\nint b = 4'493'471;\nint c = 948465;\nint d = 1234567;\n")
        self.assertEqual([b.split(":")[1] for b in self.breaches()], ["1", "2", "3"])

    def test_tests_may_name_updates(self):
        self.write("src/rules/a_test.cpp", 'auto kb = "KB4493471";\n')
        self.assertEqual(self.breaches(), [])


class Style(Tree):
    def test_functions_are_found_with_their_length(self):
        text = (
            "namespace a {\nstruct S {\n  S(int x) : v_{x} {\n    go();\n  }\n  int v_{1};\n};\n"
            'int f(int a) {\n  if (a) {\n    return "}}"[0];\n  }\n  return [] { return 1; }();\n}\nconst int kT[] = {f(1), 2};\n}\n'
        )
        self.assertEqual(measure_style.functions(text), [(3, 3), (8, 6)])

    def test_limits_fail_one_line_past_them(self):
        body = "int f() {\n" + "  x();\n" * 98 + "}\n"
        self.write("src/core/a.cpp", body)
        self.assertEqual(measure_style.measure(self.root)[1], [])
        self.write("src/core/a.cpp", body.replace("{\n", "{\n  y();\n", 1))
        self.assertEqual(measure_style.measure(self.root)[1], ["src/core/a.cpp:1: a function of 101 lines, at most 100"])
        self.write("src/core/a.cpp", "int x;\n" * 801)
        self.assertEqual(measure_style.measure(self.root)[1], ["src/core/a.cpp: 801 lines, at most 800"])

    def test_a_table_laid_out_by_hand_does_not_count(self):
        text = "int f() {\n  // clang-format off\n" + "  1,\n" * 200 + "  // clang-format on\n  return 1;\n}\n"
        self.assertEqual(measure_style.functions(text), [(1, 3)])

    def test_comment_share(self):
        self.assertEqual(measure_style.comment_share(['// why\nint a;\n\nauto b = "// no";\nint c;  // why\n']), 50.0)

    def test_percentile_is_nearest_rank(self):
        self.assertEqual(measure_style.percentile(range(1, 101), 95), 95)
        self.assertEqual(measure_style.percentile([7], 95), 7)
        self.assertEqual(measure_style.percentile([], 50), 0)


class Counting(Tree):
    def count(self, cases):
        self.write("report.xml", f"<testsuite>{cases}</testsuite>")
        out = subprocess.run([sys.executable, TOOLS / "count_tests.py", self.root / "report.xml"], capture_output=True, text=True, check=False)
        self.shown = out.stderr
        return out.returncode, out.stdout.strip()

    def test_plain_tests(self):
        cases = (
            '<testcase name="a" status="run"/><testcase name="b" status="fail"/>'
            '<testcase name="c" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/></testcase>'
            '<testcase name="d" status="notrun"><skipped message="Unable to find executable"/></testcase>'
        )
        self.assertEqual(self.count(cases), (0, "1 2 1"))

    def test_doctest_cases_count_singly_and_skips_are_seen(self):
        output = (
            "[doctest] run with --help\nSKIPPED (set TQ_CORPUS): a\nSKIPPED (set TQ_CORPUS): b\n0.000010 s: regf: real hives\n"
            "0.000020 s: regf: empty\nx.cpp:3: ERROR: CHECK( a ) is NOT correct!\n0.000030 s: regf: wrong\n"
            "[doctest] test cases:  3 |  2 passed | 1 failed | 0 skipped\n"
        )
        self.assertEqual(self.count(f'<testcase name="unit" status="fail"><system-out>{output}</system-out></testcase>'), (0, "1 1 1"))

    def test_a_crash_after_the_last_case_is_a_failure(self):
        output = "[doctest] test cases:  2 |  2 passed | 0 failed | 0 skipped\n"
        self.assertEqual(self.count(f'<testcase name="unit" status="fail"><system-out>{output}</system-out></testcase>'), (0, "2 1 0"))

    def test_a_crash_in_the_middle_keeps_what_ran_before_it(self):
        output = "[doctest] run with --help\n0.000010 s: a\nSKIPPED x\n0.000020 s: b\nz.cpp:9: runtime error: null pointer\n"
        self.assertEqual(self.count(f'<testcase name="unit" status="fail"><system-out>{output}</system-out></testcase>'), (0, "1 1 1"))
        self.assertIn("null pointer", self.shown)
        self.assertNotIn("0.000010 s: a", self.shown)

    def test_no_report_is_an_error(self):
        self.assertEqual(self.count("<broken")[0], 1)


class Corpus(Tree):
    def run_check(self, corpus=None):
        environment = {k: v for k, v in os.environ.items() if k != "TQ_CORPUS"} | ({"TQ_CORPUS": str(corpus)} if corpus else {})
        return subprocess.run([sys.executable, TOOLS / "check_corpus.py", self.root], capture_output=True, text=True, check=False, env=environment)

    def setUp(self):
        super().setUp()
        self.write("data/hives/a", "bytes")
        digest = hashlib.sha256(b"bytes").hexdigest()
        self.write("tests/corpus.csv", f"path,origin,sha256,licence\nhives/a,example.org,{digest},MIT\n")

    def test_whole(self):
        self.assertEqual(self.run_check(self.root / "data").returncode, 0)

    def test_without_the_samples_it_is_a_visible_skip(self):
        result = self.run_check()
        self.assertEqual(result.returncode, 77)
        self.assertIn("SKIPPED", result.stdout)

    def test_a_changed_or_missing_sample_fails(self):
        self.write("data/hives/a", "other")
        self.assertEqual(self.run_check(self.root / "data").returncode, 1)
        (self.root / "data/hives/a").unlink()
        self.assertEqual(self.run_check(self.root / "data").returncode, 1)

    def test_a_sample_that_is_not_listed_fails(self):
        self.write("src/core/a_test.cpp", 'auto p = corpus("hives/b");\n')
        self.assertIn("hives/b", self.run_check().stdout)
        self.assertEqual(self.run_check().returncode, 1)


if __name__ == "__main__":
    unittest.main()
