// docs/metrics.md against what a run writes: every name in the page, and every name of the page in a run that does everything.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "folders.h"
#include "lydian/report/rollout_log.h"
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

using Names = std::set<std::string>;

/// Names in backticks of a section's tables: those of the first cells, of rows within lists (behind "…"), and all.
struct Section {
  Names keys, row_keys, all;
};

Section section(const std::string& title) {
  Section found;
  std::istringstream page(file_text(source_file("docs/metrics.md")));
  bool inside = false;
  static const std::regex name("`([^`]+)`");
  for (std::string line; std::getline(page, line);) {
    if (line.rfind("## ", 0) == 0) inside = line == "## " + title;
    if (!inside || line.rfind("| ", 0) != 0) continue;
    const std::size_t end = line.find(" |");
    for (auto match = std::sregex_iterator(line.begin(), line.end(), name); match != std::sregex_iterator(); ++match) {
      const std::string word = (*match)[1].str();
      found.all.insert(word);
      if (static_cast<std::size_t>(match->position()) < end) (line.rfind("| …", 0) == 0 ? found.row_keys : found.keys).insert(word);
    }
  }
  return found;
}

Names keys_of(const nlohmann::json& object) {
  Names names;
  for (const auto& [key, value] : object.items()) names.insert(key);
  return names;
}

TEST(MetricsPage, HasTheKeysOfTheSummaryAndOfRollouts) {
  const TemporaryFolder folder;
  Config config = tiny_config(folder / "run").without({"environment"});
  for (const char* setting :
       {R"(environments={"easy": {"type": "easy"}, "chain": {"type": "chain", "max_operands": 3}})", "sweep.compare_reruns=true", "report={}"}) {
    config = config.with_override(setting);
  }
  ASSERT_EQ(start_run(read_run_options(config), make_easy_or_chain, quiet()), RunEnd::kFinished);
  const auto summary = nlohmann::json::parse(file_text(folder / "run/summary.json"));
  const Section page = section("summary.json");
  EXPECT_EQ(page.keys, keys_of(summary));
  EXPECT_EQ(page.row_keys, keys_of(summary["sweep"][0]));
  const nlohmann::json& final = summary["final"];
  for (const nlohmann::json& part : {final, final["by_category"].front(), summary["fit"], summary["reruns"], summary["wall_s"], summary["others"]["chain"]}) {
    for (const std::string& key : keys_of(part)) EXPECT_TRUE(page.all.contains(key)) << key;
  }

  // Of a task that has everything.
  LoggedRollouts logged = read_rollouts(folder / "run/rollouts/9.jsonl");
  Task task = *logged.rollouts.front().task;
  task.messages = {{"user", task.prompt}};
  task.metadata = {{"source", "here"}};
  logged.rollouts.front().task = std::make_shared<const Task>(task);
  write_rollouts(folder / "all.jsonl", 9, logged.rollouts, logged.advantage);
  const std::string text = file_text(folder / "all.jsonl");
  EXPECT_EQ(section("rollouts/STEP.jsonl").keys, keys_of(nlohmann::json::parse(text.substr(0, text.find('\n')))));
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
