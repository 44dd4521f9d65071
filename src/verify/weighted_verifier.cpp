#include "lydian/verify/weighted_verifier.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <utility>

#include "lydian/core/error.h"
#include "lydian/verify/verifier_pool.h"

namespace lydian {

WeightedVerifier::WeightedVerifier(std::vector<Part> parts) : parts_(std::move(parts)) {
  if (parts_.empty()) throw ConfigError("weighted_verifier", "at least one part", "none");
  std::set<std::string> names;
  for (const Part& part : parts_) {
    if (!names.insert(part.name).second) throw ConfigError("weighted_verifier", "a name of its own for each part", "two named " + part.name);
    if (!part.verifier) throw ConfigError("weighted_verifier", "a verifier in part " + part.name, "none");
    if (!std::isfinite(part.weight)) throw ConfigError("weighted_verifier", "a finite weight of part " + part.name, std::to_string(part.weight));
  }
}

Verdict WeightedVerifier::verify(const Task& task, const Completion& completion) const {
  Verdict whole;
  for (const Part& part : parts_) {
    Verdict verdict = verify_guarded(*part.verifier, task, completion);
    if (!verdict.valid()) return Verdict::fault(part.name + ": " + verdict.reason);
    if (whole.status == VerdictStatus::kScored) whole.status = verdict.status;
    whole.reward += part.weight * verdict.reward;
    whole.parts.emplace_back(part.name, verdict.reward);
    if (!verdict.reason.empty()) whole.reason += (whole.reason.empty() ? "" : "; ") + part.name + ": " + verdict.reason;
  }
  return whole;
}

bool WeightedVerifier::deterministic() const {
  return std::all_of(parts_.begin(), parts_.end(), [](const Part& part) { return part.verifier->deterministic(); });
}

}  // namespace lydian
