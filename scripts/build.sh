#!/usr/bin/env bash
# Configures and builds one preset of CMakePresets.json.
#   scripts/build.sh [PRESET [TARGET...]]     PRESET: cpu (default), core, asan, tsan, fuzz
#   LYDIAN_CMAKE_OPTIONS   further options for cmake, as in "-DLYDIAN_WERROR=ON"
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

preset=${1:-cpu}
shift || true
cd "$LYDIAN_ROOT"
[[ -e build/build.ninja ]] || require_space "$LYDIAN_ROOT" 1000 "building" "clone onto a larger disk"
launcher=()
if command -v ccache >/dev/null; then launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
read -ra options <<<"${LYDIAN_CMAKE_OPTIONS:-}"
say "configuring preset $preset"
cmake --preset "$preset" --log-level=NOTICE "${launcher[@]}" "${options[@]}"
say "building preset $preset on $(nproc) cores"
cmake --build --preset "$preset" --parallel "$(nproc)" ${1:+--target "$@"}
