#!/usr/bin/env python3
"""Turns a folder of parquet files, as most data sets are published, into the JSONL that lydian's environments read. Needs pyarrow (pip install pyarrow).

    scripts/parquet_to_jsonl.py INPUT OUTPUT_FOLDER [--columns a,b,c]

INPUT is a parquet file or a folder (searched to any depth). Of a split's pieces, train-00000-of-00002.parquet and so on, one file train.jsonl is made; a folder
inside INPUT becomes one of the same name. Columns keep their names and their shapes; dates and other values that JSON lacks become text, numbers that are not
finite become null and are counted, bytes are refused.
"""
import argparse
import json
import math
import re
import sys
from pathlib import Path

PIECE = re.compile(r"-\d+-of-\d+$")


def plain(value, place, lost):
    """A value as JSON has it; the places of numbers that it cannot hold are added to `lost`."""
    if isinstance(value, bytes):
        raise SystemExit(f"error: {place}: expected text, numbers, lists or structures, got bytes; leave the column out by --columns")
    if isinstance(value, float) and not math.isfinite(value):
        lost.append(place)
        return None
    if isinstance(value, dict):
        return {name: plain(entry, f"{place}.{name}", lost) for name, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry, place, lost) for entry in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def targets(source, output):
    """Of each file to be made, its pieces in order."""
    files = [source] if source.is_file() else sorted(source.rglob("*.parquet"))
    if not files:
        raise SystemExit(f"error: expected parquet files in {source}, got none")
    made = {}
    for file in files:
        folder = Path() if source.is_file() else file.parent.relative_to(source)
        made.setdefault(output / folder / (PIECE.sub("", file.stem) + ".jsonl"), []).append(file)
    return made


def convert(pieces, target, columns):
    import pyarrow.parquet as parquet

    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".partial")
    rows, lost = 0, []
    with open(partial, "w", encoding="utf-8") as output:
        for piece in pieces:
            for batch in parquet.ParquetFile(piece).iter_batches(columns=columns):
                for row in batch.to_pylist():
                    rows += 1
                    output.write(json.dumps({name: plain(value, f"{piece}, row {rows}, {name}", lost) for name, value in row.items()}, ensure_ascii=False) + "\n")
    partial.rename(target)
    return rows, lost


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("input", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--columns", metavar="a,b,c", help="only these columns")
    arguments = parser.parse_args()
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        raise SystemExit("error: pyarrow is not installed: pip install pyarrow")
    if not arguments.input.exists():
        raise SystemExit(f"error: {arguments.input} does not exist")
    columns = arguments.columns.split(",") if arguments.columns else None
    for target, pieces in targets(arguments.input, arguments.output).items():
        rows, lost = convert(pieces, target, columns)
        print(f"{target}: {rows} rows from {len(pieces)} file{'s' if len(pieces) > 1 else ''}")
        if lost:
            print(f"warning: {target}: {len(lost)} numbers that are not finite became null, the first in {lost[0]}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
