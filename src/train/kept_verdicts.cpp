#include "train/kept_verdicts.h"

#include <algorithm>

#include "lydian/verify/environment.h"

namespace lydian {

VerdictJournal* KeptVerdicts::begin(const std::vector<WeightedEnvironment>& environments, std::string_view purpose, std::int64_t step) {
  const auto varies = [](const WeightedEnvironment& choice) { return !choice.environment->verifier().deterministic(); };
  if (path_.empty() || std::none_of(environments.begin(), environments.end(), varies)) return &journal_;
  if (!journal_.is_open()) journal_.open(path_, step);
  journal_.begin(purpose, step);
  return &journal_;
}

}  // namespace lydian
