#!/usr/bin/env python3
"""scripts/parquet_to_jsonl.py on a folder of parquet files made here. Exits with 77, which is "skipped", where pyarrow is not installed.

    parquet_to_jsonl_test.py SCRIPT
"""
import datetime
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(sys.argv[1]).resolve()


def run(*words):
    return subprocess.run([sys.executable, SCRIPT, *map(str, words)], capture_output=True, text=True)


class ParquetToJsonl(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.source, self.output = Path(self.folder.name, "in"), Path(self.folder.name, "out")

    def tearDown(self):
        self.folder.cleanup()

    def write(self, name, rows):
        target = self.source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        parquet.write_table(pyarrow.Table.from_pylist(rows), target, row_group_size=2)

    def read(self, name):
        return [json.loads(line) for line in (self.output / name).read_text(encoding="utf-8").splitlines()]

    def test_pieces_of_a_split_become_one_file_in_their_order(self):
        for piece in (1, 0):
            self.write(f"main/train-0000{piece}-of-00002.parquet", [{"question": f"é{piece}{i}", "answer": i} for i in range(3)])
        self.write("main/test-00000-of-00001.parquet", [{"question": "q", "answer": 9}])
        self.write("other/train.parquet", [{"question": "o", "answer": 1}])
        ran = run(self.source, self.output)
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertEqual([row["question"] for row in self.read("main/train.jsonl")], ["é00", "é01", "é02", "é10", "é11", "é12"])
        self.assertEqual(self.read("main/test.jsonl"), [{"question": "q", "answer": 9}])
        self.assertEqual(self.read("other/train.jsonl"), [{"question": "o", "answer": 1}])
        self.assertIn("main/train.jsonl: 6 rows from 2 files", ran.stdout)
        self.assertEqual(list(self.output.rglob("*.partial")), [])

    def test_values_keep_their_shapes(self):
        row = {"text": "a\nb", "flag": True, "none": None, "list": [1, 2], "nested": {"style": "rule", "ground_truth": {"n": [1.5]}}, "day": datetime.date(2026, 2, 3)}
        self.write("rows.parquet", [row])
        ran = run(self.source / "rows.parquet", self.output)
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertEqual(self.read("rows.jsonl"), [dict(row, day="2026-02-03")])
        self.assertEqual(ran.stderr, "")

    def test_numbers_that_are_not_finite_are_said(self):
        self.write("rows.parquet", [{"x": 1.0, "deep": {"y": [float("nan"), 2.0]}}, {"x": float("inf"), "deep": {"y": []}}])
        ran = run(self.source, self.output)
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertEqual(self.read("rows.jsonl"), [{"x": 1.0, "deep": {"y": [None, 2.0]}}, {"x": None, "deep": {"y": []}}])
        self.assertIn("2 numbers that are not finite became null", ran.stderr)
        self.assertIn("row 1, deep.y", ran.stderr)

    def test_columns_can_be_chosen_and_bytes_are_refused(self):
        self.write("rows.parquet", [{"question": "q", "image": b"\x00\x01"}])
        refused = run(self.source, self.output)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("row 1, image: expected text, numbers, lists or structures, got bytes", refused.stderr)
        ran = run(self.source, self.output, "--columns", "question")
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertEqual(self.read("rows.jsonl"), [{"question": "q"}])

    def test_what_is_not_there_is_named(self):
        absent = run(self.source / "absent", self.output)
        self.assertEqual(absent.returncode, 1)
        self.assertIn("absent does not exist", absent.stderr)
        self.source.mkdir()
        self.assertIn("expected parquet files in", run(self.source, self.output).stderr)


if __name__ == "__main__":
    try:
        import pyarrow
        import pyarrow.parquet as parquet
    except ImportError:
        print(f"skipped: pyarrow is not installed for {sys.executable}")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1])
