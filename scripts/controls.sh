#!/usr/bin/env bash
# The demonstration's null controls, from the warm-up policy of a finished run: training on coins, and training that may not think. Both are compared with the
# true run on the same 1,000 test items and the same random numbers, with a paired 95 % interval. A control that is finished is kept, and one that was
# interrupted goes on.
#   scripts/controls.sh RUN [OUTPUT_FOLDER]     default: RUN-controls
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  sed -n '2,5s/^# \{0,1\}//p' "$0"
  exit 0
fi
(($# == 1 || $# == 2)) || fail "expected RUN [OUTPUT_FOLDER] (--help), got $# words."
run=${1%/} out=${2:-${1%/}-controls}
lydian=$LYDIAN_ROOT/build/bin/lydian
[[ -f $run/summary.json && -f $run/metrics.jsonl ]] || fail "$run is not the folder of a finished run: expected summary.json and metrics.jsonl in it."
warmup=$(python3 - "$run/metrics.jsonl" <<'PY'
import json, sys
print(max((record["step"] for record in map(json.loads, open(sys.argv[1])) if record["stage"] == "sft"), default=""))
PY
)
[[ -n $warmup ]] || fail "$run has no supervised stage, after which the controls begin."
checkpoint=$run/checkpoints/$(printf 'step_%06d' "$warmup")
[[ -d $checkpoint ]] || fail "$run has no checkpoint after its supervised stage: expected $checkpoint (save_total_limit decides which are kept)."
[[ -x $lydian ]] || fail "the program is not built: scripts/build.sh"

mkdir -p "$out"
# The run's own seed and settings, but GRPO alone.
python3 - "$run/config.json" >"$out/control.json" <<'PY'
import json, sys
config = json.load(open(sys.argv[1]))
for section in ("sft", "sweep", "report"):
    config.pop(section, None)
print(json.dumps(config, indent=2))
PY
# train NAME KEY=VALUE...
train() {
  local folder=$out/$1 status=0
  if [[ -f $folder/summary.json ]]; then
    say "$1: $folder (finished before)"
    return
  fi
  say "$1: training, its words go to $folder.log"
  if [[ -d $folder/checkpoints ]]; then
    "$lydian" train --resume "$folder" --quiet >>"$folder.log" || status=$?
  else
    "$lydian" train "$out/control.json" --quiet "init_from=$checkpoint" "output_dir=$folder" "${@:2}" >"$folder.log" || status=$?
  fi
  ((status != 75)) || { say "interrupted and saved; the same command goes on" && exit 75; }
  ((status == 0)) || fail "the control $1 stopped (exit status $status); its last words are above and in $folder.log."
}
train random grpo.random_reward=true
train budget0 grpo.thinking.max_tokens=0 grpo.thinking_cap_share=0
say "random rewards against the true run"
"$lydian" eval "$out/random" --compare "$run"
say "trained without thinking against the true run, both at budget 0"
"$lydian" eval "$out/budget0" --compare "$run" eval.thinking.max_tokens=0
