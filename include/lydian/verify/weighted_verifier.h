#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lydian/verify/verifier.h"

namespace lydian {

/// Several verifiers, one reward: sum of weight * reward. Each one's own reward is kept as a part under its name.
///
/// Edges    A fault of any is a fault of the whole. Otherwise the first status that is not kScored is the status of the whole.
class WeightedVerifier final : public Verifier {
 public:
  struct Part {
    std::string name;
    std::shared_ptr<const Verifier> verifier;
    double weight = 1.0;
  };
  /// Throws ConfigError without parts, where two have one name, and where a part has no verifier or a weight that is not finite.
  explicit WeightedVerifier(std::vector<Part> parts);

  Verdict verify(const Task& task, const Completion& completion) const override;
  bool deterministic() const override;

 private:
  std::vector<Part> parts_;
};

}  // namespace lydian
