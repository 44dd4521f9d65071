// The same over torch/torch.h and a libtorch that the project found itself.
#include <lydian/policy/trainable_transformer.h>
#include <torch/torch.h>

#include <algorithm>
#include <cstdio>
#include <vector>

int main() {
  lydian::TransformerPolicy policy({.vocab_size = 32, .hidden_size = 32, .num_layers = 1}, /*seed=*/1);
  lydian::TrainableTransformer trainable(policy);
  lydian::PackedBatch batch;
  batch.add_prompt(std::vector<lydian::TokenId>{1, 2, 3}, 0);
  batch.add_row(std::vector<lydian::TokenId>{4, 5}, 1.0F);
  trainable.forward(batch, {}).log_prob.sum().neg().backward();
  trainable.finish_gradient();
  const auto gradient = policy.weights().gradient();
  const bool moved = std::any_of(gradient.begin(), gradient.end(), [](float value) { return value != 0.0F; });
  std::printf("torch: the gradient is %s\n", moved ? "there" : "missing");
  return moved ? 0 : 1;
}
