#include <algorithm>
#include <iostream>

#include "cli/command.h"

namespace lydian::cli {
namespace {

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size() + 2, width), ' ');
  return text;
}

std::string flag_text(const Flag& flag) {
  return "--" + std::string(flag.name) + (flag.value.empty() ? "" : " " + std::string(flag.value));
}

std::string option_line(const OptionDoc& option) {
  return "  " + padded(option.name + "=" + option.default_value, 42) + option.doc + " [" + option.type + (option.range.empty() ? "" : " " + option.range) +
         "]\n";
}

int run(const Arguments& arguments, const Catalog& catalog) {
  if (arguments.has("reference")) {
    std::cout << reference_page(catalog);
    return kDone;
  }
  if (arguments.words.empty()) {
    std::cout << overview_page();
    return kDone;
  }
  std::cout << help_page(find_command(arguments.words[0]), catalog);
  return kDone;
}

}  // namespace

Command help_command() {
  return {.name = "help",
          .usage = "[SUBCOMMAND]",
          .doc = "Shows how a subcommand is called.",
          .flags = {{"reference", "", "Print the whole configuration reference (docs/configuration.md)."}},
          .least_words = 0,
          .most_words = 1,
          .takes_options = false,
          .run = run,
          .options = nullptr};
}

std::string overview_page() {
  std::string page = "lydian: reinforcement learning from verifiable rewards\n\n  lydian SUBCOMMAND …\n\n";
  for (const Command& command : commands()) page += "  " + padded(std::string(command.name), 12) + std::string(command.doc) + "\n";
  page +=
      "\n  lydian SUBCOMMAND --help    shows its options and settings\n  lydian --version            shows versions, the commit and the instruction set in "
      "use\n";
  return page;
}

std::string help_page(const Command& command, const Catalog& catalog) {
  std::string page = "lydian " + std::string(command.name) + " " + std::string(command.usage) + "\n\n" + std::string(command.doc) + "\n";
  if (!command.flags.empty()) page += "\nOptions\n";
  for (const Flag& flag : command.flags) page += "  " + padded(flag_text(flag), 24) + std::string(flag.doc) + "\n";
  if (command.options == nullptr) return page;
  page += "\nSettings, with their defaults\n";
  for (const OptionDoc& option : command.options(catalog)) page += option_line(option);
  return page;
}

}  // namespace lydian::cli
