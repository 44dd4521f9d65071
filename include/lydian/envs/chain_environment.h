#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "lydian/verify/environment.h"
#include "lydian/verify/trace_mix.h"

namespace lydian {

class ConfigVisitor;

/// CHAIN: long sums read from left to right, modulo 10. One step a thought, so the right length of thinking is known for every task.
///
///   prompt    a3b+5c*9d-2=           operand i carries the letter i; operators +, -, and * by 3, 7 or 9
///   thinking  a3b+5:8c*9:2d-2:0      each step restates its operand and gives the running value: 2 tokens, then 5 a step
///   answer    0
///
/// The number of operands is log-uniform in [min_operands, max_operands], so solving grows about linearly in log2 of the thinking budget: the difficulty law
/// is the curve's shape. Supervised traces mix no thinking, full traces and early stops; some are cut at a random character, always followed by the true
/// answer.
struct ChainOptions {
  std::uint64_t seed = 1;  ///< Of the tasks.
  std::int64_t min_operands = 2;
  std::int64_t max_operands = 16;  ///< At most 26.
  TraceMix traces{};               ///< The supervised traces.
  double dev_share = 0.05;         ///< Of all prompts, by hash.
  double test_share = 0.15;
};

void describe(ConfigVisitor& visitor, ChainOptions& options);

class ChainEnvironment final : public Environment, public Demonstrator, public StepJudge, public BudgetLaw {
 public:
  explicit ChainEnvironment(ChainOptions options = {});

  std::string name() const override { return "chain"; }
  std::int64_t size(Split) const override { return kUnbounded; }
  Task task(Split split, std::int64_t index) const override;
  const Verifier& verifier() const override;
  std::string alphabet() const override;
  std::optional<Demonstration> demonstrate(const Task& task, RandomStream& stream) const override;
  Steps judge_steps(const Task& task, std::string_view thinking) const override;
  std::string solving_thinking(const Task& task) const override;
  double solved_within(const Task& task, std::int64_t budget) const override;

 private:
  ChainOptions options_;
};

}  // namespace lydian
