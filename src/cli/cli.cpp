#include "lydian/cli/cli.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <clocale>
#include <exception>
#include <iostream>
#include <locale>
#include <string_view>

#include "cli/component.h"
#include "lydian/core/error.h"
#include "lydian/core/interruption.h"
#include "lydian/core/logging.h"

namespace lydian::cli {

const Command& find_command(const std::string& name) {
  const std::vector<Command>& all = commands();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Command& command) { return command.name == name; });
  if (found != all.end()) return *found;
  std::vector<std::string> known;
  for (const Command& command : all) known.emplace_back(command.name);
  const auto nearest = nearest_name(name, known);
  const std::string what = name.starts_with("-") ? "there is no option " : "there is no subcommand ";
  throw ConfigError("lydian", what + name + (nearest ? "; did you mean lydian " + *nearest + "?" : "") + " (lydian --help)");
}

namespace {

bool asks_for_help(const std::vector<std::string>& words) {
  return std::any_of(words.begin(), words.end(), [](const std::string& word) { return word == "--help" || word == "-h"; });
}

int dispatch(const std::vector<std::string>& words, const Catalog& catalog) {
  if (words.empty()) {
    std::cerr << overview_page();
    return kUsage;
  }
  if (words[0] == "--help" || words[0] == "-h") {
    std::cout << overview_page();
    return kDone;
  }
  if (words[0] == "--version") return print_version();
  const Command& command = find_command(words[0]);
  const std::vector<std::string> rest(words.begin() + 1, words.end());
  if (asks_for_help(rest)) {
    std::cout << help_page(command, catalog);
    return kDone;
  }
  const Arguments arguments = parse_arguments(command, rest);
  if (arguments.words.size() < command.least_words || arguments.words.size() > command.most_words) {
    throw ConfigError(command.name, "lydian " + std::string(command.name) + " " + std::string(command.usage),
                      std::to_string(arguments.words.size()) + (arguments.words.size() == 1 ? " word" : " words"));
  }
  return command.run(arguments, catalog);
}

void set_up_process() {
  std::setlocale(LC_ALL, "C");
  std::locale::global(std::locale::classic());
  at::set_num_threads(1);
  set_log_sink([](LogLevel, std::string_view message) { std::cerr << message << '\n'; }, LogLevel::kWarning);
}

}  // namespace

const std::vector<Command>& commands() {
  static const std::vector<Command> all = [] {
    std::vector<Command> known{train_command(), sft_command(), eval_command(), sweep_command(), generate_command(), report_command(), env_command()};
    if (!components().empty()) known.push_back(grade_command());
    for (const Component& component : components()) known.insert(known.end(), component.commands.begin(), component.commands.end());
    known.push_back(help_command());
    return known;
  }();
  return all;
}

int run(int argc, char** argv, const Catalog& catalog) {
  int code = kFailed;
  try {
    set_up_process();
    code = dispatch(std::vector<std::string>(argv + std::min(argc, 1), argv + argc), catalog);
    std::cout.flush();
    if (!std::cout) throw IoError("lydian", "standard output that can be written", "an error while writing");
  } catch (const ConfigError& error) {
    std::cerr << error.what() << '\n';
    code = kUsage;
  } catch (const Interrupted&) {
    std::cerr << "[lydian] interrupted: what was not printed before was not measured; call it again\n";
    code = kResumeMe;
  } catch (const Error& error) {
    std::cerr << error.what() << '\n';
    code = kFailed;
  } catch (const std::exception& error) {
    std::cerr << "[lydian] " << error.what() << '\n';
    code = kFailed;
  }
  return code;
}

}  // namespace lydian::cli
