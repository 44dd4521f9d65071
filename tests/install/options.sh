#!/usr/bin/env bash
# What a build may be asked for: compiler flags of one's own, and no math and no code.
#   tests/install/options.sh [BUILD_FOLDER]     default: build, where libtorch is looked up
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/environment.sh"

cd "$LYDIAN_ROOT"
build=$(realpath "${1:-build}")
work=$build/options-test
rm -rf "$work"
mkdir -p "$work"
# configure FOLDER PRESET CMAKE-OPTION...
configure() {
  local folder=$work/$1 launcher=()
  if command -v ccache >/dev/null; then launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
  cmake --preset "$2" -B "$folder" "${launcher[@]}" -DLYDIAN_BUILD_TESTS=OFF -DLYDIAN_BUILD_EXAMPLES=OFF -DLYDIAN_BUILD_BENCH=OFF "${@:3}" >"$folder.log" 2>&1 || {
    cat "$folder.log"
    fail "preset $2 cannot be configured with ${*:3}."
  }
}

configure flags core "-DCMAKE_CXX_FLAGS_RELEASE=-O1 -DNDEBUG -DASKED_FOR"
grep -q -- '-O1 -DNDEBUG -DASKED_FOR' "$work/flags/compile_commands.json" || fail "CMAKE_CXX_FLAGS_RELEASE does not reach the compiler."
configure no_flags core
grep -q -- '-O2 -DNDEBUG' "$work/no_flags/compile_commands.json" || fail "without CMAKE_CXX_FLAGS_RELEASE sources are not compiled with -O2."
say "compiler flags: those that are asked for, else -O2"

# Without what needs FLINT and libseccomp: neither may be looked for.
configure least cpu -DLYDIAN_MATH=OFF -DLYDIAN_CODE=OFF -DCMAKE_DISABLE_FIND_PACKAGE_FLINT=ON -DSECCOMP_LIBRARY=NOTFOUND \
  "-DLIBTORCH_ROOT=$(sed -n 's/^LIBTORCH_ROOT:PATH=//p' "$build/CMakeCache.txt")"
cmake --build "$work/least" --target lydian >>"$work/least.log" 2>&1 || {
  tail -n 40 "$work/least.log"
  fail "without math and code the program does not build."
}
environments=$("$work/least/bin/lydian" env list | tr '\n' ' ')
[[ $environments == "chain word_problems " ]] || fail "without math and code the program should know chain and word_problems, and knows: $environments"
if "$work/least/bin/lydian" --help | grep -E '^ +(grade|sandbox) '; then fail "without math and code the program offers the commands above."; fi
say "without math and code: $environments"
