#include "cli/run_configuration.h"
#include "cli/run_stages.h"
#include "lydian/core/error.h"

namespace lydian::cli {
namespace {

int run(const Arguments& arguments, const Catalog& catalog) {
  if (!arguments.has("resume")) {
    if (arguments.has("step")) throw ConfigError("train", "--step N together with --resume RUN", "--step alone");
    if (arguments.words.empty()) throw ConfigError("train", "lydian train CONFIG [key=value …], or lydian train --resume RUN", "no configuration file");
    return start(arguments, read_run_options(file_configuration(arguments)), catalog);
  }
  if (!arguments.words.empty() || !arguments.options.empty() || arguments.has("print-config")) {
    throw ConfigError("train", "--resume RUN alone, since a run goes on under its own configuration",
                      arguments.has("print-config") ? "--print-config"
                      : arguments.words.empty()     ? arguments.options[0]
                                                    : arguments.words[0]);
  }
  return resume(arguments, arguments.text("resume"), catalog);
}

}  // namespace

Command train_command() {
  return {
      .name = "train",
      .usage = "CONFIG [key=value …] | --resume RUN [--step N]",
      .doc = "Runs all stages of a configuration (sft, grpo, sweep, report) into its output_dir.",
      .flags = {{"resume", "RUN", "Go on with a run folder from its newest checkpoint, to the bits of a run that never stopped."},
                {"step", "N|best", "With --resume: go on from the checkpoint after this step, or the one with the best evaluation, and remove all later ones."},
                kPrintConfigFlag,
                kQuietFlag},
      .least_words = 0,
      .most_words = 1,
      .takes_options = true,
      .run = run,
      .options = [](const Catalog&) { return document_run_options(); }};
}

}  // namespace lydian::cli
