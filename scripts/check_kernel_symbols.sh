#!/usr/bin/env bash
# Fails where an object of the kernels holds a weak symbol: the linker may keep any instruction set's copy of one, and run it on a machine that lacks the instructions.
# Usage: check_kernel_symbols.sh BUILD_FOLDER
set -euo pipefail
build=${1:?usage: check_kernel_symbols.sh BUILD_FOLDER}
objects=$(find "$build" -path '*lydian_kernels_*' -name '*_cpu.cpp.o' | sort)
if [ -z "$objects" ]; then
  echo "check_kernel_symbols: no objects of the kernels under $build" >&2
  exit 1
fi
status=0
for object in $objects; do
  if weak=$(nm -C "$object" | grep -E ' [WwVvu] ' | grep -v ' _GLOBAL_OFFSET_TABLE_'); then
    echo "check_kernel_symbols: weak symbols in $object:" >&2
    echo "$weak" >&2
    status=1
  fi
done
exit $status
