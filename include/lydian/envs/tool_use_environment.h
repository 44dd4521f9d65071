#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lydian/verify/environment.h"
#include "lydian/verify/program_runner.h"

namespace lydian {

class ConfigVisitor;

/// What the policy gets for a tool call.
enum class ToolKind : std::uint8_t {
  kPython,  ///< The output of its text as a Python program, run in the sandbox.
  kOff,     ///< Nothing useful ("off"): the null control. Everything else is the same.
};

/// SUMS WITH A TOOL: products too large to be worked out in one's head, and a tool that can.
///
///   prompt     347*582=
///   turn 1     <think>use</think>!print(347*582)     a turn that begins with "!" calls the tool with what follows
///   tool       >201954;                              what the program printed, between ">" and ";"
///   turn 2     <think></think>201954                 any other turn is the answer
///
/// A policy from scratch cannot multiply, so it scores only what chance gives unless it calls the tool, which most supervised traces do not do: they guess.
/// Tool words are kEnvironment tokens, never trained on; `max_turns` bounds the turns, the run's max_completion_length all tokens.
struct ToolUseOptions {
  std::uint64_t seed = 1;  ///< Of the tasks.
  ToolKind tool = ToolKind::kPython;
  std::int64_t turns = 3;         ///< Of the policy, its answer included.
  std::int64_t digits = 3;        ///< Of each factor.
  std::int64_t reply_bytes = 24;  ///< Longest reply; more is cut.
  double tool_share = 0.2;        ///< Supervised traces that call the tool; the others guess.
  double guess_weight = 0.2;      ///< Loss weight of a guessed answer, which nothing before it tells.
  double dev_share = 0.05;        ///< Of all prompts, by hash.
  double test_share = 0.15;
  std::int64_t workers = 1;             ///< Programs that run at once.
  std::vector<std::string> do_without;  ///< Layers of the sandbox that may be missing, by name.
};

void describe(ConfigVisitor& visitor, ToolUseOptions& options);

class ToolUseEnvironment final : public Environment, public Demonstrator {
 public:
  /// Throws ConfigError for options that cannot be used. The sandbox starts with the first call.
  explicit ToolUseEnvironment(const ToolUseOptions& options = {});
  /// With programs run by `runner`.
  ToolUseEnvironment(const ToolUseOptions& options, std::shared_ptr<ProgramRunner> runner);

  std::string name() const override { return "tool_use"; }
  std::int64_t size(Split) const override { return kUnbounded; }
  Task task(Split split, std::int64_t index) const override;
  /// 1 for the product as the last turn's answer. Part `tool_calls`: calls of the episode.
  const Verifier& verifier() const override;
  std::int64_t max_turns() const override { return options_.turns; }
  /// The tool's words for a call. Throws Error where the sandbox failed or refused: a fault of the episode, not the policy's.
  std::optional<std::string> step(const Task& task, const Completion& completion) const override;
  std::string alphabet() const override;
  std::optional<Demonstration> demonstrate(const Task& task, RandomStream& stream) const override;

 private:
  ToolUseOptions options_;
  std::shared_ptr<ProgramRunner> runner_;
};

}  // namespace lydian
