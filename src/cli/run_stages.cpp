#include "cli/run_stages.h"

#include <iostream>

#include "cli/interrupt_flag.h"
#include "cli/run_configuration.h"
#include "lydian/train/run.h"

namespace lydian::cli {
namespace {

template <typename Run>
int until_interrupted(const Arguments& arguments, const std::string& run_folder, const Run& run) {
  const InterruptFlag interrupt;
  RunControl control;
  control.interrupted = interrupt.request();
  control.console = !arguments.has("quiet");
  control.step = arguments.step();
  if (run(control) == RunEnd::kFinished) {
    std::cout << describe_summary(run_folder) << "run folder: " << run_folder << '\n';
    return kDone;
  }
  std::cerr << "saved in " << run_folder << "; to go on: lydian train --resume " << run_folder << '\n';
  return kResumeMe;
}

}  // namespace

int start(const Arguments& arguments, const RunOptions& options, const Catalog& catalog) {
  if (arguments.has("print-config")) {
    check_run(options, environment_maker(catalog));
    std::cout << write_run_options(options).dump() << '\n';
    return kDone;
  }
  return until_interrupted(arguments, options.output_dir, [&](const RunControl& control) { return start_run(options, environment_maker(catalog), control); });
}

int resume(const Arguments& arguments, const std::string& run_folder, const Catalog& catalog) {
  return until_interrupted(arguments, run_folder, [&](const RunControl& control) { return resume_run(run_folder, environment_maker(catalog), control); });
}

}  // namespace lydian::cli
