#include "train/stage_sections.h"

#include <array>

#include "lydian/train/trainer.h"

namespace lydian {
namespace {

/// A report has no options.
struct ReportOptions {};
void describe(ConfigVisitor&, ReportOptions&) {}

template <auto kOptions>
void read(const Config& section, StageChoice& choice) {
  read_config(section, choice.*kOptions);
}

template <auto kOptions>
Config write(const StageChoice& choice) {
  return write_config(choice.*kOptions);
}

std::unique_ptr<Stage> open_sft(const StageChoice& choice, TrainablePolicy& policy, const RunObjects& objects, ChatTemplate chat_template) {
  return std::make_unique<SupervisedStage>(policy, *objects.tokenizer, objects.weighted, choice.sft, chat_template);
}

std::unique_ptr<Stage> open_grpo(const StageChoice& choice, TrainablePolicy& policy, const RunObjects& objects, ChatTemplate chat_template) {
  return std::make_unique<Trainer>(Trainer::grpo(policy, *objects.tokenizer, objects.weighted, choice.grpo, chat_template));
}

void read_report(const Config& section, StageChoice&) {
  ReportOptions none;
  read_config(section, none);
}

Config write_report(const StageChoice&) {
  return {};
}

constexpr std::array kSections = {
    StageSection{"sft", "Supervised stage", read<&StageChoice::sft>, write<&StageChoice::sft>, document_config<SftOptions>, open_sft},
    StageSection{"grpo", "Reinforcement-learning stage", read<&StageChoice::grpo>, write<&StageChoice::grpo>, document_config<TrainerOptions>, open_grpo},
    StageSection{"sweep", "Accuracy against thinking budget", read<&StageChoice::sweep>, write<&StageChoice::sweep>, document_config<SweepOptions>, nullptr},
    StageSection{"report", "Writes report.html", read_report, write_report, document_config<ReportOptions>, nullptr},
};

}  // namespace

std::span<const StageSection> stage_sections() {
  return kSections;
}

const StageSection& section_of(StageChoice::Kind kind) {
  return kSections.at(static_cast<std::size_t>(kind));
}

}  // namespace lydian
