#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lydian/cli/cli.h"

namespace lydian::cli {

enum ExitCode : int { kDone = 0, kFailed = 1, kUsage = 2, kResumeMe = 75 };

/// An option with two dashes.
struct Flag {
  std::string_view name;   ///< Without the dashes.
  std::string_view value;  ///< What follows it in help ("N"); empty for a switch.
  std::string_view doc;
};

struct Arguments;

/// A subcommand: how it is called, and what it does.
struct Command {
  std::string_view name;
  std::string_view usage;  ///< What stands behind "lydian NAME".
  std::string_view doc;    ///< One line.
  std::vector<Flag> flags;
  std::size_t least_words, most_words;  ///< Words that are neither flags nor key=value.
  bool takes_options;                   ///< key=value
  int (*run)(const Arguments& arguments, const Catalog& catalog);
  std::vector<OptionDoc> (*options)(const Catalog& catalog);  ///< The keys that its help lists; null: none.
};

/// A command line, taken apart.
struct Arguments {
  const Command* command = nullptr;
  std::vector<std::string> words;
  std::vector<std::string> options;  ///< key=value, in order.
  std::map<std::string, std::string, std::less<>> flags;

  bool has(std::string_view flag) const { return flags.contains(flag); }
  std::string text(std::string_view flag) const;
  /// The file that the flag names; throws ConfigError where it was not given.
  std::string required(std::string_view flag) const;
  /// Throws ConfigError where the flag's value is no integer of at least `low`.
  std::int64_t integer(std::string_view flag, std::int64_t fallback, std::int64_t low = 0) const;
  /// --step, where it was given.
  std::optional<std::int64_t> step() const;
};

/// `text` as an integer of at least `low`; ConfigError naming `what` if it is none.
std::int64_t read_integer(const Command& command, const std::string& what, const std::string& text, std::int64_t low);

/// Throws ConfigError naming the word, the nearest flag, and where help is.
Arguments parse_arguments(const Command& command, const std::vector<std::string>& words);

/// Throws ConfigError naming the nearest subcommand.
const Command& find_command(const std::string& name);
/// All subcommands, in the order of help.
const std::vector<Command>& commands();

Command train_command();
Command sft_command();
Command eval_command();
Command sweep_command();
Command generate_command();
Command report_command();
Command env_command();
Command grade_command();
Command help_command();

int print_version();
/// What `lydian COMMAND --help` prints.
std::string help_page(const Command& command, const Catalog& catalog);
/// What `lydian --help` prints.
std::string overview_page();
/// docs/configuration.md
std::string reference_page(const Catalog& catalog);

}  // namespace lydian::cli
