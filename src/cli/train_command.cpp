#include "cli/run_configuration.h"
#include "cli/run_stages.h"
#include "lydian/core/error.h"

namespace lydian::cli {
namespace {

int run(const Arguments& arguments, const Catalog& catalog) {
  if (!arguments.has("resume")) {
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
  return {"train",
          "CONFIG [key=value …] | --resume RUN",
          "Runs all stages of a configuration (sft, grpo, sweep, report) into its output_dir.",
          {{"resume", "RUN", "Go on with a run folder from its newest checkpoint, to the bits of a run that never stopped."}, kPrintConfigFlag, kQuietFlag},
          0,
          1,
          true,
          run,
          [](const Catalog&) { return document_run_options(); }};
}

}  // namespace lydian::cli
