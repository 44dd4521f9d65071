#include <algorithm>
#include <utility>

#include "lydian/cli/cli.h"
#include "lydian/core/error.h"
#include "lydian/envs/chain_environment.h"
#include "lydian/envs/code_environment.h"
#include "lydian/envs/tool_use_environment.h"
#include "lydian/envs/word_problems_environment.h"
#ifdef LYDIAN_MATH
#include "lydian/envs/math_environment.h"
#endif

namespace lydian::cli {

namespace {

template <typename MadeEnvironment, typename Options>
void add_shipped(Catalog& catalog, const char* name) {
  catalog.add(
      name,
      [](const Config& config) {
        Options options;
        read_config(config, options);
        return std::make_shared<MadeEnvironment>(options);
      },
      document_config<Options>());
}

}  // namespace

Catalog Catalog::shipped() {
  Catalog catalog;
  add_shipped<ChainEnvironment, ChainOptions>(catalog, "chain");
  add_shipped<WordProblemsEnvironment, WordProblemsOptions>(catalog, "word_problems");
#ifdef LYDIAN_MATH
  add_shipped<MathEnvironment, MathEnvironmentOptions>(catalog, "math");
#endif
  add_shipped<CodeEnvironment, CodeOptions>(catalog, "code");
  add_shipped<ToolUseEnvironment, ToolUseOptions>(catalog, "tool_use");
  return catalog;
}

void Catalog::add(std::string name, EnvironmentFactory factory, std::vector<OptionDoc> options) {
  for (const Entry& entry : entries_) {
    if (entry.name == name) throw ConfigError("catalog", "a new name for an environment", "\"" + name + "\", which is there already");
  }
  entries_.push_back({std::move(name), std::move(factory), std::move(options)});
}

std::shared_ptr<Environment> Catalog::make(const std::string& name, const Config& options) const {
  return find(name).factory(options);
}

std::vector<std::string> Catalog::names() const {
  std::vector<std::string> names;
  for (const Entry& entry : entries_) names.push_back(entry.name);
  return names;
}

const std::vector<OptionDoc>& Catalog::options(const std::string& name) const {
  return find(name).options;
}

const Catalog::Entry& Catalog::find(const std::string& name) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.name == name; });
  if (found != entries_.end()) return *found;
  std::string sentence = "there is no environment named \"" + name + "\"; ";
  if (const auto nearest = nearest_name(name, names())) {
    sentence += "did you mean " + *nearest + "?";
  } else {
    sentence += "known are:";
    for (const Entry& entry : entries_) sentence += (&entry == &entries_.front() ? " " : ", ") + entry.name;
  }
  throw ConfigError("catalog", sentence);
}

}  // namespace lydian::cli
