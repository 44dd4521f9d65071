#include "cli/run_configuration.h"
#include "cli/run_stages.h"
#include "lydian/core/error.h"

namespace lydian::cli {
namespace {

int run(const Arguments& arguments, const Catalog& catalog) {
  RunOptions options = read_run_options(file_configuration(arguments));
  std::erase_if(options.stages, [](const StageChoice& stage) { return stage.kind != StageChoice::Kind::kSft; });
  if (options.stages.empty()) throw ConfigError("sft", "a configuration with an sft section", arguments.words[0] + " without one");
  return start(arguments, options, catalog);
}

}  // namespace

Command sft_command() {
  return {.name = "sft",
          .usage = "CONFIG [key=value …]",
          .doc = "Runs the supervised stage of a configuration alone.",
          .flags = {kPrintConfigFlag, kQuietFlag},
          .least_words = 1,
          .most_words = 1,
          .takes_options = true,
          .run = run,
          .options = [](const Catalog&) { return run_keys_and("sft"); }};
}

}  // namespace lydian::cli
