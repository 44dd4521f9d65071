#!/usr/bin/env bash
# What scripts/controls.sh refuses, and both controls of a run of a few steps.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

expect() {
  local expected=$1 sentence=$2 status=0 output
  shift 2
  output=$("$root/scripts/controls.sh" "$@" 2>&1) || status=$?
  if ((status != expected)) || [[ $output != *"$sentence"* ]]; then
    printf 'expected exit status %d and: %s\ngot %d and:\n%s\n' "$expected" "$sentence" "$status" "$output" >&2
    exit 1
  fi
}

expect 0 'scripts/controls.sh RUN [OUTPUT_FOLDER]' --help
expect 1 'error: expected RUN [OUTPUT_FOLDER] (--help), got 0 words.'
expect 1 'error: nowhere is not the folder of a finished run: expected summary.json and metrics.jsonl in it.' nowhere
mkdir grpo_alone
echo '{"stage": "grpo", "step": 1}' >grpo_alone/metrics.jsonl
echo '{}' >grpo_alone/summary.json
expect 1 'error: grpo_alone has no supervised stage, after which the controls begin.' grpo_alone
echo '{"stage": "sft", "step": 3}' >>grpo_alone/metrics.jsonl
expect 1 'error: grpo_alone has no checkpoint after its supervised stage: expected grpo_alone/checkpoints/step_000003' grpo_alone

small=(policy.hidden_size=16 policy.num_layers=1 policy.num_heads=2 summary.items=4 sft.max_steps=3 sft.batch_size=4 sft.gate.step_accuracy=0 sft.gate.answer_copy=0
  grpo.max_steps=2 grpo.prompts_per_step=2 grpo.num_generations=4 grpo.max_completion_length=8 grpo.eval_items=4 'sweep.budgets=[0,4]' sweep.items=4)
"$root/build/bin/lydian" train "$root/examples/chain.json" --quiet "${small[@]}" output_dir=run >train.log 2>&1 || { cat train.log && exit 1; }
expect 0 '== trained without thinking against the true run, both at budget 0' run
for control in random budget0; do
  [[ -f run-controls/$control/summary.json && -f run-controls/$control.log ]] || { echo "no folder or no log of the control $control" >&2 && exit 1; }
done
grep -q '"random_reward": true' run-controls/random/config.json
expect 0 '== random: run-controls/random (finished before)' run
echo "controls.sh keeps what is finished"
