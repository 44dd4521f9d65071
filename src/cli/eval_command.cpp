#include <cstdio>
#include <iostream>

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
            << "  accuracy          " << interval(evaluation.accuracy) << '\n';
  for (const auto& [k, value] : evaluation.pass_at) std::cout << "  pass@" << k << "            " << number(value) << '\n';
  for (const auto& [k, value] : evaluation.majority_at) std::cout << "  maj@" << k << "             " << number(value) << '\n';
  std::cout << "  thinking mean     " << number(evaluation.thinking_mean) << " tokens\n"
            << "  truncated         " << number(evaluation.truncated_share) << '\n';
  if (evaluation.faults > 0) std::cout << "  verifier faults   " << evaluation.faults << '\n';
  for (const auto& [category, estimate] : evaluation.by_category) {
    if (!category.empty()) std::cout << "  " << category << "  " << interval(estimate) << '\n';
  }
}

int print_rescore(const Arguments& arguments) {
  const RescoreReport report = rescore(arguments.words[0], read_integer(*arguments.command, "STEP", arguments.words[1], 1));
  std::cout << report.rollouts << " rollouts, " << report.tokens << " tokens, " << report.different << " log-probs differ, largest difference "
            << report.max_abs_difference << '\n';
  return report.different == 0 ? kDone : kFailed;
}

int run(const Arguments& arguments, const Catalog& catalog) {
  if (arguments.has("rescore")) {
    if (arguments.words.size() != 2 || !arguments.options.empty() || arguments.has("step")) throw ConfigError("eval", "--rescore RUN STEP", "other words");
    return print_rescore(arguments);
  }
  if (arguments.words.size() != 1) throw ConfigError("eval", "one run folder or configuration file", arguments.words[1] + " besides");
  const TrainedRun trained = trained_run(arguments, catalog, "eval");
  EvaluationOptions options;
  options.seed = trained.options.seed;
  read_config(trained.config.section("eval"), options);
  for (const auto& environment : trained.objects.environments) {
    print(environment->name(), evaluate(*trained.objects.policy, *trained.objects.tokenizer, *environment, options));
  }
  return kDone;
}

}  // namespace

Command eval_command() {
  return {"eval",
          "RUN | CONFIG [key=value …] | --rescore RUN STEP",
          "Measures a policy on its environments: avg@k, pass@k, maj@k with 95 % intervals. The policy is a run folder's, or a configuration's with init_from.",
          {kStepFlag, {"rescore", "", "Score rollouts/STEP.jsonl of a run again with the checkpoint that sampled them, and compare bit by bit."}},
          1,
          2,
          true,
          run,
          [](const Catalog&) { return behind("eval", document_config<EvaluationOptions>()); }};
}

}  // namespace lydian::cli
