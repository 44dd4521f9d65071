#!/usr/bin/env python3
"""Reads the event files of a run folder with the real tensorboard package and compares every scalar with metrics.jsonl.

    check_tensorboard.py RUN_FOLDER        needs: pip install tensorboard
"""

import json
import pathlib
import struct
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def as_float32(value):
    return struct.unpack("<f", struct.pack("<f", value))[0]


def logged_scalars(run_folder):
    """{name: [(step, value)]} of metrics.jsonl, in file order."""
    scalars = {}
    for line in (run_folder / "metrics.jsonl").read_text().splitlines():
        record = json.loads(line)
        step = record.pop("step")
        record.pop("stage")
        for name, value in record.items():
            scalars.setdefault(name, []).append((step, as_float32(value)))
    return scalars


def event_scalars(run_folder):
    accumulator = EventAccumulator(str(run_folder / "tensorboard"), size_guidance={"scalars": 0})
    accumulator.Reload()
    return {tag: [(event.step, event.value) for event in accumulator.Scalars(tag)] for tag in accumulator.Tags()["scalars"]}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    run_folder = pathlib.Path(sys.argv[1])
    logged, events = logged_scalars(run_folder), event_scalars(run_folder)
    wrong = []
    for name in sorted(logged.keys() | events.keys()):
        in_log = logged.get(name, [])
        # What is no finite number stands in the event files only.
        in_events = [(step, value) for step, value in events.get(name, []) if abs(value) < float("inf")]
        if in_log != in_events:
            wrong.append(f"{name}: metrics.jsonl has {len(in_log)} values, the event files {len(in_events)}, or they differ")
    if wrong or not logged:
        sys.exit("\n".join(wrong) or "metrics.jsonl has no numbers")
    print(f"{len(logged)} scalars, {sum(map(len, logged.values()))} values: tensorboard reads what metrics.jsonl says")


if __name__ == "__main__":
    main()
