#include "lydian/envs/code_environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "folders.h"
#include "lydian/core/durable_file.h"
#include "lydian/core/error.h"
#include "lydian/verify/check_environment.h"
#include "verify_code/scripted_runner.h"

namespace lydian {
namespace {

using code_test::ended;
using code_test::ScriptedRunner;
using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::ordered_json;

std::shared_ptr<ScriptedRunner> no_runner() {
  return std::make_shared<ScriptedRunner>([](const RunRequest&) { return ended(RunOutcome::kFault); });
}

std::vector<Task> all_tasks(const Environment& environment) {
  std::vector<Task> tasks;
  for (const Split split : {Split::kTrain, Split::kDev, Split::kTest}) {
    for (std::int64_t i = 0; i < environment.size(split); ++i) tasks.push_back(environment.task(split, i));
  }
  return tasks;
}

/// The one task of a file of one row.
Task one_task(const std::string& row, CodeOptions options = {}, std::string* answer = nullptr) {
  options.path = testing::TempDir() + "code_rows.jsonl";
  write_file_durably(options.path, row + "\n");
  const CodeEnvironment environment(options, no_runner());
  const Task task = all_tasks(environment).at(0);
  RandomStream stream({});
  const auto demonstration = environment.demonstrate(task, stream);
  if (answer) *answer = demonstration ? demonstration->answer.at(0).text : "";
  return task;
}
Json problem(const Task& task) {
  return Json::parse(task.ground_truth);
}
std::string prompt(const Task& task) {
  return task.messages.at(0).content;
}

TEST(CodeEnvironment, ComesWithTasks) {
  const CodeEnvironment environment({}, no_runner());
  const std::vector<Task> tasks = all_tasks(environment);
  EXPECT_GE(tasks.size(), 16U);
  std::set<std::string> ids, words;
  for (const Task& task : tasks) {
    EXPECT_TRUE(ids.insert(task.id).second);
    words.insert(problem(task).value("compare", "default"));
    RandomStream stream({});
    EXPECT_THAT(environment.demonstrate(task, stream)->answer.at(0).text, HasSubstr("```python\n"));
    EXPECT_THAT(task.ground_truth, Not(HasSubstr("reference")));
  }
  EXPECT_GE(words.size(), 5U) << "most ways of comparing are shown";
  EXPECT_GT(environment.size(Split::kDev), 0);
  EXPECT_GT(environment.size(Split::kTest), 0);
}

TEST(CodeEnvironment, ReadsHumanEvalRows) {
  const std::string row =
      R"({"task_id": "HumanEval/0", "prompt": "from typing import List\n\ndef f(a: List[int]) -> int:\n    \"\"\"doc\"\"\"\n", "entry_point": "f",
      "canonical_solution": "    return a[0]\n", "test": "def check(candidate):\n    assert candidate([1]) == 1\n", "cases": [{"args": [[1]], "expected": 1, "compare": "eq"}], "cases_complete": )";
  std::string one_line = row;
  one_line.erase(std::remove(one_line.begin(), one_line.end(), '\n'), one_line.end());
  std::string answer;
  const Task task = one_task(one_line + "true}", {}, &answer);
  EXPECT_EQ(task.id, "HumanEval/0");
  EXPECT_EQ(task.category, "humaneval");
  EXPECT_THAT(prompt(task), HasSubstr("def f(a: List[int])"));
  EXPECT_THAT(prompt(task), HasSubstr("```python block"));
  EXPECT_EQ(problem(task)["mode"], "function");
  EXPECT_THAT(problem(task)["prefix"].get<std::string>(), HasSubstr("from typing import List"));
  EXPECT_THAT(answer, HasSubstr("    return a[0]\n```"));
  const Task incomplete = one_task(one_line + "false}");
  EXPECT_EQ(problem(incomplete)["mode"], "assert");
  EXPECT_THAT(problem(incomplete)["tests"].get<std::string>(), HasSubstr("\ncheck(f)\n"));
}

TEST(CodeEnvironment, ReadsMbppRowsWithCasesFromElsewhere) {
  const std::string row =
      R"({"task_id": "Mbpp/2", "prompt": "Write a function.", "entry_point": "g", "canonical_solution": "def g(a):\n    return a\n", "test_imports": ["import math"], "test_list": ["assert g(1) == 1", "assert g(2) == 2"], "cases": [{"args": [1], "expected": 1, "compare": "eq"}, {"args": [2], "expected": 2, "compare": "eq"}], "cases_complete": )";
  const Task task = one_task(row + "true}");
  EXPECT_THAT(prompt(task), HasSubstr("called g"));
  EXPECT_THAT(prompt(task), HasSubstr("assert g(1) == 1"));
  EXPECT_THAT(prompt(task), Not(HasSubstr("assert g(2) == 2"))) << "hidden";
  EXPECT_EQ(problem(task)["cases"].size(), 2U);
  EXPECT_EQ(problem(one_task(row + "true}", {.fraction = true}))["cases"].size(), 1U) << "a public test earns no fraction";
  EXPECT_EQ(problem(one_task(row + "false}"))["tests"], "import math\n\nassert g(1) == 1\nassert g(2) == 2\n");
  const std::string plus = testing::TempDir() + "code_plus.jsonl";
  write_file_durably(plus, R"({"task_id": "Mbpp/2", "entry_point": "g", "compare": "set", "atol": 0, "cases": [{"args": [3], "expected": [3]}]})");
  const Task replaced = one_task(row + "true}", {.cases_path = plus});
  EXPECT_EQ(problem(replaced)["compare"], "set");
  EXPECT_EQ(problem(replaced)["cases"][0]["args"][0], 3);
  EXPECT_THAT(prompt(replaced), HasSubstr("assert g(2) == 2")) << "its own assertions are public now";
}

TEST(CodeEnvironment, ReadsStdioRowsWithPublicTestsApart) {
  const std::string row =
      R"({"id": "s", "statement": "Add.", "compare": "tokens", "public_tests": 1, "solutions": {"python": "p", "cpp": "c"}, "tests": [{"stdin": "1 2\n", "expected_stdout": "3\n"}, {"stdin": "77 1\n", "expected_stdout": "78\n"}]})";
  std::string answer;
  const Task task = one_task(row, {}, &answer);
  EXPECT_THAT(prompt(task), HasSubstr("Example input:\n1 2\nExample output:\n3"));
  EXPECT_THAT(prompt(task), Not(HasSubstr("77")));
  EXPECT_EQ(problem(task)["tests"].size(), 2U);
  EXPECT_EQ(answer, "```python\np\n```");
  EXPECT_EQ(problem(one_task(row, {.fraction = true}))["tests"].size(), 1U);
  EXPECT_THAT(prompt(one_task(row, {.show_tests = 0})), Not(HasSubstr("Example")));
  const Task contests = one_task(
      R"({"name": "c", "description": "Add.", "public_tests": {"input": ["1\n"], "output": ["1\n"]}, "private_tests": {"input": ["2\n"], "output": ["2\n"]}, "generated_tests": {"input": [], "output": []}})");
  EXPECT_EQ(contests.id, "c");
  EXPECT_EQ(problem(contests)["tests"].size(), 2U);
}

TEST(CodeEnvironment, ReadsRowsOfVerlAndTrl) {
  const Task stdio = one_task(
      R"({"data_source": "codeforces", "prompt": [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}], "reward_model": {"style": "rule", "ground_truth": "{\"inputs\": [\"1\\n\"], \"outputs\": [\"2\\n\"]}"}, "extra_info": {"index": 5}})");
  EXPECT_EQ(stdio.id, "5");
  EXPECT_EQ(stdio.category, "codeforces");
  EXPECT_EQ(stdio.messages.size(), 2U);
  EXPECT_EQ(problem(stdio)["tests"][0]["expected_stdout"], "2\n");
  const Task lines =
      one_task(R"({"prompt": "u", "reward_model": {"ground_truth": "{\"fn_name\": \"f\", \"inputs\": [\"[1, 2]\\n3\"], \"outputs\": [\"4\"]}"}})");
  EXPECT_EQ(problem(lines)["entry_point"], "f");
  EXPECT_EQ(problem(lines)["cases"][0], (Json{{"args", {{1, 2}, 3}}, {"expected", 4}}));
  const Task wrapped = one_task(R"({"prompt": "u", "reward_model": {"ground_truth": {"fn_name": "f", "inputs": [[1, 2], [3, 4]], "outputs": [[3], [7]]}}})");
  EXPECT_EQ(problem(wrapped)["cases"][1], (Json{{"args", {3, 4}}, {"expected", 7}}));
  const Task asserts = one_task(R"({"prompt": "u", "reward_model": {"ground_truth": "{\"assert_case\": [\"assert f() == 1\"]}"}})");
  EXPECT_EQ(problem(asserts)["tests"], "assert f() == 1\n");
  const Task trl = one_task(
      R"({"prompt": "p", "verification_info": {"language": "cpp", "test_cases": [{"input": "1", "output": "2", "type": "stdin_stdout", "fn_name": null}]}})");
  EXPECT_EQ(problem(trl)["language"], "cpp");
  EXPECT_EQ(problem(trl)["tests"][0]["stdin"], "1");
  EXPECT_EQ(trl.messages.at(0).content, "p");
}

