#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lydian/core/config.h"
#include "lydian/verify/environment.h"

namespace lydian::cli {

/// Makes an environment from its own options (a configuration's `environment` section without `type` and `weight`). Throws ConfigError for what it does not
/// know.
using EnvironmentFactory = std::function<std::shared_ptr<Environment>(const Config& options)>;

/// The environments that a program knows by name.
class Catalog {
 public:
  /// Those that come with lydian.
  static Catalog shipped();

  /// `options` documents the factory's options for `env show` and the reference page: document_config<T>(). Throws ConfigError where the name is taken.
  void add(std::string name, EnvironmentFactory factory, std::vector<OptionDoc> options = {});
  /// Throws ConfigError for an unknown name, with the nearest known one.
  std::shared_ptr<Environment> make(const std::string& name, const Config& options) const;
  std::vector<std::string> names() const;  ///< In the order of add().
  const std::vector<OptionDoc>& options(const std::string& name) const;

 private:
  struct Entry {
    std::string name;
    EnvironmentFactory factory;
    std::vector<OptionDoc> options;
  };
  const Entry& find(const std::string& name) const;

  std::vector<Entry> entries_;
};

/// The whole program: every subcommand of `lydian`, over the environments of `catalog`.
///
/// Returns its exit code: 0 done; 1 failed; 2 the command line or the configuration cannot be used; 75 interrupted by SIGTERM or SIGINT: a run is saved and
/// goes on by `train --resume`, `eval` and `sweep` have to be called again. What went wrong is one sentence on standard error; nothing is thrown. Sets the
/// process's locale ("C") and torch's thread count (1: lydian has its own threads), and while a run, `eval` or `sweep` goes on the handlers of these two
/// signals.
int run(int argc, char** argv, const Catalog& catalog);

}  // namespace lydian::cli
