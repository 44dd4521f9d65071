#!/usr/bin/env bash
# Sets up what lydian is built from: Debian packages and libtorch. Safe to run again: what is there is kept.
#   scripts/setup.sh [--core] [--developer] [--peers]
#     --core        without libtorch (presets core, asan, tsan)
#     --developer   also clang-format and clang-tidy, and the reader of TensorBoard files, as CI uses them
#     --peers       also the Python peers that bench/ and the tests labeled `peers` compare with (about 6 GB)
#   LYDIAN_DEPS       folder for downloads (default ~/.cache/lydian)
#   LYDIAN_TORCH_DIR  an existing torch/ folder of a torch 2.11.0 wheel; then none is downloaded
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

with_torch=1 developer=0 peers=0
larger_disk="set LYDIAN_DEPS to a folder on a larger disk"
for argument in "$@"; do
  case $argument in
    --core) with_torch=0 ;;
    --developer) developer=1 ;;
    --peers) peers=1 ;;
    -h | --help) sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) fail "expected --core, --developer or --peers, got $argument" ;;
  esac
done

packages=(cmake ninja-build ccache g++ git python3-venv python3-pip nlohmann-json3-dev libspdlog-dev libfmt-dev libeigen3-dev libgtest-dev libgmock-dev libssl-dev
  libflint-dev libseccomp-dev)
# FLINT 3, which is in Debian 13, has Arb inside.
if grep -qs '^VERSION_ID="12"' /etc/os-release; then packages+=(libflint-arb-dev); fi
((developer)) && packages+=(clang-format clang-tidy)

check_machine() {
  [[ $(uname -m) == x86_64 ]] || fail "lydian runs on x86-64 processors; this one is $(uname -m)."
  grep -qw avx2 /proc/cpuinfo || say "note: this processor has no AVX2; lydian works on it, with equal results, but slowly (plain kernels)."
}

