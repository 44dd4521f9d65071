# Sourced by the other scripts: where things are kept, and how the scripts speak.
set -euo pipefail

LYDIAN_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly LYDIAN_ROOT TORCH_VERSION=2.11.0

say() { printf '== %s\n' "$*"; }
fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

if [[ -z ${LYDIAN_DEPS:-} ]]; then
  [[ -n ${XDG_CACHE_HOME:-}${HOME:-} ]] || fail "HOME is not set: set LYDIAN_DEPS to a folder for downloaded dependencies (2.5 GB free)."
  LYDIAN_DEPS=${XDG_CACHE_HOME:-${HOME:-}/.cache}/lydian
fi
export LYDIAN_DEPS

# The compiler's cache stands outside the clone, so that a second clone builds from it: paths are hashed relative to the clone. The sloppiness is what ccache
# asks for with precompiled headers.
export CCACHE_DIR=${CCACHE_DIR:-$LYDIAN_DEPS/ccache}
export CCACHE_BASEDIR=$LYDIAN_ROOT CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros

# Free space in MB of the file system that holds a folder, which need not exist yet.
free_megabytes() {
  local folder=$1
  while [[ ! -d $folder ]]; do folder=$(dirname "$folder"); done
  df -Pm "$folder" | awk 'NR == 2 { print $4 }'
}

# require_space FOLDER MB WHAT WAY_OUT
require_space() {
  local free
  free=$(free_megabytes "$1")
  ((free >= $2)) || fail "$3 needs $2 MB in $1 and $free MB are free: make room, or $4."
}
