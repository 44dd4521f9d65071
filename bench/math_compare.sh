#!/usr/bin/env bash
# Speed of the math verifier beside Math-Verify from PyPI, in one run on one core each: bench/math_compare.sh [BUILD_FOLDER]
source "$(dirname "${BASH_SOURCE[0]}")/../scripts/environment.sh"
build=${1:-$LYDIAN_ROOT/build} venv=$LYDIAN_DEPS/math-verify-venv
if [[ ! -x $venv/bin/python ]]; then
  python3 -m venv "$venv" && "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "math-verify[antlr4_13_2]==0.8.0" ||
    fail "Math-Verify could not be installed into $venv."
fi
pairs=$(mktemp)
trap 'rm -f "$pairs"' EXIT
"$build/bin/math_speed" pairs 1000 >"$pairs"
"$build/bin/math_speed" time "$pairs"
"$venv/bin/python" "$LYDIAN_ROOT/bench/peers/math_verify_speed.py" "$pairs"
