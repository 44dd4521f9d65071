#include <algorithm>
#include <utility>

#include "cli/add_shipped.h"
#include "cli/component.h"
#include "lydian/core/error.h"
#include "lydian/envs/chain_environment.h"
#include "lydian/envs/word_problems_environment.h"

namespace lydian::cli {

Catalog Catalog::shipped() {
  Catalog catalog;
  add_shipped<ChainEnvironment, ChainOptions>(catalog, "chain");
  add_shipped<WordProblemsEnvironment, WordProblemsOptions>(catalog, "word_problems");
  for (const Component& component : components()) component.add_environments(catalog);
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