install_packages() {
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    local program
    for program in cmake ninja ccache g++ git python3; do
      command -v "$program" >/dev/null || fail "$program is not installed, and this is not Debian, on which lydian is tested. Install what corresponds to: ${packages[*]}"
    done
    say "note: not Debian; lydian is tested on Debian 12. If configuring fails, install what corresponds to: ${packages[*]}"
    return
  fi
  local package missing=()
  for package in "${packages[@]}"; do
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
  done
  if ((${#missing[@]} == 0)); then
    say "Debian packages: all ${#packages[@]} are installed"
    return
  fi
  local as_root=() log
  if (($(id -u) != 0)); then
    if ! sudo -n true 2>/dev/null; then
      fail "these Debian packages are missing, and installing them needs an administrator. Ask for: apt-get install ${missing[*]}"
    fi
    as_root=(sudo -n)
  fi
  as_root+=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=1 -o DPkg::Lock::Timeout=300)
  say "Debian packages: installing ${missing[*]}"
  log=$(mktemp)
  "${as_root[@]}" update >"$log" 2>&1 || true # old package lists may do
  if ! "${as_root[@]}" install -y --no-install-recommends "${missing[@]}" >>"$log" 2>&1; then
    tail -n 5 "$log" >&2
    if grep -qiE 'resolving|could not connect|unreachable' "$log"; then
      fail "apt-get could not reach Debian's packages: this machine has no network. Connect it, or install by hand: ${missing[*]}"
    fi
    fail "apt-get could not install ${missing[*]}; its last lines are above."
  fi
  rm -f "$log"
}

is_torch() { [[ -f $1/include/ATen/core/Tensor.h && -f $1/lib/libtorch_cpu.so && -f $1/version.py ]]; }

# A fresh virtual environment brings its own pip, so neither the system's pip nor its refusals matter.
# pip_install VENV-FOLDER ARGUMENTS...
pip_install() {
  local venv=$1 log=$LYDIAN_DEPS/pip.log
  shift
  [[ -x $venv/bin/python ]] || python3 -m venv "$venv" || fail "python3 could not make a virtual environment in $venv: install python3-venv."
  if ! "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-cache-dir --retries 2 "$@" 2>"$log"; then
    tail -n 5 "$log" >&2
    if grep -qE 'NewConnectionError|name resolution|Name or service not known|Network is unreachable|Connection refused|timed out' "$log"; then
      fail "pip could not reach the package index: this machine has no network. Connect it, or set LYDIAN_TORCH_DIR to the torch/ folder of an installed torch $TORCH_VERSION."
    elif grep -qi 'no space left' "$log"; then
      fail "the disk is full: make room, or $larger_disk."
    fi
    fail "pip could not install the packages; its last lines are above."
  fi
}

# Downloads go to a folder beside the final one, which is then renamed: an interrupted download is never taken for a whole one.
install_torch() {
  local target=$LYDIAN_DEPS/torch-$TORCH_VERSION
  partial=$target.partial
  if [[ -n ${LYDIAN_TORCH_DIR:-} ]]; then
    is_torch "$LYDIAN_TORCH_DIR" || fail "LYDIAN_TORCH_DIR=$LYDIAN_TORCH_DIR is not the torch/ folder of a torch wheel: expected include/, lib/libtorch_cpu.so and version.py in it."
    say "libtorch: $LYDIAN_TORCH_DIR (LYDIAN_TORCH_DIR)"
    return
  fi
  if is_torch "$target/torch"; then
    say "libtorch: $target"
    return
  fi
  require_space "$LYDIAN_DEPS" 2500 "torch $TORCH_VERSION" "$larger_disk"
  say "libtorch: downloading torch $TORCH_VERSION into $target (about 0.6 GB, 1.2 GB unpacked)"
  rm -rf "$partial" "$target"
  trap 'rm -rf "$partial"' EXIT
  mkdir -p "$partial/tmp"
  # Of the wheel only headers and libraries are used, so one Python version serves every machine; libtorch_cpu needs two small CUDA libraries to load.
  TMPDIR=$partial/tmp pip_install "$partial/venv" --no-deps --only-binary=:all: --python-version 3.11 --target "$partial/site" \
    "torch==$TORCH_VERSION" nvidia-cuda-runtime==13.0.96 nvidia-cuda-cupti==13.0.85
  is_torch "$partial/site/torch" || fail "the downloaded torch $TORCH_VERSION lacks headers or libraries."
  mv "$partial/site" "$target"
  rm -rf "$partial"
}

# install_venv NAME MB REQUIREMENTS: a virtual environment that is made again when its requirements change.
install_venv() {
  local name=$1 megabytes=$2 requirements=$3 venv=$LYDIAN_DEPS/$1-venv
  if cmp -s "$requirements" "$venv/requirements.txt"; then
    say "$name: $venv"
    return
  fi
  require_space "$LYDIAN_DEPS" "$megabytes" "$name" "$larger_disk"
  say "$name: installing into $venv"
  rm -rf "$venv"
  mkdir -p "$venv.tmp"
  TMPDIR=$venv.tmp pip_install "$venv" -r "$requirements"
  rm -rf "$venv.tmp"
  cp "$requirements" "$venv/requirements.txt"
}

check_machine
install_packages
mkdir -p "$LYDIAN_DEPS" 2>/dev/null || fail "the folder $LYDIAN_DEPS cannot be made: set LYDIAN_DEPS to a folder that you may write."
exec 9>"$LYDIAN_DEPS/setup.lock"
flock 9
if ((with_torch)); then install_torch; fi
if ((developer)); then
  install_venv tensorboard 500 "$LYDIAN_ROOT/scripts/tensorboard_requirements.txt"
  install_venv parquet 300 "$LYDIAN_ROOT/scripts/parquet_requirements.txt"
fi
if ((peers)); then install_venv peers 12000 "$LYDIAN_ROOT/bench/peers/requirements.txt"; fi
say "set up"
