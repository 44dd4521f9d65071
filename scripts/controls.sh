#!/usr/bin/env bash
# The demonstration's null controls, from the warm-up policy of a finished run: training on coins, and training that may not think. Both are compared with the true run on the same 1,000 test
# items and the same random numbers, with a paired 95 % interval.
#
#   scripts/controls.sh runs/chain [OUTPUT_FOLDER]
set -euo pipefail
cd "$(dirname "$0")/.."
run=${1:?usage: scripts/controls.sh RUN [OUTPUT_FOLDER]}
out=${2:-$run-controls}
lydian=build/bin/lydian
read -r seed warmup < <(python3 - "$run" <<'PY'
import json, os, sys
run = sys.argv[1]
config = json.load(open(os.path.join(run, "config.json")))
steps = [json.loads(line) for line in open(os.path.join(run, "metrics.jsonl"))]
print(config["seed"], max(r["step"] for r in steps if r["stage"] == "sft"))
PY
)
checkpoint() { printf '%s/checkpoints/step_%06d' "$1" "$2"; }
base=$(mktemp --suffix=.json)
trap 'rm -f "$base"' EXIT
python3 - "$run" "$base" <<'PY'
import json, os, sys
config = json.load(open(os.path.join(sys.argv[1], "config.json")))
for section in ("sft", "sweep", "report"):
    config.pop(section, None)
json.dump(config, open(sys.argv[2], "w"))
PY
train() { "$lydian" train "$base" --quiet seed="$seed" init_from="$(checkpoint "$run" "$warmup")" output_dir="$out/$1" "${@:2}" > "$out-$1.log"; }
train random grpo.random_reward=true
train budget0 grpo.thinking.max_tokens=0 grpo.thinking_cap_share=0
echo "random rewards against the true run:"
"$lydian" eval "$out/random" --compare "$run"
echo "trained without thinking against the true run, both at budget 0:"
"$lydian" eval "$out/budget0" --compare "$run" eval.thinking.max_tokens=0
