#pragma once

#include <string>
#include <vector>

namespace lydian {

/// A stretch of a supervised trace and how much its tokens count in the loss (0: read, not learnt).
struct DemonstrationSegment {
  std::string text;
  double weight = 1.0;
};

/// An earlier turn of an episode of several: what the policy says, and the words that the environment answers with (read, never learnt).
struct DemonstrationTurn {
  std::vector<DemonstrationSegment> thinking;
  std::vector<DemonstrationSegment> answer;
  std::string reply;
  bool think = true;
};

/// What a good completion of a task looks like, for the supervised stage.
///
/// It is encoded as: thinking delimiter, `thinking`, closing delimiter, `answer`, end of sequence (the delimiters only where the tokenizer
/// has them and `think` is true; they and the end count with weight 1). Each earlier turn is encoded in the same way before it, followed by its reply.
struct Demonstration {
  std::vector<DemonstrationSegment> thinking;
  std::vector<DemonstrationSegment> answer;
  bool think = true;
  std::vector<DemonstrationTurn> earlier{};
};

}  // namespace lydian
