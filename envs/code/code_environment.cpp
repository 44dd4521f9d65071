#include "lydian/envs/code_environment.h"

#include <utility>

#include "code_rows.h"
#include "lydian/core/config.h"
#include "lydian/core/error.h"

namespace lydian {
namespace {

TaskList read_tasks(const CodeOptions& options) {
  check_ranges(options, "code_environment");
  if (options.path.empty()) return code::read_code_tasks(code::shipped_tasks(), "the tasks that come with lydian", options);
  return code::read_code_tasks(code::read_rows_file(options.path, "path"), options.path, options);
}

SandboxOptions sandbox_options(const CodeOptions& options) {
  SandboxOptions sandbox;
  sandbox.workers = static_cast<int>(options.workers);
  for (const std::string& name : options.do_without) sandbox.do_without.push_back(sandbox_layer(name));
  return sandbox;
}

}  // namespace

void describe(ConfigVisitor& visitor, CodeOptions& options) {
  visitor.field({"path", "rows of tasks, one JSON object a line; empty: those that come with lydian"}, options.path);
  visitor.field({"cases_path", "rows of cases that take the place of those of path, by task_id (EvalPlus)"}, options.cases_path);
  visitor.field({"show_tests", "most public tests that a prompt shows", 0, 1e6}, options.show_tests);
  visitor.field({"fraction", "reward is the share of hidden tests that pass, not all or nothing"}, options.fraction);
  visitor.field({"bare_program", "an answer without any fence is itself the program"}, options.bare_program);
  visitor.field({"instructions", "prompts say how to answer"}, options.instructions);
  visitor.field({"workers", "programs that run at once", 1, 1024}, options.workers);
  visitor.field({"do_without", "layers of the sandbox that may be missing, by name"}, options.do_without);
  visitor.field({"dev_share", "share of all prompts in the dev split", 0, 1}, options.dev_share);
  visitor.field({"test_share", "share of all prompts in the test split", 0, 1}, options.test_share);
}

CodeEnvironment::CodeEnvironment(const CodeOptions& options) : CodeEnvironment(options, sandbox_runner(sandbox_options(options))) {}

CodeEnvironment::CodeEnvironment(const CodeOptions& options, std::shared_ptr<ProgramRunner> runner)
    : tasks_(read_tasks(options),
             std::make_shared<CodeVerifier>(std::move(runner), CodeVerifier::Options{.fraction = options.fraction, .bare_program = options.bare_program}),
             {.name = "code", .dev_share = options.dev_share, .test_share = options.test_share}) {}

}  // namespace lydian
