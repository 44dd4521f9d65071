// An environment of one's own from a list of tasks: words to be written backwards. Run it in this folder, where words.jsonl is.
#include <lydian/lydian.h>

#include <iostream>

struct ReverseVerifier final : lydian::Verifier {
  lydian::Verdict verify(const lydian::Task& task, const lydian::Completion& completion) const override {
    return lydian::Verdict::scored(completion.answer == task.ground_truth ? 1.0 : 0.0);
  }
};

int main() {
  lydian::TaskListEnvironment environment(lydian::read_tasks_jsonl("words.jsonl"), std::make_shared<ReverseVerifier>());
  lydian::ByteTokenizer tokenizer;
  lydian::TransformerPolicy policy({.vocab_size = tokenizer.vocab_size(), .hidden_size = 64, .num_layers = 2}, /*seed=*/1);
  auto trainer = lydian::Trainer::grpo(policy, tokenizer, environment,
                                       {.num_generations = 16, .learning_rate = 3e-4, .thinking = {.max_tokens = 64}, .output_dir = "runs/reverse"});
  if (!trainer.resume()) lydian::sft(policy, tokenizer, environment, {.max_steps = 500});  // A second start goes on where the first one was stopped.
  trainer.train(/*steps=*/200 - trainer.steps_done());
  std::cout << lydian::thinking_sweep(policy, tokenizer, environment, {.budgets = {0, 8, 16, 32, 64}}).table();
}
