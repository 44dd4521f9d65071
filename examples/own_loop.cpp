// A GRPO step written by hand from public calls: what Trainer::step() does, without it.
#include <lydian/lydian.h>

#include <algorithm>
#include <filesystem>
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

    // One forward over all rows: prompts once, completions after them. Rows whose verifier failed are masked, and count in no denominator.
    const lydian::TrainingRows rows = lydian::training_rows(batch, advantage);
    const lydian::LossTotals totals = lydian::loss_totals(batch);
    if (totals.tokens == 0) continue;  // Every verdict was a fault.
    trainable.clear_gradient();
    const lydian::PolicyOutput output = trainable.forward(rows.packed, {.entropy = true});

    // Objective, backward, optimizer step.
    lydian::Metrics sums;
    const at::Tensor loss = objective.loss(rows.objective_input(output), totals, sums);
    loss.backward();
    trainable.finish_gradient();
    const lydian::OptimizerReport report = optimizer.step({&weights, 1}, /*learning_rate=*/3e-4);

    double reward = 0.0;
    std::int64_t valid = 0;
    for (std::size_t r = 0; r < batch.reward.size(); ++r) {
      if (batch.valid[r] == 0) continue;
      reward += batch.reward[r];
      ++valid;
    }
    std::cout << "step " << step << " reward " << reward / static_cast<double>(std::max<std::int64_t>(valid, 1)) << " loss " << loss.item<double>()
              << " grad_norm " << report.grad_norm << "\n";
  }
  std::filesystem::create_directories("runs/own_loop");
  policy.save("runs/own_loop");  // config.json and model.safetensors, as transformers reads them.
}
