#include "lydian/core/log_uniform.h"

#include <algorithm>
#include <cmath>

#include "lydian/core/portable_math.h"

namespace lydian {

std::int64_t log_uniform(std::int64_t low, std::int64_t high, RandomStream& stream) {
  const double begin = portable::log(static_cast<double>(low)), end = portable::log(static_cast<double>(high) + 1.0);
  const auto drawn = static_cast<std::int64_t>(std::floor(portable::exp(begin + stream.uniform() * (end - begin))));
  return std::clamp(drawn, low, high);
}

}  // namespace lydian
