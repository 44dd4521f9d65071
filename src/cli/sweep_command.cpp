#include <iostream>

#include "cli/interrupt_flag.h"
#include "cli/run_configuration.h"
#include "lydian/eval/thinking_sweep.h"

namespace lydian::cli {
namespace {

SweepOptions sweep_options(const RunOptions& run) {
  for (const StageChoice& stage : run.stages) {
    if (stage.kind == StageChoice::Kind::kSweep) return stage.sweep;
  }
  SweepOptions options;
  options.seed = run.seed;
  return options;
}

int run(const Arguments& arguments, const Catalog& catalog) {
  const TrainedRun trained = trained_run(arguments, catalog, "");
  SweepOptions options = sweep_options(trained.options);
  const InterruptFlag interrupt;
  options.interrupted = interrupt.request();
  int code = kDone;
  for (const WeightedEnvironment& choice : trained.objects.weighted) {
    const ThinkingSweep sweep =
        thinking_sweep(*trained.objects.policy, *trained.objects.tokenizer, *choice.environment, options, trained.options.tokenizer.chat_template);
    std::cout << choice.label() << '\n' << sweep.table();
    if (sweep.reruns_different > 0) code = kFailed;
  }
  return code;
}

}  // namespace

Command sweep_command() {
  return {.name = "sweep",
          .usage = "RUN | CONFIG [key=value …]",
          .doc = "Accuracy against thinking budget. The policy is a run folder's, or a configuration's with init_from.",
          .flags = {kStepFlag},
          .least_words = 1,
          .most_words = 1,
          .takes_options = true,
          .run = run,
          .options = [](const Catalog&) { return behind("sweep", document_config<SweepOptions>()); }};
}

}  // namespace lydian::cli
