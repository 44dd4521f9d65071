#pragma once

#include "cli/command.h"
#include "lydian/train/run.h"
#include "lydian/train/run_options.h"

namespace lydian::cli {

/// `config` with the command line's key=value laid over it.
Config with_options(Config config, const Arguments& arguments);

MakeEnvironment environment_maker(const Catalog& catalog);

/// The configuration file that the first word names, with the command line's key=value laid over it.
Config file_configuration(const Arguments& arguments);

/// A trained policy and what surrounds it, for the subcommands that only use it.
struct TrainedRun {
  Config config;  ///< As file_configuration, `own_section` included.
  RunOptions options;
  RunObjects objects;
};

/// The first word is a run folder, whose newest checkpoint (or --step) gives the weights, or a configuration file with init_from. `own_section` belongs to the
/// subcommand and is none of a run's. Throws ConfigError where there are no weights.
TrainedRun trained_run(const Arguments& arguments, const Catalog& catalog, std::string_view own_section);

/// The flag that trained_run reads.
inline constexpr Flag kStepFlag{"step", "N|best",
                                "Use the checkpoint after this step of the run folder, or the one with the best evaluation, instead of the newest."};

/// Keys of a run outside of its stages, and those of one section.
std::vector<OptionDoc> run_keys_and(std::string_view section);
/// `options`, each name behind "section.".
std::vector<OptionDoc> behind(std::string_view section, std::vector<OptionDoc> options);

}  // namespace lydian::cli
