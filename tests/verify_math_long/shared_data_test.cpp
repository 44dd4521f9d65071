// The bars of the math verifier on the shared data, through what `lydian grade math` does.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "folders.h"
#include "verify/math/grade_math.h"

namespace lydian {
namespace {

using Json = nlohmann::json;

std::vector<Json> rows_of(const std::string& path) {
  std::ifstream file(path);
  std::vector<Json> rows;
  for (std::string line; std::getline(file, line);) rows.push_back(Json::parse(line));
  return rows;
}

struct Tally {
  int right = 0, wrong = 0;        // By their labels.
  int accepted = 0, forgiven = 0;  // Of these, graded equal.
  std::string disagreements;

  void add(const Json& row, const Json& verdict) {
    const bool expected = row["expected"], equal = verdict["equal"] == true;
    ++(expected ? right : wrong);
    if (equal) ++(expected ? accepted : forgiven);
    if (equal != expected)
      disagreements += row["id"].get<std::string>() + (equal ? " is accepted" : " is refused") + ": " + verdict["reason"].get<std::string>() + "\n";
  }
  double recall() const { return static_cast<double>(accepted) / right; }
  double false_positives() const { return static_cast<double>(forgiven) / wrong; }
  double accuracy() const { return static_cast<double>(accepted + wrong - forgiven) / (right + wrong); }
};

/// Rows of a file of data/math, each graded with the defaults, by what `group` says of it.
template <class Group>
std::map<std::string, Tally> graded(const std::string& name, const Group& group) {
  const std::string verdicts = testing::TempDir() + "math_verdicts_" + std::to_string(getpid()) + ".jsonl";
  grade_math_file(shared_file("data/math/" + name), verdicts, MathOptions{}, 2);
  const std::vector<Json> rows = rows_of(shared_file("data/math/" + name)), lines = rows_of(verdicts);
  std::filesystem::remove(verdicts);
  EXPECT_EQ(rows.size(), lines.size());
  std::map<std::string, Tally> tallies;
  for (std::size_t i = 0; i < std::min(rows.size(), lines.size()); ++i) {
    EXPECT_EQ(rows[i]["id"], lines[i]["id"]);
    for (const std::string& each : group(rows[i])) tallies[each].add(rows[i], lines[i]);
  }
  return tallies;
}

bool absent(const std::string& name) {
  return !std::filesystem::exists(shared_file("data/math/" + name));
}

TEST(MathSharedData, TriplesKeepTheirBars) {
  LYDIAN_NEEDS_SHARED(absent("triples_dev.jsonl"), "data/math/triples_dev.jsonl");
  std::map<std::string, Tally> tallies = graded("triples_dev.jsonl", [](const Json& row) {
    const std::string category = row["category"];
    return category == "hostile" ? std::vector<std::string>{category} : std::vector<std::string>{row["label_type"].get<std::string>(), "in " + category};
  });
  ASSERT_GT(tallies["math"].right, 0);
  EXPECT_GE(tallies["math"].recall(), 0.985) << tallies["math"].disagreements;
  EXPECT_LE(tallies["math"].false_positives(), 0.002) << tallies["math"].disagreements;
  EXPECT_GE(tallies["convention"].accuracy(), 0.95) << tallies["convention"].disagreements;
  EXPECT_GT(tallies["hostile"].wrong, 0);
  EXPECT_EQ(tallies["hostile"].forgiven, 0) << tallies["hostile"].disagreements;
  for (const char* strict : {"in unit_letter_variable", "in base_n", "in near_equal"}) {
    EXPECT_GT(tallies[strict].wrong, 0) << strict;
    EXPECT_EQ(tallies[strict].forgiven, 0) << strict << ": " << tallies[strict].disagreements;
  }
}

TEST(MathSharedData, ResponsesKeepTheirBar) {
  LYDIAN_NEEDS_SHARED(absent("responses_dev.jsonl"), "data/math/responses_dev.jsonl");
  const Tally all = graded("responses_dev.jsonl", [](const Json&) { return std::vector<std::string>{"all"}; })["all"];
  ASSERT_GT(all.right + all.wrong, 0);
  EXPECT_GE(all.accuracy(), 0.999) << all.disagreements;
}

void expect_golds(const std::vector<std::string>& files, double read_whole) {
  const MathVerifier verifier;
  int total = 0, whole = 0;
  std::string not_whole;
  for (const std::string& file : files) {
    LYDIAN_NEEDS_SHARED(absent(file), "data/math/" + file);
    for (const Json& row : rows_of(shared_file("data/math/" + file))) {
      const Json& answer = row["answer"];
      if (answer.is_null() || answer == "") continue;  // Four problems of the training set come without one.
      for (const Json& one : answer.is_array() ? answer : Json::array({answer})) {
        const std::string gold = one;
        ++total;
        EXPECT_TRUE(verifier.grade(gold, gold, MathKind::kAnswer).equal) << gold << " is not equal to itself";
        if (verifier.read(gold).whole) {
          ++whole;
        } else {
          not_whole += gold + "\n";
        }
      }
    }
  }
  ASSERT_GT(total, 0);
  EXPECT_GE(static_cast<double>(whole) / total, read_whole) << not_whole;
}

TEST(MathSharedData, GoldsOfMathAreEqualToThemselves) {
  expect_golds({"math_test.jsonl", "math_train.jsonl", "math500.jsonl"}, 0.995);
}

TEST(MathSharedData, GoldsOfOlympiadBenchAreEqualToThemselves) {
  expect_golds({"bench/olympiadbench_en.jsonl"}, 0.97);
}

}  // namespace
}  // namespace lydian
