#pragma once

namespace lydian {

/// Faults that the tests plant, to see that they are caught. In the product every one is off and leaves no code; for a test, the file that holds a fault is
/// compiled a second time with LYDIAN_PLANTED_FAULT set to its name (tests/planted/).
enum class PlantedFault {
  kNone,
  kShiftedLogProb,      ///< Recorded log-probs are compared and trained on one token too late.
  kLossOnForced,        ///< Forced tokens carry loss.
  kLossOnPrompt,        ///< Prompt tokens of demonstrations carry loss.
  kMeanOfMeans,         ///< Each micro-batch is normalised by itself.
  kSpreadOverInvalid,   ///< A group's spread counts rows whose verifier failed.
  kStaleWeights,        ///< The sampler goes on with the first weights.
  kCapIgnored,          ///< The sampler lets thinking run past its cap.
  kIndependentSamples,  ///< Samples of one item count as independent in an interval.
};

#ifndef LYDIAN_PLANTED_FAULT
#define LYDIAN_PLANTED_FAULT kNone
#endif

// Static: two files of one program may hold different answers.
static constexpr bool planted(PlantedFault fault) {
  return fault == PlantedFault::LYDIAN_PLANTED_FAULT;
}

}  // namespace lydian
