#include <iostream>

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
  const SweepOptions options = sweep_options(trained.options);
  int code = kDone;
  for (const auto& environment : trained.objects.environments) {
    const ThinkingSweep sweep =
        thinking_sweep(*trained.objects.policy, *trained.objects.tokenizer, *environment, options, trained.options.tokenizer.chat_template);
    std::cout << environment->name() << '\n' << sweep.table();
    if (options.compare_reruns) std::cout << sweep.reruns_compared << " cuts compared with reruns, " << sweep.reruns_different << " different\n";
    if (sweep.reruns_different > 0) code = kFailed;
  }
  return code;
}

}  // namespace

Command sweep_command() {
  return {"sweep",
          "RUN | CONFIG [key=value …]",
          "Accuracy against thinking budget. The policy is a run folder's, or a configuration's with init_from.",
          {kStepFlag},
          1,
          1,
          true,
          run,
          [](const Catalog&) { return behind("sweep", document_config<SweepOptions>()); }};
}

}  // namespace lydian::cli
