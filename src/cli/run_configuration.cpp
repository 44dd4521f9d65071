#include "cli/run_configuration.h"

#include <algorithm>
#include <filesystem>

#include "lydian/core/error.h"
#include "lydian/train/run_folder.h"
#include "train/stage_sections.h"

namespace lydian::cli {
namespace {

Config read_configuration(const Arguments& arguments, const std::string& path, const char* expected = "a configuration file") {
  if (!std::filesystem::exists(path)) throw ConfigError(arguments.command->name, expected, (path.empty() ? "\"\"" : path) + ", which does not exist");
  return Config::read_file(path);
}

std::string section_of(const std::string& option) {
  return option.substr(0, option.find_first_of(".="));
}

bool is_stage(std::string_view section) {
  return std::any_of(stage_sections().begin(), stage_sections().end(), [&](const StageSection& stage) { return stage.name == section; });
}

/// Settings that another subcommand reads would have no effect here, or be none of a run's keys.
void refuse_settings_of_others(const Arguments& arguments, bool runs_stages) {
  const std::string own(arguments.command->name);
  for (const std::string& option : arguments.options) {
    const std::string section = section_of(option);
    const bool of_one_command = section == "eval" || section == "generate";
    if (section == own || !(of_one_command || (is_stage(section) && !runs_stages))) continue;
    throw ConfigError(own, "settings that lydian " + own + " reads (lydian " + own + " --help)",
                      option + ", which is for lydian " +
                          (of_one_command       ? section
                           : section == "sweep" ? "train and lydian sweep"
                                                : "train"));
  }
}

}  // namespace

Config with_options(Config config, const Arguments& arguments) {
  for (const std::string& option : arguments.options) config = config.with_override(option);
  return config;
}

MakeEnvironment environment_maker(const Catalog& catalog) {
  return [&catalog](const std::string& type, const Config& options) { return catalog.make(type, options); };
}

Config file_configuration(const Arguments& arguments) {
  const std::string& path = arguments.words[0];
  if (std::filesystem::is_directory(path)) {
    throw ConfigError(arguments.command->name, "a configuration file", "the folder " + path + "; to go on with a run: lydian train --resume " + path);
  }
  const Config config = read_configuration(arguments, path);
  refuse_settings_of_others(arguments, /*runs_stages=*/true);
  for (const std::string& option : arguments.options) {
    const std::string section = section_of(option);
    if (is_stage(section) && !config.has(section)) {
      throw ConfigError(arguments.command->name,
                        "settings of stages that stand in " + path + " (an override adds none, since stages run in the order of the file)", option);
    }
  }
  return with_options(config, arguments);
}

TrainedRun trained_run(const Arguments& arguments, const Catalog& catalog, std::string_view own_section) {
  const std::string& path = arguments.words[0];
  const bool is_folder = std::filesystem::is_directory(path);
  if (is_folder && std::filesystem::exists(path + "/manifest.json")) {
    throw ConfigError(arguments.command->name, "a run folder (a checkpoint of it is named by --step), or a configuration file with init_from=" + path,
                      path + ", which is a checkpoint");
  }
  refuse_settings_of_others(arguments, /*runs_stages=*/false);
  TrainedRun run;
  run.config = with_options(
      read_configuration(arguments, is_folder ? path + "/config.json" : path, "a run folder with its config.json, or a configuration file"), arguments);
  run.options = read_run_options(run.config.without({std::string(own_section)}));
  if (is_folder) {
    run.options.init_from = RunFolder::checkpoint_path(path, RunFolder::checkpoint_step(path, arguments.step()));
  } else if (arguments.has("step") || run.options.init_from.empty()) {
    throw ConfigError(arguments.command->name, "a run folder, or a configuration file with init_from=CHECKPOINT",
                      path + (arguments.has("step") ? " and --step" : ""));
  }
  run.objects = make_run_objects(run.options, environment_maker(catalog));
  return run;
}

std::vector<OptionDoc> run_keys_and(std::string_view section) {
  std::vector<OptionDoc> keys = document_run_options();
  std::erase_if(keys, [&](const OptionDoc& option) {
    return std::any_of(stage_sections().begin(), stage_sections().end(), [&](const StageSection& stage) {
      return stage.name != section && (option.name == stage.name || option.name.starts_with(std::string(stage.name) + "."));
    });
  });
  return keys;
}

std::vector<OptionDoc> behind(std::string_view section, std::vector<OptionDoc> options) {
  for (OptionDoc& option : options) option.name = std::string(section) + "." + option.name;
  return options;
}

}  // namespace lydian::cli
