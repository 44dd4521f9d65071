#include "lydian/train/run_options.h"

#include <map>
#include <nlohmann/json.hpp>

#include "lydian/core/error.h"
#include "train/stage_sections.h"

namespace lydian {
namespace {

using Json = nlohmann::ordered_json;

/// The top level of the file; environments and stages are read by themselves.
struct Head {
  RunOptions options;
  Config environment, environments;
  std::map<std::string_view, Config> stages;
};

void describe(ConfigVisitor& visitor, Head& head) {
  RunOptions& options = head.options;
  visitor.field({"seed", "Seed of the whole run; stages may have their own"}, options.seed);
  visitor.field({"output_dir", "Folder of the run; must be new or empty"}, options.output_dir);
  visitor.field({"init_from", "Checkpoint folder whose weights the policy starts from; empty: first weights drawn from the seed"}, options.init_from);
  visitor.raw({"environment", "The environment: type (its name in `lydian env list`) and its own options"}, head.environment);
  visitor.raw({"environments", "Several environments by name: {NAME: {type (NAME where it is absent), weight, own options}}; instead of environment"},
              head.environments);
  visitor.group({"tokenizer", "Text to ids"}, options.tokenizer);
  visitor.group({"policy", "Shape of the transformer; vocab_size is the tokenizer's"}, options.policy);
  visitor.group({"summary", "What summary.json measures"}, options.summary);
  visitor.field({"save_steps", "Steps between checkpoints, beside those of a best evaluation and of the end of a stage; 0: only these", 0, 1e9},
                options.save_steps);
  visitor.field({"save_total_limit", "Checkpoints that are kept, the best apart; 0: all", 0, 1e9}, options.save_total_limit);
  visitor.field({"log_rollouts_every", "Steps between logged rollouts; 0: never", 0, 1e9}, options.log_rollouts_every);
  for (const StageSection& section : stage_sections()) visitor.raw({section.name, section.doc}, head.stages[section.name]);
}

EnvironmentChoice read_environment(const Config& section, const std::string& name) {
  EnvironmentChoice choice;
  choice.name = name;
  choice.type = section.text("type", name);
  if (choice.type.empty()) throw ConfigError("config", section.path() + ".type to name an environment", "nothing");
  if (section.has("weight")) {
    const Json value = Json::parse(section.dump()).at("weight");
    if (!value.is_number() || value.get<double>() <= 0.0) throw ConfigError("config", section.path() + ".weight to be a positive number", value.dump());
    choice.weight = value.get<double>();
  }
  choice.options = section.without({"type", "weight"});
  return choice;
}

Json json_of(const Config& config) {
  return Json::parse(config.dump());
}

StageChoice read_stage(StageChoice::Kind kind, const Config& section, std::uint64_t seed) {
  StageChoice stage;
  stage.kind = kind;
  stage.sft.seed = stage.grpo.seed = stage.sweep.seed = seed;
  section_of(kind).read(section, stage);
  return stage;
}

}  // namespace

RunOptions read_run_options(const Config& config) {
  Head head;
  read_config(config, head);
  RunOptions options = std::move(head.options);
  if (config.has("environment") && config.has("environments")) throw ConfigError("config", "environment or environments", "both");
  if (config.has("environments")) {
    for (const std::string& name : head.environments.keys()) options.environments.push_back(read_environment(head.environments.section(name), name));
  } else if (config.has("environment")) {
    options.environments.push_back(read_environment(head.environment, ""));
  }
  if (options.environments.empty()) throw ConfigError("config", "an environment section with a type", "none");
  for (const std::string& key : config.keys()) {
    for (std::size_t kind = 0; kind < stage_sections().size(); ++kind) {
      if (key == stage_sections()[kind].name) options.stages.push_back(read_stage(static_cast<StageChoice::Kind>(kind), config.section(key), options.seed));
    }
  }
  return options;
}

Config write_run_options(const RunOptions& options) {
  Head head;
  head.options = options;
  Json json = json_of(write_config(head));
  for (const char* section : {"environment", "environments"}) json.erase(section);
  for (const StageSection& section : stage_sections()) json.erase(std::string(section.name));
  for (const EnvironmentChoice& choice : options.environments) {
    Json section{{"type", choice.type}, {"weight", choice.weight}};
    section.update(json_of(choice.options));
    if (choice.name.empty()) {
      if (options.environments.size() > 1) throw ConfigError("config", "a name for each of several environments", "one of type " + choice.type + " without");
      json["environment"] = section;
    } else if (json["environments"].contains(choice.name)) {
      throw ConfigError("config", "environments of different names", "two named " + choice.name);
    } else {
      json["environments"][choice.name] = section;
    }
  }
  for (const StageChoice& stage : options.stages) {
    Json section = json_of(section_of(stage.kind).write(stage));
    // A stage's seed that is the run's stays out, so that `seed=` over a saved configuration reaches every stage.
    if (section.value("seed", std::uint64_t{0}) == options.seed) section.erase("seed");
    json[std::string(section_of(stage.kind).name)] = std::move(section);
  }
  return Config::parse(json.dump(), "resolved configuration");
}

std::vector<OptionDoc> document_run_options() {
  std::vector<OptionDoc> all = document_config<Head>();
  for (const StageSection& section : stage_sections()) {
    for (OptionDoc option : section.document()) {
      option.name = std::string(section.name) + "." + option.name;
      all.push_back(std::move(option));
    }
  }
  return all;
}

void describe(ConfigVisitor& visitor, TokenizerOptions& options) {
  static const std::vector<std::string_view> kTypes{"byte"};
  std::size_t type = 0;
  visitor.choice({"type", "Which tokenizer"}, type, kTypes);
  options.type = kTypes.at(type);
  visitor.field({"alphabet", "Bytes with an id; empty: those of the environments, or all 256"}, options.alphabet);
  visitor.enumeration({"chat_template", "How tasks given as messages become one text"}, options.chat_template, {"plain", "chatml"});
}

void describe(ConfigVisitor& visitor, SummaryOptions& options) {
  visitor.field({"items", "Test tasks, one sample each", 1, 1e7}, options.items);
  visitor.field({"verifier_threads", "Threads of the verifier pool", 1, 1024}, options.verifier_threads);
}

}  // namespace lydian
