#include "lydian/envs/tool_use_environment.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "lydian/core/config.h"
#include "lydian/core/error.h"
#include "lydian/verify/prompt_split.h"

namespace lydian {
namespace {

// A redraw lands in the wanted split with the split's share.
constexpr int kMaxDraws = 100'000;
constexpr char kCall = '!';
constexpr const char* kOffReply = "off";
// What a good completion is made of, and what an honest mistake may need.
constexpr std::string_view kAlphabet = "0123456789*+-=()!>;.printusegoff";

std::string without_repeats(std::string_view text) {
  std::string once;
  for (const char c : text) {
    if (once.find(c) == std::string::npos) once += c;
  }
  return once;
}

bool is_call(const std::string& answer) {
  return !answer.empty() && answer[0] == kCall;
}

std::string call_of(const std::string& prompt) {
  return std::string(1, kCall) + "print(" + prompt.substr(0, prompt.size() - 1) + ")";
}

std::string reply_of(std::string_view words) {
  return ">" + std::string(words) + ";";
}

/// The first line of what a program printed, in bytes that every tokenizer of ours has: nothing of it can be taken for a delimiter or a token's name.
std::string readable(std::string_view output, std::size_t longest, const std::string& alphabet) {
  std::string words(output.substr(0, std::min(output.find('\n'), longest)));
  for (char& c : words) {
    if (c == '>' || c == ';' || alphabet.find(c) == std::string::npos) c = '.';
  }
  return words;
}

class ProductVerifier final : public Verifier {
 public:
  Verdict verify(const Task& task, const Completion& completion) const override {
    Verdict verdict = judge(task, completion);
    const auto calls = std::count_if(completion.turns.begin(), completion.turns.end(), [](const Message& turn) { return turn.role == "tool"; });
    verdict.parts.emplace_back("tool_calls", static_cast<double>(calls));
    return verdict;
  }

 private:
  static Verdict judge(const Task& task, const Completion& completion) {
    if (completion.finish_reason != FinishReason::kStopped) return Verdict::scored(0.0, "the completion did not end by itself after its thinking");
    if (is_call(completion.answer)) return Verdict::scored(0.0, "the last turn is another call");
    const bool number = !completion.answer.empty() && completion.answer.find_first_not_of("0123456789") == std::string::npos;
    if (!number) return Verdict::unparsable("the answer is not a number");
    return Verdict::scored(completion.answer == task.ground_truth ? 1.0 : 0.0);
  }
};

SandboxOptions sandbox_options(const ToolUseOptions& options) {
  SandboxOptions sandbox;
  sandbox.workers = static_cast<int>(options.workers);
  for (const std::string& name : options.do_without) sandbox.do_without.push_back(sandbox_layer(name));
  return sandbox;
}

}  // namespace

void describe(ConfigVisitor& visitor, ToolUseOptions& options) {
  visitor.field({"seed", "seed of the tasks"}, options.seed);
  visitor.enumeration({"tool", "what a call gets: python runs it in the sandbox, off tells nothing (the null control)"}, options.tool, {"python", "off"});
  visitor.field({"turns", "most turns of the policy in one episode, its answer included", 1, 64}, options.turns);
  visitor.field({"digits", "digits of each factor", 1, 9}, options.digits);
  visitor.field({"reply_bytes", "longest reply of the tool", 1, 4096}, options.reply_bytes);
  visitor.field({"tool_share", "share of supervised traces that call the tool", 0, 1}, options.tool_share);
  visitor.field({"guess_weight", "loss weight of a guessed answer", 0, 1}, options.guess_weight);
  visitor.field({"dev_share", "share of all prompts in the dev split", 0, 1}, options.dev_share);
  visitor.field({"test_share", "share of all prompts in the test split", 0, 1}, options.test_share);
  visitor.field({"workers", "programs that run at once", 1, 1024}, options.workers);
  visitor.field({"do_without", "layers of the sandbox that may be missing, by name"}, options.do_without);
}

ToolUseEnvironment::ToolUseEnvironment(const ToolUseOptions& options) : ToolUseEnvironment(options, sandbox_runner(sandbox_options(options))) {}

ToolUseEnvironment::ToolUseEnvironment(const ToolUseOptions& options, std::shared_ptr<ProgramRunner> runner) : options_(options), runner_(std::move(runner)) {
  check_ranges(options_, "tool_use_environment");
  check_split_shares("tool_use_environment", options_.dev_share, options_.test_share);
  if (!runner_) throw ConfigError("tool_use_environment", "a runner of programs", "none");
}

Task ToolUseEnvironment::task(Split split, std::int64_t index) const {
  if (index < 0) throw Error("tool_use_environment", "an index of at least 0", std::to_string(index));
  RandomStream stream({options_.seed, StreamPurpose::kEnvironment, static_cast<std::uint64_t>(split), static_cast<std::uint64_t>(index)});
  std::int64_t low = 1;
  for (std::int64_t i = 1; i < options_.digits; ++i) low *= 10;
  for (int draw = 0; draw < kMaxDraws; ++draw) {
    const std::int64_t a = stream.between(low, 10 * low - 1), b = stream.between(low, 10 * low - 1);
    const std::string prompt = std::to_string(a) + "*" + std::to_string(b) + "=";
    if (split_of_prompt(prompt, options_.dev_share, options_.test_share) != split) continue;
    Task task;
    char text[48];
    std::snprintf(text, sizeof text, "product-%s-%06lld", to_string(split), static_cast<long long>(index));
    task.id = text;
    task.prompt = prompt;
    task.ground_truth = std::to_string(a * b);
    task.category = "digits=" + std::to_string(task.ground_truth.size());
    return task;
  }
  throw Error("tool_use_environment", std::string("no prompt falls into the ") + to_string(split) + " split: raise its share or digits");
}

const Verifier& ToolUseEnvironment::verifier() const {
  static const ProductVerifier verifier;
  return verifier;
}

std::string ToolUseEnvironment::alphabet() const {
  return without_repeats(kAlphabet);
}

std::optional<std::string> ToolUseEnvironment::step(const Task&, const Completion& completion) const {
  if (completion.finish_reason != FinishReason::kStopped || !is_call(completion.answer)) return std::nullopt;
  if (options_.tool == ToolKind::kOff) return reply_of(kOffReply);
  RunRequest request;
  request.program = completion.answer.substr(1);
  request.limits.wall_s = 2.0;
  request.limits.mem_mb = 128;
  request.limits.processes = 4;
  request.limits.out_kb = 4;
  const RunReport report = runner_->run(request);
  if (report.outcome == RunOutcome::kFault || report.outcome == RunOutcome::kRefused) throw Error("tool_use_environment", report.evidence);
  // What went wrong is the policy's doing: it gets what was printed until then, which may be nothing.
  return reply_of(readable(report.stdout_text, static_cast<std::size_t>(options_.reply_bytes), alphabet()));
}

std::optional<Demonstration> ToolUseEnvironment::demonstrate(const Task& task, RandomStream& stream) const {
  const bool calls = stream.uniform() < options_.tool_share && options_.turns > 1;
  const bool told = calls && options_.tool == ToolKind::kPython;
  Demonstration demonstration{.answer = {{task.ground_truth, told ? 1.0 : options_.guess_weight}}};
  if (!calls) {
    demonstration.thinking = {{"guess"}};
    return demonstration;
  }
  demonstration.earlier = {{.thinking = {{"use"}}, .answer = {{call_of(task.prompt)}}, .reply = reply_of(told ? task.ground_truth : kOffReply)}};
  return demonstration;
}

}  // namespace lydian
