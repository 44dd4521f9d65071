#include "lydian/model/sampling_options.h"

#include <cmath>
#include <string>

#include "lydian/core/config.h"
#include "lydian/core/error.h"

namespace lydian {

void describe(ConfigVisitor& visitor, SamplingOptions& options) {
  visitor.field({"temperature", "softmax temperature; 0 takes the most likely token", 0.0}, options.temperature);
  visitor.field({"top_p", "draw from the smallest set of tokens with this probability, above 0; 1: all (evaluation only)", 0.0, 1.0}, options.top_p);
  visitor.field({"top_k", "draw from this many most likely tokens; 0: all (evaluation only)", 0.0}, options.top_k);
  visitor.field({"max_completion_length", "longest completion in tokens, thinking and delimiters included", 1.0}, options.max_completion_length);
  std::vector<std::int64_t> stop_ids(options.stop_ids.begin(), options.stop_ids.end());
  visitor.field({"stop_ids", "token ids that end a completion; empty: the tokenizer's end of sequence"}, stop_ids);
  options.stop_ids.assign(stop_ids.begin(), stop_ids.end());
}

void validate(const SamplingOptions& options) {
  const auto refuse = [](const char* expected, double got) { throw ConfigError("sampling_options", expected, std::to_string(got)); };
  if (!(options.temperature >= 0.0) || std::isinf(options.temperature)) refuse("temperature >= 0", options.temperature);
  if (!(options.top_p > 0.0 && options.top_p <= 1.0)) refuse("0 < top_p <= 1", options.top_p);
  if (options.top_k < 0) refuse("top_k >= 0", static_cast<double>(options.top_k));
  if (options.max_completion_length < 1) refuse("max_completion_length >= 1", static_cast<double>(options.max_completion_length));
  for (const TokenId id : options.stop_ids) {
    if (id < 0) refuse("stop_ids >= 0", static_cast<double>(id));
  }
}

}  // namespace lydian
