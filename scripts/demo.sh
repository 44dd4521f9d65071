#!/usr/bin/env bash
# From a bare machine to a learning curve: sets up, builds, and runs the demonstration (examples/chain.json), a small transformer that learns to think longer.
#   scripts/demo.sh [KEY=VALUE...]     overrides of the configuration, as in seed=8
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  sed -n '2,3s/^# \{0,1\}//p' "$0"
  exit 0
fi
for word; do
  [[ $word == *=* ]] || fail "expected KEY=VALUE, as in seed=8, got $word"
done
"$LYDIAN_ROOT/scripts/setup.sh"
"$LYDIAN_ROOT/scripts/build.sh" cpu lydian
cd "$LYDIAN_ROOT"
ready=$SECONDS

# A fresh folder each time, unless one is asked for: runs/chain, runs/chain-2, ...
folder=runs/chain number=1
while [[ -e $folder ]]; do folder=runs/chain-$((++number)); done
for argument in "$@"; do
  if [[ $argument == output_dir=* ]]; then folder=${argument#output_dir=}; fi
done
mkdir -p "$(dirname "$folder")"
say "demonstration: 1 to 2 minutes on 2 cores, in $folder"
status=0
build/bin/lydian train examples/chain.json "$@" "output_dir=$folder" || status=$?
if ((status == 75)); then
  say "interrupted and saved; go on with: build/bin/lydian train --resume $folder"
  exit 75
elif ((status != 0)); then
  fail "the demonstration stopped (exit status $status); its last words are above, its records in $folder. Another seed: scripts/demo.sh seed=8"
fi

say "done in $SECONDS s, of it $((SECONDS - ready)) s for the demonstration"
say "report: $(realpath "$folder")/report.html (open it in a browser)"
say "next: build/bin/lydian generate --help, build/bin/lydian sweep --help; another seed: scripts/demo.sh seed=8"
