// A GRPO step written by hand from public calls: what Trainer::step() does, without it.
#include <lydian/lydian.h>

#include <iostream>

int main() {
  lydian::ChainEnvironment environment({.max_operands = 4});
  lydian::ByteTokenizer tokenizer(environment.alphabet());
  lydian::TransformerPolicy policy({.vocab_size = tokenizer.vocab_size(), .hidden_size = 32, .learned_positions = true}, /*seed=*/1);
  lydian::sft(policy, tokenizer, environment, {.max_steps = 200, .batch_size = 64});

  lydian::TrainableTransformer trainable(policy);
  lydian::VerifierPool verifiers;
  lydian::ShuffledTaskSampler tasks({{&environment, 1.0}}, /*seed=*/1);
  lydian::GroupRelativeAdvantage group_relative;
  lydian::ClippedObjective objective({.epsilon = 0.2});
  lydian::AdamW optimizer;
  lydian::WeightStore* weights = &policy.weights();
  optimizer.reset({&weights, 1});

  for (std::uint64_t step = 0; step < 3; ++step) {
    // Rollout and verification: 8 tasks, 8 completions each.
    std::vector<lydian::EpisodeRequest> requests;
    for (const lydian::DrawnTask& drawn : tasks.draw(8)) {
      const auto number = static_cast<std::uint64_t>(requests.size());
      lydian::EpisodeRequest request{.task = drawn.task, .environment = drawn.environment};
      request.sampling.max_completion_length = 48;
      request.key = {.seed = 1, .purpose = lydian::StreamPurpose::kRollout, .step = step, .prompt = number};
      request.samples = 8;
      request.group = static_cast<std::int32_t>(number);
      requests.push_back(request);
    }
    const std::vector<lydian::Rollout> rollouts = lydian::EpisodeDriver(policy, tokenizer, verifiers).run(requests);
    const lydian::RolloutBatch batch = lydian::collate(rollouts);
    const std::vector<double> advantage = group_relative.estimate(batch);

    // One forward over all rows: prompts once, completions after them.
    lydian::PackedBatch packed;
    std::vector<float> token_advantage, mask;
    std::vector<std::int64_t> row_of_token;
    lydian::LossTotals totals;
    for (std::size_t row = 0; row < static_cast<std::size_t>(batch.rows()); ++row) {
      const auto prompt = static_cast<std::size_t>(batch.prompt_of_row[row]);
      const auto ids = std::span(batch.prompt_ids).subspan(static_cast<std::size_t>(batch.prompt_offsets[prompt]));
      if (static_cast<std::int64_t>(prompt) == packed.prompts()) {
        packed.add_prompt(ids.first(static_cast<std::size_t>(batch.prompt_offsets[prompt + 1] - batch.prompt_offsets[prompt])), batch.prompt_of_row[row]);
        ++totals.groups;
      }
      const auto begin = static_cast<std::size_t>(batch.completion_offsets[row]), end = static_cast<std::size_t>(batch.completion_offsets[row + 1]);
      packed.add_row(std::span(batch.completion_ids).subspan(begin, end - begin), batch.temperature[row]);
      ++totals.sequences;
      for (std::size_t t = begin; t < end; ++t) {
        mask.push_back(batch.source[t] == lydian::TokenSource::kSampled ? 1.0F : 0.0F);
        token_advantage.push_back(static_cast<float>(advantage[row]));
        row_of_token.push_back(static_cast<std::int64_t>(row));
        totals.tokens += batch.source[t] == lydian::TokenSource::kSampled ? 1 : 0;
      }
    }
    trainable.clear_gradient();
    const lydian::PolicyOutput output = trainable.forward(packed, {.entropy = true});

    // Objective, backward, optimizer step.
    std::vector<float> behavior = batch.behavior_log_prob;
    lydian::ObjectiveInput input;
    input.log_prob = output.log_prob;
    input.entropy = output.entropy;
    input.old_log_prob = input.behavior_log_prob = lydian::ops::tensor_of(behavior);
    input.advantage = lydian::ops::tensor_of(token_advantage);
    input.mask = lydian::ops::tensor_of(mask);
    input.row_of_token = lydian::ops::tensor_of(row_of_token);
    input.rows = batch.rows();
    lydian::Metrics sums;
    const at::Tensor loss = objective.loss(input, totals, sums);
    loss.backward();
    trainable.finish_gradient();
    const lydian::OptimizerReport report = optimizer.step({&weights, 1}, /*learning_rate=*/3e-4);

    double reward = 0.0;
    for (const double value : batch.reward) reward += value / static_cast<double>(batch.rollouts());
    std::cout << "step " << step << " reward " << reward << " loss " << loss.item<double>() << " grad_norm " << report.grad_norm << "\n";
  }
  policy.save(".");  // config.json and model.safetensors, as transformers reads them.
}
