#!/usr/bin/env bash
# Whether the math verifier's sources compile against FLINT 3, which holds Arb, on a machine that is built with FLINT 2.
#   scripts/check_flint3.sh INCLUDE     a folder with flint/flint.h of FLINT 3, as in Debian 13's libflint-dev unpacked (usr/include)
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

include=${1:-}
if [[ ! -f $include/flint/arb.h ]]; then
  say "skipped: no headers of FLINT 3 (flint/arb.h) in '${include}'; unpack libflint-dev of Debian 13 and name its usr/include"
  exit 77 # As ctest and .ci/run have it for what was skipped.
fi
say "compiling against FLINT $(sed -n 's/^#define FLINT_VERSION "\(.*\)"/\1/p' "$include/flint/flint.h")"
cd "$LYDIAN_ROOT"
failed=0
for source in src/verify/math/*.cpp; do
  if ! "${CXX:-g++}" -std=c++20 -fsyntax-only -Wall -Wextra -Wno-missing-field-initializers -Werror -Iinclude -Isrc -isystem "$include" "$source"; then
    failed=1
    say "failed: $source"
  fi
done
((failed == 0)) && say "all sources compile"
exit $failed
