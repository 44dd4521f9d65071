#include "fuzz/fuzz.h"
#include "verify/math/extract.h"
#include "verify/math/wrapping.h"

int fuzz_one(std::string_view input) {
  const lydian::MathOptions options;
  const lydian::math::Extracted found = lydian::math::extract(input, options, [](std::string_view text) { return text.size() % 3 != 0; });
  if (found.begin > found.end || found.end > input.size()) __builtin_trap();
  lydian::math::without_delimiters(input);
  lydian::math::words_of(input);
  return 0;
}
