#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace lydian {

/// What a verdict means. Only kVerifierFault is nobody's answer: such a row is masked out of means and loss, and counted.
enum class VerdictStatus : std::uint8_t {
  kScored,         ///< The answer was read and judged.
  kUnparsable,     ///< The answer could not be read: the model's mistake.
  kResourceLimit,  ///< The answer exceeded a stated limit of time, memory or output: the model's mistake.
  kVerifierFault,  ///< The verifier failed. `reward` means nothing.
};

const char* to_string(VerdictStatus status);

/// The judgement of one completion.
struct Verdict {
  VerdictStatus status = VerdictStatus::kScored;
  double reward = 0.0;
  std::vector<std::pair<std::string, double>> parts;  ///< Named components of the reward, logged as rewards/<name>/mean.
  std::string reason;

  static Verdict scored(double reward, std::string reason = {}) { return {VerdictStatus::kScored, reward, {}, std::move(reason)}; }
  static Verdict unparsable(std::string reason) { return {VerdictStatus::kUnparsable, 0.0, {}, std::move(reason)}; }
  static Verdict resource_limit(std::string reason) { return {VerdictStatus::kResourceLimit, 0.0, {}, std::move(reason)}; }
  static Verdict fault(std::string reason) { return {VerdictStatus::kVerifierFault, 0.0, {}, std::move(reason)}; }

  /// False for a fault: the reward must not be used.
  bool valid() const { return status != VerdictStatus::kVerifierFault; }
};

/// Judged, with a reward of 1; weighted parts may sum to a little less.
inline bool is_right(const Verdict& verdict) {
  return verdict.valid() && verdict.reward >= 1.0 - 1e-9;
}

}  // namespace lydian
