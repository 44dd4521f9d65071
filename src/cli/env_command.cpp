#include <algorithm>
#include <iostream>

#include "cli/run_configuration.h"
#include "lydian/core/error.h"
#include "lydian/verify/check_environment.h"

namespace lydian::cli {
namespace {

int list(const Catalog& catalog) {
  for (const std::string& name : catalog.names()) std::cout << name << '\n';
  return kDone;
}

std::string size_text(std::int64_t size) {
  return size == Environment::kUnbounded ? "without end" : std::to_string(size);
}

void print_demonstration(const Demonstrator& demonstrator, const Task& task) {
  RandomStream stream({.purpose = StreamPurpose::kSupervised});
  const std::optional<Demonstration> demonstration = demonstrator.demonstrate(task, stream);
  if (!demonstration) return;
  const auto print_turn = [](const auto& turn) {
    if (turn.think) std::cout << "<think>";
    for (const DemonstrationSegment& segment : turn.thinking) std::cout << segment.text;
    if (turn.think) std::cout << "</think>";
    for (const DemonstrationSegment& segment : turn.answer) std::cout << segment.text;
  };
  std::cout << "  demonstration  ";
  for (const DemonstrationTurn& turn : demonstration->earlier) {
    print_turn(turn);
    std::cout << "<eos>" << turn.reply;
  }
  print_turn(*demonstration);
  std::cout << '\n';
}

void print_task(const Environment& environment, const Task& task) {
  std::cout << "\ntask " << task.id << (task.category.empty() ? "" : ", " + task.category) << '\n';
  if (task.messages.empty()) std::cout << "  prompt         " << task.prompt << '\n';
  for (const Message& message : task.messages) std::cout << "  " << message.role << ": " << message.content << '\n';
  std::cout << "  ground truth   " << task.ground_truth << '\n';
  if (const auto* demonstrator = dynamic_cast<const Demonstrator*>(&environment)) print_demonstration(*demonstrator, task);
}

int show(const Arguments& arguments, const Catalog& catalog) {
  const std::string& name = arguments.words[1];
  const std::shared_ptr<Environment> environment = catalog.make(name, with_options({}, arguments));
  const std::int64_t tasks = std::min(arguments.integer("tasks", 3), environment->size(Split::kTrain));
  std::cout << environment->name() << '\n';
  for (const Split split : {Split::kTrain, Split::kDev, Split::kTest}) {
    std::cout << "  " << to_string(split) << ": " << size_text(environment->size(split)) << (split == Split::kTest ? "\n" : ",");
  }
  for (const OptionDoc& option : catalog.options(name)) std::cout << "  " << option.name << '=' << option.default_value << "  " << option.doc << '\n';
  for (std::int64_t i = 0; i < tasks; ++i) print_task(*environment, environment->task(Split::kTrain, i));
  return kDone;
}

int check(const Arguments& arguments, const Catalog& catalog) {
  const std::shared_ptr<Environment> environment = catalog.make(arguments.words[1], with_options({}, arguments));
  int code = kDone;
  CheckOptions options;
  options.tasks = arguments.integer("tasks", options.tasks, 1);
  for (const EnvironmentCheck& result : check_environment(*environment, options)) {
    std::cout << (result.skipped  ? "skipped  "
                  : result.passed ? "passed   "
                                  : "FAILED   ")
              << result.name << (result.detail.empty() ? "" : ": " + result.detail) << '\n';
    if (!result.passed && !result.skipped) code = kFailed;
  }
  return code;
}

int run(const Arguments& arguments, const Catalog& catalog) {
  const std::string& what = arguments.words[0];
  if (what == "list" && arguments.words.size() == 1) return list(catalog);
  if (arguments.words.size() == 2 && what == "show") return show(arguments, catalog);
  if (arguments.words.size() == 2 && what == "check") return check(arguments, catalog);
  std::string given = "lydian env";
  for (const std::string& word : arguments.words) given += " " + word;
  throw ConfigError("env", "list, show NAME or check NAME", given);
}

}  // namespace

Command env_command() {
  return {.name = "env",
          .usage = "list | show NAME | check NAME [key=value …]",
          .doc = "Lists the environments, shows one with some of its tasks, or checks that it and its verifier keep the contract.",
          .flags = {{"tasks", "N", "Tasks that are shown (3), or looked at in each split (100)."}},
          .least_words = 1,
          .most_words = 2,
          .takes_options = true,
          .run = run,
          .options = nullptr};
}

}  // namespace lydian::cli
