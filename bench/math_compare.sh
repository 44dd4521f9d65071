#!/usr/bin/env bash
# Speed of the math verifier beside Math-Verify from PyPI: the same pairs, on the same core, by turns: bench/math_compare.sh [BUILD_FOLDER] [ROUNDS] [CORE]
source "$(dirname "${BASH_SOURCE[0]}")/../scripts/environment.sh"
build=${1:-$LYDIAN_ROOT/build} rounds=${2:-7} core=${3:-$(taskset -cp $$ | sed 's/.*[ ,-]//')} venv=$LYDIAN_DEPS/math-verify-venv
if [[ ! -x $venv/bin/python ]]; then
  python3 -m venv "$venv" && "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "math-verify[antlr4_13_2]==0.8.0" ||
    fail "Math-Verify could not be installed into $venv."
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$build/bin/math_speed" pairs 200 >"$work/pairs"
for ((round = 0; round < rounds; ++round)); do
  taskset -c "$core" "$build/bin/math_speed" time "$work/pairs" >>"$work/lydian"
  taskset -c "$core" "$venv/bin/python" "$LYDIAN_ROOT/bench/peers/math_verify_speed.py" "$work/pairs" >>"$work/peer"
done
python3 - "$work" "$core" <<'PY'
import json, statistics, sys
read = lambda name: [json.loads(line) for line in open(f"{sys.argv[1]}/{name}")]
ours, peer = read("lydian"), read("peer")
print(f"core {sys.argv[2]}; medians over the rounds, the quotient of each round by itself")
print("| pairs | lydian, pairs/s | Math-Verify, pairs/s | quotient (least to largest) | lydian p99, ms | Math-Verify p99, ms |\n|---|---|---|---|---|---|")
for name in dict.fromkeys(row["set"] for row in ours):
    a, b = [r for r in ours if r["set"] == name], [r for r in peer if r["set"] == name]
    middle = lambda rows, key: statistics.median(r[key] for r in rows)
    quotients = [x["pairs_per_second"] / y["pairs_per_second"] for x, y in zip(a, b)]
    print(f"| {name} | {middle(a, 'pairs_per_second'):,.0f} | {middle(b, 'pairs_per_second'):,.1f} | {statistics.median(quotients):,.0f} ({min(quotients):,.0f} to {max(quotients):,.0f}) "
          f"| {middle(a, 'p99_ms'):.3f} | {middle(b, 'p99_ms'):.1f} |")
PY
