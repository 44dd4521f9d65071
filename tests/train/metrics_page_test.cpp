// docs/metrics.md against what a run writes: every name in the page, and every name of the page in a run that does everything.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "folders.h"
#include "train/easy_chain.h"

namespace lydian {
namespace {

/// Metrics of each stage as the page has them: patterns, since NAME and BUDGET stand for any word.
std::map<std::string, std::set<std::string>> documented() {
  std::map<std::string, std::set<std::string>> patterns;
  std::istringstream page(file_text(source_file("docs/metrics.md")));
  std::vector<std::string> stages;
  for (std::string line; std::getline(page, line);) {
    if (line.rfind("## ", 0) == 0) stages.clear();
    if (line.rfind("### ", 0) == 0) {
      stages.clear();
      std::istringstream names(std::regex_replace(line.substr(4), std::regex(","), " "));
      for (std::string name; names >> name;) stages.push_back(name);
    }
    if (line.rfind("| `", 0) != 0) continue;
    const std::string cell = line.substr(2, line.find(" |") - 2);
    static const std::regex name("`([^`]+)`");
    for (auto found = std::sregex_iterator(cell.begin(), cell.end(), name); found != std::sregex_iterator(); ++found) {
      for (const std::string& stage : stages) patterns[stage].insert(std::regex_replace((*found)[1].str(), std::regex("[A-Z]+"), "[^/]+"));
    }
  }
  return patterns;
}

TEST(MetricsPage, HasTheNamesThatARunWritesAndNoOthers) {
  const TemporaryFolder folder;
  const Config config = tiny_config(folder / "run")
                            .without({"environment"})
                            .with_override(R"(environments={"easy": {"type": "easy"}, "chain": {"type": "chain", "max_operands": 3}})")
                            .with_override("sft.gate.step_accuracy=0.5")
                            .with_override("sft.gate.items=4")
                            .with_override("grpo.random_reward=false")
                            .with_override("grpo.refills=1");
  ASSERT_EQ(start_run(read_run_options(config), make_easy_or_chain, quiet()), RunEnd::kFinished);
  std::map<std::string, std::set<std::string>> written;
  std::ifstream file(folder / "run/metrics.jsonl");
  for (std::string line; std::getline(file, line);) {
    const auto record = nlohmann::json::parse(line);
    for (const auto& [key, value] : record.items()) {
      if (key != "stage" && key != "step") written[record["stage"].get<std::string>()].insert(key);
    }
  }
  const auto page = documented();
  for (const auto& [stage, names] : written) {
    ASSERT_TRUE(page.contains(stage)) << "the page has no stage " << stage;
    for (const std::string& name : names) {
      const auto matches = [&](const std::string& pattern) { return std::regex_match(name, std::regex(pattern)); };
      EXPECT_TRUE(std::any_of(page.at(stage).begin(), page.at(stage).end(), matches)) << stage << " writes " << name << ", which the page does not have";
    }
  }
  for (const auto& [stage, patterns] : page) {
    ASSERT_TRUE(written.contains(stage)) << "no stage " << stage << " ran";
    for (const std::string& pattern : patterns) {
      const auto matches = [&](const std::string& name) { return std::regex_match(name, std::regex(pattern)); };
      EXPECT_TRUE(std::any_of(written.at(stage).begin(), written.at(stage).end(), matches)) << "nothing in " << stage << " is called " << pattern;
    }
  }
}

}  // namespace
}  // namespace lydian
