#pragma once

#include <string>
#include <vector>

namespace lydian {

/// A stretch of a supervised trace and how much its tokens count in the loss (0: read, not learnt).
struct DemonstrationSegment {
  std::string text;
  double weight = 1.0;
};

/// What a good completion of a task looks like, for the supervised stage.
///
/// It is encoded as: thinking delimiter, `thinking`, closing delimiter, `answer`, end of sequence (the delimiters only where the tokenizer
/// has them and `think` is true; they and the end count with weight 1).
struct Demonstration {
  std::vector<DemonstrationSegment> thinking;
  std::vector<DemonstrationSegment> answer;
  bool think = true;
};

}  // namespace lydian
