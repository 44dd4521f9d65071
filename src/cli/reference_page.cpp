#include <algorithm>

#include "cli/command.h"
#include "lydian/train/run_options.h"

namespace lydian::cli {
namespace {

std::string cell(std::string text) {
  for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2)) text.insert(at, "\\");
  return text;
}

std::string table(const std::vector<OptionDoc>& options) {
  std::string text = "| key | type | default | allowed | meaning |\n|---|---|---|---|---|\n";
  for (const OptionDoc& option : options) {
    text += "| `" + option.name + "` | " + option.type + " | `" + cell(option.default_value) + "` | " + cell(option.range) + " | " + cell(option.doc) + " |\n";
  }
  return text + "\n";
}

// A run's options by the first part of their names, in their own order.
std::string run_tables() {
  const std::vector<OptionDoc> all = document_run_options();
  std::vector<std::string> sections;
  std::vector<OptionDoc> top;
  for (const OptionDoc& option : all) {
    const std::size_t dot = option.name.find('.');
    if (dot == std::string::npos) {
      top.push_back(option);
    } else if (const std::string section = option.name.substr(0, dot); std::find(sections.begin(), sections.end(), section) == sections.end()) {
      sections.push_back(section);
    }
  }
  std::string text = "## Top level\n\n" + table(top);
  for (const std::string& section : sections) {
    std::vector<OptionDoc> options = all;
    std::erase_if(options, [&](const OptionDoc& option) { return !option.name.starts_with(section + "."); });
    text += "## " + section + "\n\n" + table(options);
  }
  return text;
}

}  // namespace

std::string reference_page(const Catalog& catalog) {
  std::string text =
      "# Configuration\n\n"
      "A configuration is JSON with `//` and `/* */` comments. `lydian train CONFIG key=value …` lays settings over the file by dotted key: objects merge, "
      "lists and\n"
      "values replace; a value that is no JSON is text. An unknown key, a wrong type or a value out of range is refused with the key, the place where it stood "
      "and the nearest\n"
      "known key. The sections `sft`, `grpo`, `sweep` and `report` are stages and run in the order of the file; one that is not there does not run.\n\n"
      "This page is printed by `lydian help --reference`.\n\n";
  text += run_tables();
  text += "## eval\n\nRead by `lydian eval` only, which takes them on its command line.\n\n" + table(find_command("eval").options(catalog));
  text += "## generate\n\nRead by `lydian generate` only, which takes them on its command line.\n\n" + table(find_command("generate").options(catalog));
  for (const std::string& name : catalog.names()) {
    text += "## environment of type " + name + "\n\nKeys of the section `environment` beside `type` and `weight`.\n\n" + table(catalog.options(name));
  }
  text.pop_back();  // one line end closes the page
  return text;
}

}  // namespace lydian::cli
