#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lydian/verify/code_verifier.h"
#include "lydian/verify/task_list_environment.h"

namespace lydian {

class ConfigVisitor;

/// Which programming tasks, how they are worded and judged.
struct CodeOptions {
  std::string path;                     ///< Rows, one JSON object a line; empty: the tasks that come with lydian.
  std::string cases_path;               ///< Rows of cases that take the place of those of `path`, by task_id (EvalPlus).
  std::int64_t show_tests = 2;          ///< Most public tests that a prompt shows.
  bool fraction = false;                ///< Reward: the share of (hidden) tests that pass.
  bool bare_program = false;            ///< An answer without any fence is itself the program.
  bool instructions = true;             ///< Prompts say how to answer; false: the statement and its examples alone.
  std::int64_t workers = 1;             ///< Programs that run at once.
  std::vector<std::string> do_without;  ///< Layers of the sandbox that may be missing, by name; stamped on every report.
  double dev_share = 0.1;               ///< Of all prompts, by hash.
  double test_share = 0.1;
};

void describe(ConfigVisitor& visitor, CodeOptions& options);

/// Programs to write, judged by running them in a CodeSandbox.
///
/// Rows: lydian's own, HumanEval (and HumanEval+), MBPP, HumanEval-X C++, problems of standard input and output (code_contests), verl's and TRL's; each row's
/// shape is read off its fields (docs/code_environment.md). Reference solutions become demonstrations. A prompt shows public tests alone; with `fraction` only
/// the hidden ones count where there are any, otherwise all must pass.
class CodeEnvironment final : public Environment, public Demonstrator {
 public:
  /// Throws IoError naming file, line and field, ConfigError for options that cannot be used. The sandbox starts with the first verdict.
  explicit CodeEnvironment(const CodeOptions& options = {});
  /// With programs run by `runner`.
  CodeEnvironment(const CodeOptions& options, std::shared_ptr<ProgramRunner> runner);

  std::string name() const override { return "code"; }
  std::int64_t size(Split split) const override { return tasks_.size(split); }
  Task task(Split split, std::int64_t index) const override { return tasks_.task(split, index); }
  const Verifier& verifier() const override { return tasks_.verifier(); }
  std::optional<Demonstration> demonstrate(const Task& task, RandomStream& stream) const override { return tasks_.demonstrate(task, stream); }

 private:
  TaskListEnvironment tasks_;
};

}  // namespace lydian
