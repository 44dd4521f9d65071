// A user who samples from a policy: the sampler's log-probs are the forward's, bit by bit.
#include <lydian/model/transformer_policy.h>

#include <cstdio>
#include <vector>

int main() {
  const lydian::TransformerPolicy policy({.vocab_size = 32, .hidden_size = 32, .num_layers = 1}, /*seed=*/1);
  const std::vector<lydian::TokenId> prompt{1, 2, 3};
  const auto session = policy.decode_session();
  const lydian::SequenceId sequence = session->open(prompt);
  const lydian::SamplingOptions sampling;
  std::vector<lydian::TokenId> ids;
  std::vector<float> log_prob;
  for (std::uint64_t token = 0; token < 8; ++token) {
    const lydian::DecodeSession::Row row{.sequence = sequence, .sampling = &sampling, .key = 7, .token_index = token};
    lydian::Drawn drawn;
    session->step({&row, 1}, {&drawn, 1});
    ids.push_back(drawn.id);
    log_prob.push_back(drawn.log_prob);
  }
  lydian::PackedBatch batch;
  batch.add_prompt(prompt, 0);
  batch.add_row(ids, 1.0F);
  const bool equal = policy.forward(batch, {}).log_prob == log_prob;
  std::printf("rollout: %zu tokens, log-probs %s\n", ids.size(), equal ? "equal" : "differ");
  return equal ? 0 : 1;
}
