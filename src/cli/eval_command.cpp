#include <cstdio>
#include <iostream>
#include <optional>

#include "cli/interrupt_flag.h"
#include "cli/run_configuration.h"
#include "lydian/eval/evaluator.h"

namespace lydian::cli {
namespace {

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4f", value);
  return text;
}

std::string interval(const Estimate& estimate) {
  return number(estimate.mean) + "  [" + number(estimate.low) + ", " + number(estimate.high) + "]";
}

void print(const std::string& name, const Evaluation& evaluation) {
  std::cout << name << ", " << evaluation.items << " items\n"
            << "  accuracy          " << interval(evaluation.accuracy) << '\n'
            << "  pass rate         " << interval(evaluation.pass_rate) << '\n';
  for (const auto& [k, value] : evaluation.pass_at) std::cout << "  pass@" << k << "            " << number(value) << '\n';
  for (const auto& [k, value] : evaluation.majority_at) std::cout << "  maj@" << k << "             " << number(value) << '\n';
  std::cout << "  thinking mean     " << number(evaluation.thinking_mean) << " tokens\n"
            << "  truncated         " << number(evaluation.truncated_share) << '\n';
  if (evaluation.faults > 0) std::cout << "  verifier faults   " << evaluation.faults << '\n';
  for (const auto& [category, estimate] : evaluation.by_category) {
    if (!category.empty()) std::cout << "  " << category << "  " << interval(estimate) << '\n';
  }
}

/// Rewards of both policies on the rollouts that both verifiers judged, and their paired difference.
void print_comparison(const Evaluation& mine, const Evaluation& other) {
  std::vector<double> a, b;
  std::vector<std::int64_t> item;
  for (std::size_t i = 0; i < mine.rollouts.size(); ++i) {
    if (!mine.rollouts[i].verdict.valid() || !other.rollouts[i].verdict.valid()) continue;
    a.push_back(mine.rollouts[i].verdict.reward);
    b.push_back(other.rollouts[i].verdict.reward);
    item.push_back(mine.rollouts[i].prompt_number);
  }
  std::cout << "  of the other      " << interval(other.accuracy) << '\n'
            << "  difference        " << interval(paired_difference(a, b, item)) << "  (paired by item, equal random numbers)\n";
}

/// The policy of the run folder behind --compare, under the environment and the tokenizer of its own configuration.
TrainedRun compared_run(const Arguments& arguments, const Catalog& catalog) {
  Arguments other = arguments;
  other.words = {arguments.text("compare")};
  other.flags.erase("step");
  return trained_run(other, catalog, "eval");
}

int print_rescore(const Arguments& arguments) {
  const RescoreReport report = rescore(arguments.words[0], read_integer(*arguments.command, "STEP", arguments.words[1], 1));
  std::cout << report.rollouts << " rollouts, " << report.tokens << " tokens, " << report.different << " log-probs differ, largest difference "
            << report.max_abs_difference << '\n';
  return report.different == 0 ? kDone : kFailed;
}

int run(const Arguments& arguments, const Catalog& catalog) {
  if (arguments.has("rescore")) {
    if (!arguments.options.empty()) throw ConfigError("eval", "--rescore RUN STEP without settings", arguments.options[0]);
    if (arguments.has("step") || arguments.has("compare"))
      throw ConfigError("eval", "--rescore RUN STEP alone", arguments.has("step") ? "--step" : "--compare");
    if (arguments.words.size() != 2) throw ConfigError("eval", "--rescore RUN STEP", "no STEP");
    return print_rescore(arguments);
  }
  if (arguments.words.size() != 1) throw ConfigError("eval", "one run folder or configuration file", arguments.words[1] + " besides");
  const TrainedRun trained = trained_run(arguments, catalog, "eval");
  EvaluationOptions options;
  options.seed = trained.options.seed;
  read_config(trained.config.section("eval"), options);
  const InterruptFlag interrupt;
  options.interrupted = interrupt.request();
  const ChatTemplate chat_template = trained.options.tokenizer.chat_template;
  std::optional<TrainedRun> other;
  if (arguments.has("compare")) other = compared_run(arguments, catalog);
  for (const WeightedEnvironment& choice : trained.objects.weighted) {
    const Evaluation found = evaluate(*trained.objects.policy, *trained.objects.tokenizer, *choice.environment, options, chat_template);
    print(choice.label(), found);
    if (other)
      print_comparison(found,
                       evaluate(*other->objects.policy, *other->objects.tokenizer, *choice.environment, options, other->options.tokenizer.chat_template));
  }
  return kDone;
}

}  // namespace

Command eval_command() {
  return {
      .name = "eval",
      .usage = "RUN | CONFIG [key=value …] | --rescore RUN STEP",
      .doc =
          "Measures a policy on its environments: avg@k, pass@k, maj@k with 95 % intervals. The policy is a run folder's, or a configuration's with init_from.",
      .flags = {kStepFlag,
                {"compare", "RUN", "Also measure another run's newest policy on the same items and random numbers; prints the paired difference."},
                {"rescore", "", "Score rollouts/STEP.jsonl of a run again with the checkpoint that sampled them, and compare bit by bit."}},
      .least_words = 1,
      .most_words = 2,
      .takes_options = true,
      .run = run,
      .options = [](const Catalog&) { return behind("eval", document_config<EvaluationOptions>()); }};
}

}  // namespace lydian::cli