TEST(CodeEnvironment, NamesTheLineOfARowThatCannotBeRead) {
  const auto refusal = [](const std::string& rows) {
    try {
      one_task(rows);
    } catch (const IoError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_THAT(refusal("{\"id\": \"a\"}"), HasSubstr("code_rows.jsonl, line 1: "));
  EXPECT_THAT(refusal("\n{"), HasSubstr("line 2"));
  EXPECT_THAT(refusal(R"({"id": "a", "prompt": "p", "tests": []})"), HasSubstr("tests as a list of at least one test"));
  EXPECT_THAT(refusal(R"({"prompt": "p", "reward_model": {"ground_truth": "{\"inputs\": [1], \"outputs\": []}"}})"), HasSubstr("inputs and outputs"));
  EXPECT_THAT(refusal(R"({"prompt": "p", "reward_model": {"ground_truth": "x"}})"), HasSubstr("reward_model.ground_truth as JSON text"));
}

TEST(CodeEnvironment, NamesTheOptionWhoseFileCannotBeRead) {
  const auto refusal = [](const CodeOptions& options) {
    try {
      CodeEnvironment(options, no_runner());
    } catch (const IoError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_THAT(refusal({.path = "/nowhere/rows.jsonl"}), HasSubstr("[code_environment] expected a file that can be read under path, got "));
  EXPECT_THAT(refusal({.path = "/nowhere/rows.jsonl"}), HasSubstr("/nowhere/rows.jsonl"));
  EXPECT_THAT(refusal({.cases_path = "/nowhere/cases.jsonl"}), HasSubstr("a file that can be read under cases_path, got "));
}

TEST(CodeEnvironment, ReadsTheSharedData) {
  const std::string folder = shared_file("data/code/");
  LYDIAN_NEEDS_SHARED(!std::filesystem::exists(folder), "data/code/");
  const std::map<std::string, std::size_t> sizes{{"humaneval.jsonl", 164},         {"mbpp_sanitized_dev.jsonl", 207},
                                                 {"humanevalx_cpp_dev.jsonl", 85}, {"code_contests_samples.jsonl", 20},
                                                 {"stdio_problems_dev.jsonl", 14}, {"humaneval_plus_cases.jsonl", 157}};
  for (const auto& [file, rows] : sizes) {
    EXPECT_EQ(all_tasks(CodeEnvironment({.path = folder + file}, no_runner())).size(), rows) << file;
  }
  const CodeEnvironment plus({.path = folder + "mbpp_sanitized_dev.jsonl", .cases_path = folder + "mbpp_plus_cases_dev.jsonl"}, no_runner());
  EXPECT_EQ(all_tasks(plus).size(), 207U);
}

}  // namespace
}  // namespace lydian
