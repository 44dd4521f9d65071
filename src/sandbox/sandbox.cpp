#include "lydian/sandbox/sandbox.h"

#include <algorithm>

#include "sandbox/cpp_assertions.h"
#include "sandbox/interpreter.h"
#include "sandbox/memory_file.h"
#include "sandbox/outcome.h"
#include "sandbox/python_program.h"
#include "sandbox/runner.h"

namespace lydian {
namespace {

using namespace sandbox;

constexpr std::uint64_t kChannelBytes = 32u << 20;
constexpr const char* kBaseEnvironment[] = {"PATH=/usr/bin:/bin", "HOME=/tmp", "LANG=C.UTF-8", "TZ=UTC", "TMPDIR=/tmp"};

void need_positive(double value, const char* name) {
  if (!(value > 0)) throw ConfigError("sandbox", std::string("limits.") + name + " above 0", std::to_string(value));
}

void need_within(int value, int least, int most, const char* name) {
  if (value >= least && value <= most) return;
  throw ConfigError("sandbox", std::string("limits.") + name + " from " + std::to_string(least) + " to " + std::to_string(most), std::to_string(value));
}

void check(const RunRequest& request) {
  const RunLimits& limits = request.limits;
  need_positive(limits.wall_s, "wall_s");
  need_positive(limits.mem_mb, "mem_mb");
  need_positive(limits.out_kb, "out_kb");
  need_positive(limits.tmpfs_mb, "tmpfs_mb");
  need_positive(limits.compile_wall_s, "compile_wall_s");
  need_positive(limits.compile_mem_mb, "compile_mem_mb");
  need_within(limits.processes, 1, RunLimits::kMostProcesses, "processes");
  need_within(limits.files, RunLimits::kFewestFiles, RunLimits::kMostFiles, "files");
  if (limits.cpu_s < 0 || limits.wall_s > 86400 || limits.cpu_s > 86400)
    throw ConfigError("sandbox", "limits of time below one day", "more, or a negative one");
  std::size_t bytes = 0;
  for (const auto& [name, value] : request.env) {
    const bool fit = !name.empty() && name.find('=') == std::string::npos && (name + value).find('\0') == std::string::npos;
    if (!fit) throw ConfigError("sandbox", "environment names without '=' and no NUL", name);
    bytes += name.size() + value.size() + 2;
  }
  if (bytes > kMaxStrings / 2) throw ConfigError("sandbox", "an environment below 32 kB", std::to_string(bytes) + " bytes");
}

RunReport refused(const std::string& why) {
  RunReport report;
  report.outcome = RunOutcome::kRefused;
  report.evidence = why;
  return report;
}

}  // namespace

struct CodeSandbox::Implementation {
  explicit Implementation(const SandboxOptions& options) : python(find_interpreter(options.python)), runner(options, python), compiler(runner, options) {}

  RunReport run(const RunRequest& request, const std::string& stdin_text) {
    RunReport report = request.language == ProgramLanguage::kPython ? run_python(request, stdin_text) : run_cpp(request, stdin_text);
    report.layers = runner.layers();
    return report;
  }

  RunReport run_python(const RunRequest& request, const std::string& stdin_text);
  RunReport run_python_function(const RunRequest& request, const Descriptor& input);
  RunReport run_python_tests(const RunRequest& request, const Descriptor& input);
  RunReport run_cpp(const RunRequest& request, const std::string& stdin_text);
  RunReport run_cpp_tests(const RunRequest& request, const std::string& stdin_text);
  static std::vector<std::string> environment(const RunRequest& request);
  static RunReport not_compiled(const Compiled& compiled, bool fresh);
  static RunReport judge_pair(const Answer& answer, const RunLimits& limits, const TestsEnd& end);

