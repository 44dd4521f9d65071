#!/usr/bin/env bash
# What scripts/setup.sh says on machines that lack something, each played by programs of the test's own: nothing is installed, nothing is downloaded.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

# A machine is a folder of programs: what setup.sh calls, as the real ones, and a Debian with every package.
# machine NAME: begins another one; play PROGRAM TEXT: puts a script of this text in the place of one of its programs
machine() {
  bin=$work/$1/bin home=$work/$1/home
  mkdir -p "$bin" "$home"
  local program
  for program in awk bash cat dirname env flock grep mkdir mktemp mv rm sed tail true; do ln -s "$(command -v "$program")" "$bin/$program"; done
  play uname 'echo x86_64'
  play id 'echo 0'
  play dpkg-query 'echo installed'
  play apt-get 'exit 0'
  play df 'printf "Filesystem 1048576-blocks Used Available Capacity Mounted on\n/dev/disk 100000 1 99999 1%% /\n"'
  # A virtual environment whose pip fails with the words in $PIP_SAYS.
  play python3 'mkdir -p "$3/bin"; printf "#!%s\necho \"$PIP_SAYS\" >&2; exit 1\n" "$(command -v bash)" >"$3/bin/python"; /bin/chmod +x "$3/bin/python"'
}
play() {
  rm -f "$bin/$1"
  printf '#!%s\n%s\n' "$(command -v bash)" "$2" >"$bin/$1"
  chmod +x "$bin/$1"
}

# says STATUS SENTENCE [NAME=VALUE...] -- [ARGUMENT...]: how setup.sh ends on this machine, and what it says
says() {
  local expected=$1 sentence=$2 status=0 output settings=()
  shift 2
  while [[ $1 != -- ]]; do
    settings+=("$1")
    shift
  done
  shift
  output=$(env -i PATH="$bin" HOME="$home" "${settings[@]}" "$root/scripts/setup.sh" "$@" 2>&1) || status=$?
  if ((status != expected)) || [[ $output != *"$sentence"* ]]; then
    printf 'expected exit status %d and: %s\ngot %d and:\n%s\n\n' "$expected" "$sentence" "$status" "$output" >&2
    failures=$((failures + 1))
  fi
}

machine whole
says 0 'Debian packages: all' -- --core
says 0 '== set up' -- --core
says 1 'error: expected --core, --developer or --peers, got --cores' -- --cores

machine arm
play uname 'echo aarch64'
says 1 'error: lydian runs on x86-64 processors; this one is aarch64.' --

machine old
play grep '[[ "$*" == *avx2* ]] && exit 1; exec /bin/grep "$@"'
says 0 'note: this processor has no AVX2; lydian works on it, with equal results, but slowly' -- --core

machine user
play dpkg-query '[[ "${@: -1}" == ninja-build ]] || echo installed'
play id 'echo 1000'
play sudo 'exit 1'
says 1 'installing them needs an administrator. Ask for: apt-get install ninja-build' -- --core

machine offline
play dpkg-query '[[ "${@: -1}" == ninja-build ]] || echo installed'
play apt-get 'echo "Err:1 http://deb.debian.org Temporary failure resolving"; exit 100'
says 1 'error: apt-get could not reach Debian'"'"'s packages: this machine has no network. Connect it, or install by hand: ninja-build' -- --core
play apt-get '[[ "$*" == *update* ]] || { echo "E: Unable to locate package"; exit 100; }'
says 1 'error: apt-get could not install ninja-build; its last lines are above.' -- --core

machine stranger
rm "$bin/dpkg-query"
says 1 'error: cmake is not installed, and this is not Debian, on which lydian is tested. Install what corresponds to: cmake ninja-build' -- --core
for program in cmake ninja ccache g++ git; do play "$program" 'exit 0'; done
says 0 'note: not Debian; lydian is tested on Debian 12' -- --core

machine full
play df 'printf "Filesystem 1048576-blocks Used Available Capacity Mounted on\n/dev/disk 3000 2900 100 97%% /\n"'
says 1 "MB in $home/.cache/lydian and 100 MB are free: make room, or set LYDIAN_DEPS to a folder on a larger disk." --

machine wheel
says 1 'error: pip could not reach the package index: this machine has no network. Connect it, or set LYDIAN_TORCH_DIR' PIP_SAYS='NewConnectionError: Name or service not known' --
says 1 'error: the disk is full: make room, or set LYDIAN_DEPS' PIP_SAYS='OSError: [Errno 28] No space left on device' --
says 1 'error: pip could not install the packages; its last lines are above.' PIP_SAYS='no such thing' --
[[ ! -e $home/.cache/lydian/torch-2.11.0.partial ]] || { echo "an interrupted download stayed" >&2 && failures=$((failures + 1)); }
says 1 "error: LYDIAN_TORCH_DIR=$home is not the torch/ folder of a torch wheel: expected include/, lib/libtorch_cpu.so and version.py in it." LYDIAN_TORCH_DIR="$home" --
says 1 'error: HOME is not set: set LYDIAN_DEPS to a folder for downloaded dependencies' HOME= --
: >"$home/file"
says 1 "error: the folder $home/file/deps cannot be made: set LYDIAN_DEPS to a folder that you may write." LYDIAN_DEPS="$home/file/deps" --
mkdir -p "$home/torch/include/ATen/core" "$home/torch/lib"
touch "$home/torch/include/ATen/core/Tensor.h" "$home/torch/lib/libtorch_cpu.so" "$home/torch/version.py"
says 0 "libtorch: $home/torch (LYDIAN_TORCH_DIR)" LYDIAN_TORCH_DIR="$home/torch" --

((failures == 0)) && echo "setup.sh says what is missing"
exit $((failures > 0))
