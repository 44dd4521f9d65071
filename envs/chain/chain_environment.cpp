#include "lydian/envs/chain_environment.h"

#include <array>
#include <cstdio>
#include <vector>

#include "lydian/core/config.h"
#include "lydian/core/error.h"
#include "lydian/core/log_uniform.h"
#include "lydian/verify/prompt_split.h"

namespace lydian {
namespace {

// A redraw lands in the wanted split with the split's share: this many misses in a row mean that no prompt of this length is in it.
constexpr int kMaxDraws = 100'000;
constexpr std::int64_t kFirstStepLength = 2, kStepLength = 5;

/// One operand of a chain; the first one's operator is never read.
struct Operand {
  char operation = '+';
  int digit = 0;
};

int apply(int value, const Operand& operand) {
  switch (operand.operation) {
    case '+':
      return (value + operand.digit) % 10;
    case '-':
      return (value - operand.digit + 10) % 10;
    default:
      return value * operand.digit % 10;
  }
}

char letter(std::size_t index) {
  return static_cast<char>('a' + index);
}
char digit_text(int value) {
  return static_cast<char>('0' + value);
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string prompt_of(const std::vector<Operand>& chain) {
  std::string text;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    text += letter(i);
    if (i > 0) text += chain[i].operation;
    text += digit_text(chain[i].digit);
  }
  return text + '=';
}

/// The chain that a prompt asks for. Throws Error on a prompt that is none of ours.
std::vector<Operand> chain_of(const std::string& prompt) {
  std::vector<Operand> chain;
  std::size_t position = 0;
  const auto next = [&] { return position < prompt.size() ? prompt[position++] : '\0'; };
  while (next() == letter(chain.size())) {
    Operand operand;
    if (!chain.empty()) operand.operation = next();
    const char digit = next();
    if (std::string_view("+-*").find(operand.operation) == std::string_view::npos || !is_digit(digit)) break;
    operand.digit = digit - '0';
    chain.push_back(operand);
  }
  if (chain.empty() || prompt_of(chain) != prompt) throw Error("chain_environment", "a prompt like a3b+5c*9=", prompt);
  return chain;
}

/// Step `index` of a thinking, as it reads where the running value before it is `before`.
std::string step_text(const std::vector<Operand>& chain, std::size_t index, int before) {
  const Operand& operand = chain[index];
  if (index == 0) return {letter(0), digit_text(operand.digit)};
  return {letter(index), operand.operation, digit_text(operand.digit), ':', digit_text(apply(before, operand))};
}

std::string trace(const std::vector<Operand>& chain, std::size_t steps) {
  std::string text;
  for (std::size_t i = 0; i < steps; ++i) text += step_text(chain, i, i == 0 ? 0 : text.back() - '0');
  return text;
}

std::vector<Operand> draw_chain(std::int64_t operands, RandomStream& stream) {
  std::vector<Operand> chain{{'+', static_cast<int>(stream.below(10))}};
  while (static_cast<std::int64_t>(chain.size()) < operands) {
    const char operation = "+-*"[stream.below(3)];
    // Factors that are units modulo 10 lose no information: an unfinished chain is worth chance.
    const int digit = operation == '*' ? std::array{3, 7, 9}[stream.below(3)] : static_cast<int>(stream.below(10));
    chain.push_back({operation, digit});
  }
  return chain;
}

class ChainVerifier final : public Verifier {
 public:
  Verdict verify(const Task& task, const Completion& completion) const override {
    if (completion.finish_reason != FinishReason::kStopped) return Verdict::scored(0.0, "the completion did not end by itself after its thinking");
    if (completion.answer.size() != 1 || !is_digit(completion.answer[0])) return Verdict::unparsable("the answer is not one digit");
    return Verdict::scored(completion.answer == task.ground_truth ? 1.0 : 0.0);
  }
};

}  // namespace

void describe(ConfigVisitor& visitor, ChainOptions& options) {
  visitor.field({"seed", "seed of the tasks"}, options.seed);
  visitor.field({"min_operands", "fewest operands of a chain", 2, 26}, options.min_operands);
  visitor.field({"max_operands", "most operands of a chain", 2, 26}, options.max_operands);
  describe(visitor, options.traces);
  visitor.field({"dev_share", "share of all prompts in the dev split", 0, 1}, options.dev_share);
  visitor.field({"test_share", "share of all prompts in the test split", 0, 1}, options.test_share);
}

ChainEnvironment::ChainEnvironment(ChainOptions options) : options_(options) {
  if (options_.min_operands < 2 || options_.max_operands > 26 || options_.min_operands > options_.max_operands) {
    throw ConfigError("chain_environment", "2 <= min_operands <= max_operands <= 26",
                      std::to_string(options_.min_operands) + " and " + std::to_string(options_.max_operands));
  }
  options_.traces.check("chain_environment");
  check_split_shares("chain_environment", options_.dev_share, options_.test_share);
}

Task ChainEnvironment::task(Split split, std::int64_t index) const {
  if (index < 0) throw Error("chain_environment", "an index of at least 0", std::to_string(index));
  RandomStream stream({options_.seed, StreamPurpose::kEnvironment, static_cast<std::uint64_t>(split), static_cast<std::uint64_t>(index)});
  // The number of operands is kept over the redraws, so that its law holds in every split, however few short prompts there are.
  const std::int64_t operands = log_uniform(options_.min_operands, options_.max_operands, stream);
  for (int draw = 0; draw < kMaxDraws; ++draw) {
    const std::vector<Operand> chain = draw_chain(operands, stream);
    const std::string prompt = prompt_of(chain);
    if (split_of_prompt(prompt, options_.dev_share, options_.test_share) != split) continue;
    Task task;
    char text[48];
    std::snprintf(text, sizeof text, "chain-%s-%06lld", to_string(split), static_cast<long long>(index));
    task.id = text;
    task.prompt = prompt;
    task.ground_truth = trace(chain, chain.size()).back();
    std::snprintf(text, sizeof text, "n=%02lld", static_cast<long long>(operands));
    task.category = text;
    return task;
  }
  throw Error("chain_environment", std::string("no prompt of ") + std::to_string(operands) + " operands falls into the " + to_string(split) +
                                       " split: raise its share or min_operands");
}

const Verifier& ChainEnvironment::verifier() const {
  static const ChainVerifier verifier;
  return verifier;
}

// All letters whatever max_operands is, so that a policy can be tried on longer chains than it was trained on.
std::string ChainEnvironment::alphabet() const {
  return "abcdefghijklmnopqrstuvwxyz0123456789+-*:=";
}

std::optional<Demonstration> ChainEnvironment::demonstrate(const Task& task, RandomStream& stream) const {
  const std::vector<Operand> chain = chain_of(task.prompt);
  const std::string whole = trace(chain, chain.size());
  return options_.traces.draw(
      chain.size(), [&](std::size_t steps) { return trace(chain, steps); }, std::string(1, whole.back()), stream);
}

StepJudge::Steps ChainEnvironment::judge_steps(const Task& task, std::string_view thinking) const {
  const std::vector<Operand> chain = chain_of(task.prompt);
  Steps steps;
  char stated = '0';
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const std::size_t length = i == 0 ? kFirstStepLength : kStepLength;
    if (thinking.size() < length) break;
    ++steps.judged;
    if (is_digit(stated) && thinking.substr(0, length) == step_text(chain, i, stated - '0')) ++steps.correct;
    stated = thinking[length - 1];
    thinking.remove_prefix(length);
  }
  return steps;
}

std::string ChainEnvironment::solving_thinking(const Task& task) const {
  const std::vector<Operand> chain = chain_of(task.prompt);
  return trace(chain, chain.size());
}

double ChainEnvironment::solved_within(const Task& task, std::int64_t budget) const {
  const auto operands = static_cast<std::int64_t>(chain_of(task.prompt).size());
  return kFirstStepLength + kStepLength * (operands - 1) <= budget ? 1.0 : 0.0;
}

}  // namespace lydian