  std::string python;
  Runner runner;
  CppCompiler compiler;
  std::string python_version, compiler_version;
};

RunReport CodeSandbox::Implementation::run_python(const RunRequest& request, const std::string& stdin_text) {
  if (python.empty()) return refused("there is no Python interpreter");
  const Descriptor input = memory_file(stdin_text);
  if (request.mode == RunMode::kFunction) return run_python_function(request, input);
  if (request.mode == RunMode::kAssert) return run_python_tests(request, input);
  const Descriptor program = memory_file(stdio_payload(request));
  return report_of(runner.run(request.limits, {{PartKind::kPython, &input, &program, {}, {}}}, 0), request.limits);
}

RunReport CodeSandbox::Implementation::run_python_function(const RunRequest& request, const Descriptor& input) {
  const Descriptor program = memory_file(function_payload(request));
  const Answer answer = runner.run(request.limits, {{PartKind::kPython, &input, &program, {}, {}}}, kChannelBytes);
  RunReport report = report_of(answer, request.limits);
  const bool ended = read_calls(channel_of(answer), request.calls.size(), report.calls);
  if (report.outcome == RunOutcome::kCompleted && !ended) {
    report.outcome = RunOutcome::kRuntimeError;
    report.evidence = "the program ended before all calls had returned";
  }
  return report;
}

RunReport CodeSandbox::Implementation::judge_pair(const Answer& answer, const RunLimits& limits, const TestsEnd& end) {
  RunReport report = report_of(answer, limits);
  // What the program wrote, then what its tests wrote.
  report.stdout_text = std::string(stdout_of(answer, 1)) + std::string(stdout_of(answer, 0));
  report.stderr_text = std::string(stderr_of(answer, 1)) + std::string(stderr_of(answer, 0));
  report.stdout_truncated = report.stdout_truncated || answer.reply.parts[1].stdout_truncated != 0;
  report.stderr_truncated = report.stderr_truncated || answer.reply.parts[1].stderr_truncated != 0;
  if (answer.reply.end != JobEnd::kExited || report.outcome == RunOutcome::kTimeLimit) return report;
  if (report.outcome == RunOutcome::kCompleted && end.proved) {
    report.evidence = "the tests' own process reached their end";
  } else if (end.failed == "lost") {
    const int status = answer.reply.parts[1].wait_status;
    if (status > 0) judge_status(report, status, limits);
    if (report.outcome == RunOutcome::kCompleted || status <= 0) report.outcome = RunOutcome::kRuntimeError;
    report.evidence = "the program ended before its tests (" + (status > 0 ? report.evidence : end.text) + ")";
  } else if (end.failed == "row" || end.failed == "refused") {
    report.outcome = end.failed == "row" ? RunOutcome::kFault : RunOutcome::kRefused;
    report.evidence = end.text;
  } else {
    report.outcome = end.failed == "error" ? RunOutcome::kRuntimeError : RunOutcome::kTestsFailed;
    report.evidence = end.text.empty() ? "the tests did not reach their end" : end.text;
  }
  return report;
}

RunReport CodeSandbox::Implementation::run_python_tests(const RunRequest& request, const Descriptor& input) {
  const Descriptor nothing = memory_file(""), tests = memory_file(tests_payload(request)), program = memory_file(served_payload(request));
  const Answer answer =
      runner.run(request.limits, {{PartKind::kPython, &nothing, &tests, {}, {}}, {PartKind::kPython, &input, &program, {}, {}}}, kChannelBytes);
  return judge_pair(answer, request.limits, read_tests_end(channel_of(answer)));
}

std::vector<std::string> CodeSandbox::Implementation::environment(const RunRequest& request) {
  std::vector<std::string> all(std::begin(kBaseEnvironment), std::end(kBaseEnvironment));
  for (const auto& [name, value] : request.env) {
    std::erase_if(all, [&name = name](const std::string& each) { return each.compare(0, name.size() + 1, name + "=") == 0; });
    all.push_back(name + "=" + value);
  }
  return all;
}

RunReport CodeSandbox::Implementation::not_compiled(const Compiled& compiled, bool fresh) {
  RunReport report;
  report.outcome = compiled.outcome;
  report.evidence = compiled.evidence;
  report.compile_log = compiled.log;
  report.compiled = fresh;
  report.compile_cpu_s = fresh ? compiled.cpu_s : 0.0;
  report.wall_s = compiled.wall_s;
  report.cpu_s = compiled.cpu_s;
  report.peak_mib = compiled.peak_mib;
  report.attempts = compiled.attempts;
  return report;
}

RunReport CodeSandbox::Implementation::run_cpp(const RunRequest& request, const std::string& stdin_text) {
  if (!compiler.available()) return refused("there is no C++ compiler");
  if (request.mode == RunMode::kFunction) return refused("function mode is for Python programs");
  if (request.mode == RunMode::kAssert) return run_cpp_tests(request, stdin_text);
  bool fresh = false;
  const auto compiled = compiler.compile({{"main.cpp", request.program}}, request.limits, fresh);
  if (compiled->outcome != RunOutcome::kCompleted) return not_compiled(*compiled, fresh);
  const Descriptor input = memory_file(stdin_text);
  RunReport report =
      report_of(runner.run(request.limits, {{PartKind::kBinary, &input, &compiled->executable, {"./main"}, environment(request)}}, 0), request.limits);
  report.compile_log = compiled->log;
  report.compiled = fresh;
  report.compile_cpu_s = fresh ? compiled->cpu_s : 0.0;
  return report;
}

RunReport CodeSandbox::Implementation::run_cpp_tests(const RunRequest& request, const std::string& stdin_text) {
  const CppAssertions made = compile_assertions(compiler, request);
  if (made.failed != nullptr) return not_compiled(*made.failed, made.fresh);
  if (!made.ready) {
    RunReport report;
    report.outcome = made.outcome;
    report.evidence = made.evidence;
    report.compiled = made.fresh;
    return report;
  }
  const Descriptor nothing = memory_file(""), input = memory_file(stdin_text);
  const Answer answer = runner.run(request.limits,
                                   {{PartKind::kBinary, &nothing, &made.tests->executable, {"./tests"}, environment({})},
                                    {PartKind::kBinary, &input, &made.program->executable, {"./main"}, environment(request)}},
                                   kChannelBytes);
  RunReport report = judge_pair(answer, request.limits, read_cpp_tests_end(channel_of(answer), answer.reply.parts[0].wait_status));
  report.compile_log = made.program->log + made.tests->log;
  report.compiled = made.fresh;
  return report;
}

CodeSandbox::CodeSandbox(const SandboxOptions& options) : implementation_(std::make_unique<Implementation>(options)) {
  Implementation& all = *implementation_;
  RunRequest question;
  question.limits.wall_s = 20;
  if (!all.python.empty()) {
    question.program = "import sys\nprint(sys.version.split()[0])\n";
    const RunReport report = all.run(question, {});
    if (report.outcome != RunOutcome::kCompleted) throw Error("sandbox", "the interpreter " + all.python + " does not work in a cell: " + report.evidence);
    all.python_version = all.python + " " + report.stdout_text.substr(0, report.stdout_text.find('\n'));
  }
  all.compiler_version = all.compiler.path();
}

CodeSandbox::~CodeSandbox() = default;

RunReport CodeSandbox::run(const RunRequest& request) {
  check(request);
  return implementation_->run(request, request.stdin_text);
}

std::vector<RunReport> CodeSandbox::run_many(const RunRequest& request, const std::vector<std::string>& inputs,
                                             const std::function<bool(std::size_t, const RunReport&)>& keep_going) {
  check(request);
  if (request.mode != RunMode::kStdio) throw ConfigError("sandbox", "run_many in stdio mode", "another mode");
  std::vector<RunReport> reports;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    reports.push_back(implementation_->run(request, inputs[i]));
    const RunOutcome outcome = reports.back().outcome;
    if (outcome == RunOutcome::kCompileError || outcome == RunOutcome::kRefused || (keep_going && !keep_going(i, reports.back()))) break;
  }
  return reports;
}

const std::vector<std::string>& CodeSandbox::layers() const {
  return implementation_->runner.layers();
}
const std::string& CodeSandbox::python_version() const {
  return implementation_->python_version;
}
const std::string& CodeSandbox::compiler_version() const {
  return implementation_->compiler_version;
}
int CodeSandbox::broker_pid() const {
  return implementation_->runner.broker_pid();
}

SandboxCounters CodeSandbox::counters() const {
  SandboxCounters counters = implementation_->runner.counters();
  counters.compile_cache_hits = implementation_->compiler.cache_hits();
  return counters;
}

std::vector<LayerState> CodeSandbox::probe(const SandboxOptions& options) {
  try {
    return layer_table(BrokerProcess(find_broker(options.broker)).hello());
  } catch (const BrokerLost& lost) {
    throw Error("sandbox", lost.why);
  }
}

}  // namespace lydian
