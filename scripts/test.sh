#!/usr/bin/env bash
# Sets up, builds and runs the tests: one command from a bare machine.
#   scripts/test.sh [--long] [--peers]
#     --long    also the tests of minutes (learning from fresh seeds, resuming)
#     --peers   also those that compare with Python peers, which are installed first (about 6 GB)
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

labels='fast|golden' setup_options=() peers_python=
for argument in "$@"; do
  case $argument in
    --long) labels+='|long' ;;
    --peers) labels+='|peers' setup_options=(--peers) peers_python=$LYDIAN_DEPS/peers-venv/bin/python ;;
    -h | --help) sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) fail "expected --long or --peers, got $argument" ;;
  esac
done

"$LYDIAN_ROOT/scripts/setup.sh" "${setup_options[@]}"
LYDIAN_CMAKE_OPTIONS="${LYDIAN_CMAKE_OPTIONS:-} -DLYDIAN_PEERS_PYTHON=$peers_python" "$LYDIAN_ROOT/scripts/build.sh" cpu
cd "$LYDIAN_ROOT"
say "tests labeled $labels"
ctest --test-dir build --label-regex "^($labels)\$" --output-on-failure --no-tests=error --parallel "$(nproc)"
