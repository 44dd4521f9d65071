#include "fuzz/fuzz.h"
#include "verify/math/parser.h"

int fuzz_one(std::string_view input) {
  lydian::math::Tree tree;
  try {
    const lydian::math::Reading reading = lydian::math::parse(input, {}, tree);
    if (reading.root != lydian::math::kNoNode && !lydian::math::same(tree, reading.root, tree, reading.root)) __builtin_trap();
  } catch (const lydian::math::LimitExceeded&) {
  }
  return 0;
}
