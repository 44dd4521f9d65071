// The bars of judging on the shared data: nothing wrong is accepted, nothing right is refused.
#include <map>

#include "verify_code/hostile_rows.h"

namespace lydian {
namespace {

using code_test::graded;
using code_test::Json;
using code_test::shared_rows;

std::map<std::string, Json> by_task(const std::vector<std::string>& files) {
  std::map<std::string, Json> rows;
  for (const std::string& file : files) {
    for (const Json& row : shared_rows(file)) rows[row["task_id"].get<std::string>()] = row;
  }
  return rows;
}

Json function_row(const Json& cases, const std::string& program) {
  Json row{{"id", cases["task_id"]}, {"mode", "function"}, {"program", program}};
  for (const char* name : {"entry_point", "cases", "compare", "atol"}) {
    if (cases.contains(name)) row[name] = cases[name];
  }
  return row;
}

TEST(SharedData, AcceptsEveryPythonReference) {
  LYDIAN_NEEDS_SANDBOX();
  const auto tasks = by_task({"humaneval.jsonl", "mbpp_sanitized_dev.jsonl"});
  const auto plus = by_task({"humaneval_plus_cases.jsonl", "mbpp_plus_cases_dev.jsonl"});
  LYDIAN_NEEDS_SHARED(tasks.empty(), "data/code");
  for (const auto& rows : {tasks, plus}) {
    for (const auto& [id, row] : rows) {
      if (row["cases"].empty()) continue;
      const std::string head = id.starts_with("HumanEval") ? row.value("prompt", "") : "";
      const Json line = graded(function_row(row, head + row["canonical_solution"].get<std::string>()));
      EXPECT_EQ(line["verdict"], "accepted") << id << ": " << line["reason"];
    }
  }
}

TEST(SharedData, AcceptsEveryPythonReferenceByItsAssertions) {
  LYDIAN_NEEDS_SANDBOX();
  const auto tasks = by_task({"humaneval.jsonl", "mbpp_sanitized_dev.jsonl"});
  LYDIAN_NEEDS_SHARED(tasks.empty(), "data/code");
  for (const auto& [id, row] : tasks) {
    Json asserted{{"id", id}, {"mode", "assert"}, {"entry_point", row["entry_point"]}};
    std::string tests;
    if (row.contains("test")) {
      asserted["prefix"] = row["prompt"];
      tests = row["test"].get<std::string>() + "\n\ncheck(" + row["entry_point"].get<std::string>() + ")\n";
    } else {
      for (const char* name : {"test_imports", "test_list"}) {
        for (const Json& line : row[name]) tests += line.get<std::string>() + "\n";
      }
    }
    asserted["program"] =
        row.contains("test") ? row["prompt"].get<std::string>() + row["canonical_solution"].get<std::string>() : row["canonical_solution"].get<std::string>();
    asserted["tests"] = tests;
    const Json line = graded(asserted);
    EXPECT_EQ(line["verdict"], "accepted") << id << ": " << line["reason"];
  }
}

TEST(SharedData, AcceptsNoWrongProgram) {
  LYDIAN_NEEDS_SANDBOX();
  const std::vector<Json> wrong = shared_rows("wrong_programs_dev.jsonl");
  LYDIAN_NEEDS_SHARED(wrong.empty(), "data/code");
  const auto base = by_task({"humaneval.jsonl", "mbpp_sanitized_dev.jsonl"});
  const auto plus = by_task({"humaneval_plus_cases.jsonl", "mbpp_plus_cases_dev.jsonl"});
  for (const Json& row : wrong) {
    const auto& cases = row["kind"] == "fails_base" ? base : plus;
    const Json line = graded(function_row(cases.at(row["task_id"].get<std::string>()), row["program"].get<std::string>()));
    EXPECT_EQ(line["reward"], 0.0) << row["task_id"] << ": " << line["verdict"] << ": " << line["reason"];
  }
}

TEST(SharedData, JudgesStdioProblems) {
  LYDIAN_NEEDS_SANDBOX();
  const std::vector<Json> problems = shared_rows("stdio_problems_dev.jsonl");
  LYDIAN_NEEDS_SHARED(problems.empty(), "data/code");
  for (const Json& problem : problems) {
    const auto verdict = [&](const std::string& language, const Json& program) {
      Json row = problem;
      row["language"] = language;
      row["program"] = program;
      return graded(row)["verdict"];
    };
    for (const auto& [language, program] : problem["solutions"].items()) EXPECT_EQ(verdict(language, program), "accepted") << problem["id"] << " " << language;
    for (const Json& wrong : problem["wrong_solutions"]) EXPECT_EQ(verdict(wrong["language"], wrong["program"]), wrong["expected_verdict"]) << problem["id"];
  }
}

TEST(SharedData, JudgesCppAssertions) {
  LYDIAN_NEEDS_SANDBOX();
  const std::vector<Json> rows = shared_rows("humanevalx_cpp_dev.jsonl");
  LYDIAN_NEEDS_SHARED(rows.empty(), "data/code");
  for (const Json& row : rows) {
    Json graded_row{{"id", row["task_id"]},
                    {"language", "cpp"},
                    {"program", row["declaration"].get<std::string>() + row["canonical_solution"].get<std::string>()},
                    {"tests", row["test"]}};
    for (const bool declared : {false, true}) {
      if (declared) graded_row["declaration"] = row["declaration"];
      const Json line = graded(graded_row);
      EXPECT_EQ(line["verdict"] == "accepted", row["verified_verdict"] == "accepted") << row["task_id"] << ": " << line["verdict"] << ": " << line["reason"];
    }
  }
}

TEST(SharedData, HostileRowsAreContained) {
  LYDIAN_NEEDS_SANDBOX();
  const std::vector<Json> rows = shared_rows("hostile_dev.jsonl");
  LYDIAN_NEEDS_SHARED(rows.empty(), "data/code");
  const code_test::HostileHarness harness;
  for (const Json& row : rows) harness.expect_contained(row);
}

TEST(OwnData, HostileCppRowsAreContained) {
  LYDIAN_NEEDS_SANDBOX();
  const code_test::HostileHarness harness;
  for (const Json& row : code_test::own_hostile_rows()) {
    if (row["language"] == "cpp") harness.expect_contained(row);
  }
}

}  // namespace
}  // namespace lydian
