#include "train/encoded_demonstration.h"

#include "core/planted_fault.h"

namespace lydian {

EncodedDemonstration encode_demonstration(const Tokenizer& tokenizer, std::vector<TokenId> prompt, const Demonstration& demonstration) {
  EncodedDemonstration encoded;
  encoded.prompt = std::move(prompt);
  const auto add = [&](TokenId id, double weight) {
    encoded.completion.push_back(id);
    encoded.weight.push_back(static_cast<float>(weight));
  };
  const auto add_segments = [&](const std::vector<DemonstrationSegment>& segments) {
    for (const DemonstrationSegment& segment : segments) {
      for (const TokenId id : tokenizer.encode(segment.text)) add(id, segment.weight);
    }
  };
  const auto add_turn = [&](const auto& turn) {
    const bool delimited = turn.think && tokenizer.think_open_id() != kNoToken && tokenizer.think_close_id() != kNoToken;
    if (delimited) add(tokenizer.think_open_id(), 1.0);
    if (turn.think) add_segments(turn.thinking);
    if (delimited) add(tokenizer.think_close_id(), 1.0);
    add_segments(turn.answer);
    add(tokenizer.eos_id(), 1.0);
  };
  if (planted(PlantedFault::kLossOnPrompt)) {
    for (std::size_t i = 1; i < encoded.prompt.size(); ++i) add(encoded.prompt[i], 1.0);
    encoded.prompt.resize(1);
  }
  for (const DemonstrationTurn& turn : demonstration.earlier) {
    add_turn(turn);
    for (const TokenId id : tokenizer.encode_plain(turn.reply)) add(id, 0.0);
  }
  add_turn(demonstration);
  return encoded;
}

}  // namespace lydian
