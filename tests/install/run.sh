#!/usr/bin/env bash
# Installs a build and uses it from outside projects, each with the dependencies of its own component alone.
#   tests/install/run.sh [BUILD_FOLDER]     default: build
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/environment.sh"

cd "$LYDIAN_ROOT"
build=$(realpath "${1:-build}")
work=$build/install-test prefix=$build/install-test/prefix
rm -rf "$work"
cmake --install "$build" --prefix "$prefix" >/dev/null
say "installed: $(find "$prefix" -name '*.h' | wc -l) headers, components $(cd "$prefix/lib/cmake/lydian" && ls lydian-*.cmake | grep -v -- -release | tr '\n' ' ')"

# Nothing of the build tree and none of its private options may reach a user.
if grep -rnE -- "lydian_options|fsanitize|-Werror|-Wall|ffp-contract|nlohmann|Eigen3|$build|$LYDIAN_ROOT/" "$prefix/lib/cmake"; then
  fail "the installed package shows the lines above to its users."
fi

launcher=()
if command -v ccache >/dev/null; then launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
configure() {
  local project=$1
  shift
  cmake -S "tests/install/$project" -B "$work/$project" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH="$prefix" "${launcher[@]}" "$@" >"$work/$project.log" 2>&1
}
# use PROJECT [CMAKE OPTION...]: configures, builds and runs an outside project
use() {
  local project=$1
  configure "$@" && cmake --build "$work/$project" >>"$work/$project.log" 2>&1 || {
    tail -n 40 "$work/$project.log"
    fail "the outside project $project does not build."
  }
  "$work/$project/program" || fail "the outside project $project does not run."
}
refuses() {
  local expected=$1
  shift
  if configure "$@"; then fail "the outside project $1 was configured with ${*:2}; expected a refusal."; fi
  tr '\n' ' ' <"$work/$1.log" | tr -s ' ' | grep -qF "$expected" || { cat "$work/$1.log"; fail "expected the sentence: $expected"; }
}

without_torch=(-DCMAKE_DISABLE_FIND_PACKAGE_Libtorch=ON -DCMAKE_DISABLE_FIND_PACKAGE_Torch=ON)
for project in core rollout testing; do
  use "$project" "${without_torch[@]}"
  if readelf -d "$work/$project/program" | grep -E 'libtorch|libc10'; then fail "the outside project $project is linked with torch."; fi
done
refuses "expected COMPONENTS among those installed here" unknown

if [[ ! -f $prefix/lib/cmake/lydian/lydian-torch.cmake ]]; then
  say "skipped: torch, program, torch_own (this build is without torch)"
  exit
fi
# Another torch than the one that lydian is built and tested with.
mkdir -p "$work/other_torch/include/ATen/core"
touch "$work/other_torch/include/ATen/core/Tensor.h"
echo "__version__ = '2.9.1+cpu'" >"$work/other_torch/version.py"
refuses "lydian is built and tested with torch 2.11.0; $work/other_torch holds 2.9.1." torch "-DLIBTORCH_ROOT=$work/other_torch"
for project in torch program; do
  use "$project" -DLIBTORCH_ROOT="$(sed -n 's/^LIBTORCH_ROOT:PATH=//p' "$build/CMakeCache.txt")"
done

# find_package(Torch) demands the CUDA toolkit and all CUDA wheels.
full_torch=$(ls -d "$LYDIAN_DEPS"/peers-venv/lib/python3*/site-packages/torch 2>/dev/null || true)
if ! command -v nvcc >/dev/null; then
  say "skipped: torch_own (no CUDA toolkit: find_package(Torch) cannot work)"
elif [[ -z $full_torch ]]; then
  say "skipped: torch_own (no full torch wheels: scripts/setup.sh --peers brings them)"
else
  TORCH_CUDA_ARCH_LIST=9.0 use torch_own -DCMAKE_PREFIX_PATH="$prefix;$full_torch"
fi
say "the installed package works"
