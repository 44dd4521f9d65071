#!/usr/bin/env python3
"""Times Math-Verify on the pairs that `math_speed pairs` prints: pairs a second, one process, parsing included.

    math_verify_speed.py PAIRS_FILE     one JSON line a set
"""
import json
import sys
import time

from math_verify import parse, verify


def main():
    sets = {}
    with open(sys.argv[1]) as file:
        for line in file:
            row = json.loads(line)
            sets.setdefault(row["set"], []).append((row["gold"], row["prediction"]))
    for name, pairs in sets.items():
        times, equal = [], 0
        verify(parse("$1$"), parse("$1$"))
        for gold, prediction in pairs:
            before = time.perf_counter()
            equal += bool(verify(parse(f"${gold.strip('$')}$"), parse(f"${prediction.strip('$')}$")))
            times.append(1000 * (time.perf_counter() - before))
        times.sort()
        print(json.dumps({"grader": "math-verify", "set": name, "pairs_per_second": 1000 * len(times) / sum(times), "median_ms": times[len(times) // 2],
                          "p99_ms": times[len(times) * 99 // 100], "slowest_ms": times[-1], "equal_share": equal / len(times)}))


if __name__ == "__main__":
    main()
