#include <algorithm>
#include <charconv>
#include <filesystem>

#include "cli/command.h"
#include "lydian/core/error.h"
#include "lydian/train/run_folder.h"

namespace lydian::cli {
namespace {

[[noreturn]] void refuse(const Command& command, const std::string& sentence) {
  throw ConfigError(command.name, sentence + " (lydian " + std::string(command.name) + " --help)");
}

// key=value with a dotted name before the sign. With other signs there it is a path such as runs/a=1, if it exists or stands where one must, and else a
// mistyped key, which whoever knows the keys refuses by name.
bool is_option(std::string_view word, bool path_expected) {
  const std::string_view key = word.substr(0, word.find('='));
  if (key.size() == word.size()) return false;
  if (key.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.") == std::string_view::npos) return true;
  std::error_code unreadable;
  if (std::filesystem::exists(word, unreadable)) return false;
  return !path_expected || key.find('/') == std::string_view::npos;
}

const Flag& find_flag(const Command& command, const std::string& name) {
  const auto found = std::find_if(command.flags.begin(), command.flags.end(), [&](const Flag& flag) { return flag.name == name; });
  if (found != command.flags.end()) return *found;
  std::vector<std::string> known{"help"};
  for (const Flag& flag : command.flags) known.emplace_back(flag.name);
  const auto nearest = nearest_name(name, known);
  refuse(command, "there is no option --" + name +
                      (nearest                 ? "; did you mean --" + *nearest + "?"
                       : command.takes_options ? "; settings are written key=value"
                                               : ""));
}

}  // namespace

std::string Arguments::text(std::string_view flag) const {
  const auto found = flags.find(flag);
  return found == flags.end() ? std::string() : found->second;
}

std::string Arguments::required(std::string_view flag) const {
  if (!has(flag)) throw ConfigError(command->name, "--" + std::string(flag) + " FILE", "none");
  return text(flag);
}

std::int64_t Arguments::integer(std::string_view flag, std::int64_t fallback, std::int64_t low) const {
  return has(flag) ? read_integer(*command, "--" + std::string(flag), text(flag), low) : fallback;
}

std::optional<std::int64_t> Arguments::step() const {
  if (!has("step")) return std::nullopt;
  return text("step") == "best" ? RunFolder::kBestStep : integer("step", 0);
}

std::int64_t read_integer(const Command& command, const std::string& what, const std::string& text, std::int64_t low) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < low) {
    refuse(command, what + ": expected an integer of at least " + std::to_string(low) + ", got \"" + text + "\"");
  }
  return value;
}

Arguments parse_arguments(const Command& command, const std::vector<std::string>& words) {
  Arguments arguments;
  arguments.command = &command;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (!word.starts_with("-") || word == "-") {
      (command.takes_options && is_option(word, arguments.words.empty()) ? arguments.options : arguments.words).push_back(word);
      continue;
    }
    const std::size_t dashes = word.starts_with("--") ? 2 : 1;
    const std::size_t equals = std::min(word.find('='), word.size());
    const Flag& flag = find_flag(command, word.substr(dashes, equals - dashes));
    const std::string name(flag.name);
    if (arguments.has(name)) refuse(command, "--" + name + " stands twice");
    if (flag.value.empty()) {
      if (equals < word.size()) refuse(command, "--" + name + " takes no value");
      arguments.flags[name] = "";
    } else if (equals < word.size()) {
      arguments.flags[name] = word.substr(equals + 1);
    } else if (i + 1 < words.size()) {
      arguments.flags[name] = words[++i];
    } else {
      refuse(command, "--" + name + " needs a value: --" + name + " " + std::string(flag.value));
    }
  }
  return arguments;
}

}  // namespace lydian::cli
