#!/usr/bin/env bash
# One repeat of the programs whose lines bench/compare.sh collects, lines of peers as bench/peers prints them, and the table of all of them.
#   compare_table_test.sh FOLDER_OF_PROGRAMS
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
programs=$1
lines=$(mktemp)
trap 'rm -f "$lines"' EXIT
export LYDIAN_THREADS=1 OMP_NUM_THREADS=1

"$programs/policy_bench" 1 1 'sampling tiny-2l B=16' --json >"$lines"
"$programs/policy_bench" 1 1 'training small' --json >>"$lines"
"$programs/grpo_step_bench" tiny-2l 1 --json >>"$lines"
cat >>"$lines" <<'LINES'
{"script": "torch_decode", "shape": "tiny-2l", "mode": "eager", "threads": 1, "values": [1000.0, 3000.0, 2000.0]}
{"script": "torch_train", "shape": "small", "mode": "compile", "threads": 1, "values": [1000.0]}
{"script": "trl_grpo", "shape": "tiny-2l", "threads": 1, "values": [60.0]}
LINES
table=$(python3 "$root/bench/compare_table.py" "$lines")
row() { grep -qE "$1" <<<"$table" || { printf 'expected a row like: %s\ngot:\n%s\nof the lines:\n%s\n' "$1" "$table" "$(cat "$lines")" >&2 && exit 1; }; }
row '^\| 1 thread \| lydian \| share of the FMA ceiling \|'
row '^\| sampling `tiny-2l`, B = 16 \| [0-9.]+ k/s \| [0-9]+ % \| 2\.0 k/s \| – \| – \| [0-9.]+× \|$'
row '^\| training `small` \| [0-9.]+ k/s \| [0-9]+ % \| – \| 1\.0 k/s \| – \| [0-9.]+× \|$'
row '^\| GRPO step, `tiny-2l` \| [0-9,]+ ms \| [0-9]+ % \| – \| – \| 60,000 ms \| [0-9.]+× \|$'

# Two threads over one, where both were measured.
sed -n '/"training small/s/"threads": 1/"threads": 2/p' "$lines" >"$lines.two"
cat "$lines.two" >>"$lines" && rm "$lines.two"
table=$(python3 "$root/bench/compare_table.py" "$lines")
row '^Two threads over one, training `small`: 1\.00 times, 1\.00 of the ratio of their FMA ceilings\.$'
echo "the table has every column"
