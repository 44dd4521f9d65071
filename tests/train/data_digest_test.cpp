#include "train/data_digest.h"

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <vector>

namespace lydian {
namespace {

/// Splits as they are written down; of one without end, the tasks of `train` over and over.
class WrittenEnvironment final : public Environment, Verifier {
 public:
  std::array<std::vector<Task>, 3> tasks;
  bool endless = false;

  std::string name() const override { return "written"; }
  std::int64_t size(Split split) const override {
    return endless && split == Split::kTrain ? kUnbounded : static_cast<std::int64_t>(tasks[static_cast<std::size_t>(split)].size());
  }
  Task task(Split split, std::int64_t index) const override {
    const std::vector<Task>& all = tasks[static_cast<std::size_t>(split)];
    return all[static_cast<std::size_t>(index) % all.size()];
  }
  const Verifier& verifier() const override { return *this; }
  Verdict verify(const Task&, const Completion&) const override { return Verdict::scored(0.0); }
};

WrittenEnvironment written() {
  WrittenEnvironment environment;
  for (std::size_t split = 0; split < 3; ++split) {
    for (std::size_t i = 0; i < 4; ++i) {
      const std::string number = std::to_string(10 * split + i);
      environment.tasks[split].push_back(
          {.id = "id" + number, .prompt = "ask" + number, .messages = {{"user", "say" + number}}, .ground_truth = "gold" + number});
    }
  }
  return environment;
}

TEST(DataDigest, ChangesWithEverythingThatATaskSays) {
  const std::string whole = data_digest(written());
  EXPECT_EQ(data_digest(written()), whole);
  using Change = std::function<void(WrittenEnvironment&)>;
  const std::vector<std::pair<const char*, Change>> changes{
      {"id", [](auto& environment) { environment.tasks[0][2].id += "x"; }},
      {"prompt", [](auto& environment) { environment.tasks[1][3].prompt += "x"; }},
      {"ground truth", [](auto& environment) { environment.tasks[2][0].ground_truth += "x"; }},
      {"message", [](auto& environment) { environment.tasks[0][1].messages[0].content += "x"; }},
      {"order", [](auto& environment) { std::swap(environment.tasks[0][0], environment.tasks[0][1]); }},
      {"split", [](auto& environment) { std::swap(environment.tasks[1], environment.tasks[2]); }},
      {"size", [](auto& environment) { environment.tasks[2].pop_back(); }},
      // The same bytes one after another.
      {"border",
       [](auto& environment) {
         environment.tasks[0][0].id += environment.tasks[0][0].prompt[0];
         environment.tasks[0][0].prompt.erase(0, 1);
       }},
  };
  for (const auto& [what, change] : changes) {
    WrittenEnvironment other = written();
    change(other);
    EXPECT_NE(data_digest(other), whole) << what;
  }
}

TEST(DataDigest, LooksAtTasksFromTheFirstToNearTheLast) {
  WrittenEnvironment large = written();
  large.tasks[0].clear();
  for (int i = 0; i < 1024; ++i) large.tasks[0].push_back({.id = std::to_string(i), .prompt = "p"});
  const std::string whole = data_digest(large);
  for (const std::size_t every_fourth : {0U, 512U, 1020U}) {
    WrittenEnvironment other = large;
    other.tasks[0][every_fourth].prompt = "q";
    EXPECT_NE(data_digest(other), whole) << every_fourth;
  }
  WrittenEnvironment longer = large;
  longer.tasks[0].push_back({.id = "1024", .prompt = "p"});
  EXPECT_NE(data_digest(longer), whole) << "one task more, at which it does not look";
  WrittenEnvironment endless = large;
  endless.endless = true;
  const std::string first = data_digest(endless);
  endless.tasks[0][255].prompt = "q";
  EXPECT_NE(data_digest(endless), first);
  endless.tasks[0][255].prompt = "p";
  endless.tasks[0][256].prompt = "q";
  EXPECT_EQ(data_digest(endless), first) << "its first 256";
}

}  // namespace
}  // namespace lydian
