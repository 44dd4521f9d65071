#!/usr/bin/env bash
# Measures lydian and the Python peers by turns on two threads, and prints one Markdown table.
#   bench/compare.sh [--quick] [--one-thread] [FILE]
#     --quick        few runs: whether everything works, no figures to publish
#     --one-thread   one thread each and its processor time, for a machine on which other programs run; without torch.compile
#     FILE           where the JSON lines of all programs go (default build/compare.jsonl)
source "$(dirname "${BASH_SOURCE[0]}")/../scripts/environment.sh"

runs=7 own_runs=4 warmup=2 threads=2 lines=$LYDIAN_ROOT/build/compare.jsonl
for argument in "$@"; do
  case $argument in
    --quick) runs=2 own_runs=1 warmup=1 ;;
    --one-thread) threads=1 ;;
    -h | --help) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 0 ;;
    -*) fail "expected --quick, --one-thread or a file, got $argument" ;;
    *) lines=$argument ;;
  esac
done

python=$LYDIAN_DEPS/peers-venv/bin/python programs=$LYDIAN_ROOT/build/bin peers=$LYDIAN_ROOT/bench/peers
export LYDIAN_THREADS=$threads

# by_turns OWN PEER...: each is a command; lydian's own runs before, between and after the peers, so that a change of the machine's speed meets all of them.
by_turns() {
  local own=$1 peer
  shift
  eval "$own" >>"$lines"
  for peer in "$@"; do
    if ((threads == 1)) && [[ $peer == *--compile ]]; then continue; fi
    eval "$python $peers/$peer --threads $threads" >>"$lines"
    eval "$own" >>"$lines"
  done
}

measure_sampling() {
  local shape=$1 rows=$2 common="--shape $1 --batch $2 --runs $runs"
  by_turns "$programs/policy_bench $threads $own_runs 'sampling $shape B=$rows' --json" \
    "torch_decode.py $common" "hf_generate.py $common" "torch_decode.py $common --compile"
}

measure_training() {
  local common="--shape small --runs $runs"
  by_turns "$programs/policy_bench $threads $own_runs 'training small' --json" "torch_train.py $common" "torch_train.py $common --compile"
}

measure_step() {
  by_turns "$programs/grpo_step_bench $1 $own_runs --json" "trl_grpo.py --shape $1 --runs $runs --warmup $warmup"
}

# By turns too: the ratio of two threads to one.
measure_threads() {
  local row=$1 count
  for count in 1 2 1 2; do "$programs/policy_bench" $count "$own_runs" "$row" --json >>"$lines"; done
}

"$LYDIAN_ROOT/scripts/setup.sh" --peers >&2
"$LYDIAN_ROOT/scripts/build.sh" cpu policy_bench grpo_step_bench kernels_bench >&2
mkdir -p "$(dirname "$lines")"
: >"$lines"
say "load before: $(cut -d' ' -f1-3 /proc/loadavg)" >&2
ceilings=$("$programs/kernels_bench" 0.1 none)
measure_sampling tiny-2l 16
measure_sampling small 64
measure_training
measure_step tiny-2l
measure_step small
if ((threads == 2)); then
  measure_threads 'sampling small B=64'
  measure_threads 'training small'
fi
printf '%s; %s; %s\n\n' "$(date -u +%F)" "$(sed -n 's/^model name\s*: //p' /proc/cpuinfo | head -n 1), $(nproc) processors" "$ceilings"
"$python" "$LYDIAN_ROOT/bench/compare_table.py" "$lines"
