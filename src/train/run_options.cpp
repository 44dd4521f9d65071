#include "lydian/train/run_options.h"

#include <nlohmann/json.hpp>

#include "lydian/core/error.h"

namespace lydian {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::pair<std::string_view, StageChoice::Kind> kStages[] = {
    {"sft", StageChoice::Kind::kSft}, {"grpo", StageChoice::Kind::kGrpo}, {"sweep", StageChoice::Kind::kSweep}, {"report", StageChoice::Kind::kReport}};

/// The top level of the file; environments and stages are read by themselves.
struct Head {
  RunOptions options;
  Config environment, environments, sft, grpo, sweep, report;
};

struct ReportSection {};
void describe(ConfigVisitor&, ReportSection&) {}

void describe(ConfigVisitor& visitor, Head& head) {
  RunOptions& options = head.options;
  visitor.field({"seed", "Seed of the whole run; stages may have their own"}, options.seed);
  visitor.field({"output_dir", "Folder of the run; must be new or empty"}, options.output_dir);
  visitor.field({"init_from", "Checkpoint folder whose weights the policy starts from; empty: first weights drawn from the seed"}, options.init_from);
  visitor.raw({"environment", "The environment: type (its name in `lydian env list`) and its own options"}, head.environment);
  visitor.raw({"environments", "Several environments by name: {NAME: {type, weight, own options}}; instead of environment"}, head.environments);
  visitor.group({"tokenizer", "Text to ids"}, options.tokenizer);
  visitor.group({"policy", "Shape of the transformer; vocab_size is the tokenizer's"}, options.policy);
  visitor.group({"summary", "What summary.json measures"}, options.summary);
  visitor.field({"save_steps", "Steps between checkpoints; 0: only at the end of a stage", 0, 1e9}, options.save_steps);
  visitor.field({"save_total_limit", "Checkpoints that are kept, the best apart; 0: all", 0, 1e9}, options.save_total_limit);
  visitor.field({"log_rollouts_every", "Steps between logged rollouts; 0: never", 0, 1e9}, options.log_rollouts_every);
  visitor.raw({"sft", "Supervised stage"}, head.sft);
  visitor.raw({"grpo", "Reinforcement-learning stage"}, head.grpo);
  visitor.raw({"sweep", "Accuracy against thinking budget"}, head.sweep);
  visitor.raw({"report", "Writes report.html"}, head.report);
}

EnvironmentChoice read_environment(const Config& section, const std::string& default_type) {
  EnvironmentChoice choice;
  choice.type = section.text("type", default_type);
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
  ReportSection report;
  switch (kind) {
    case StageChoice::Kind::kSft:
      read_config(section, stage.sft);
      break;
    case StageChoice::Kind::kGrpo:
      read_config(section, stage.grpo);
      break;
    case StageChoice::Kind::kSweep:
      read_config(section, stage.sweep);
      break;
    case StageChoice::Kind::kReport:
      read_config(section, report);
      break;
  }
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
    for (const auto& [name, kind] : kStages) {
      if (key == name) options.stages.push_back(read_stage(kind, config.section(key), options.seed));
    }
  }
  return options;
}

Config write_run_options(const RunOptions& options) {
  Head head;
  head.options = options;
  Json json = json_of(write_config(head));
  for (const char* section : {"environment", "environments", "sft", "grpo", "sweep", "report"}) json.erase(section);
  // One environment stands alone; several by running names, so that two of one type can differ.
  for (std::size_t i = 0; i < options.environments.size(); ++i) {
    const EnvironmentChoice& choice = options.environments[i];
    Json section{{"type", choice.type}, {"weight", choice.weight}};
    section.update(json_of(choice.options));
    if (options.environments.size() == 1) {
      json["environment"] = section;
    } else {
      json["environments"]["e" + std::to_string(i + 1)] = section;
    }
  }
  for (const StageChoice& stage : options.stages) {
    switch (stage.kind) {
      case StageChoice::Kind::kSft:
        json["sft"] = json_of(write_config(stage.sft));
        break;
      case StageChoice::Kind::kGrpo:
        json["grpo"] = json_of(write_config(stage.grpo));
        break;
      case StageChoice::Kind::kSweep:
        json["sweep"] = json_of(write_config(stage.sweep));
        break;
      case StageChoice::Kind::kReport:
        json["report"] = Json::object();
        break;
    }
  }
  // A stage's seed that is the run's stays out, so that `seed=` over a saved configuration reaches every stage.
  for (const auto& [name, kind] : kStages) {
    const std::string key(name);
    if (json.contains(key) && json[key].value("seed", std::uint64_t{0}) == options.seed) json[key].erase("seed");
  }
  return Config::parse(json.dump(), "resolved configuration");
}

std::vector<OptionDoc> document_run_options() {
  std::vector<OptionDoc> all = document_config<Head>();
  const auto add = [&all](const std::string& section, const std::vector<OptionDoc>& options) {
    for (OptionDoc option : options) {
      option.name = section + "." + option.name;
      all.push_back(std::move(option));
    }
  };
  add("sft", document_config<SftOptions>());
  add("grpo", document_config<TrainerOptions>());
  add("sweep", document_config<SweepOptions>());
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
}

}  // namespace lydian
