#include "verify/code/code_problem.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/json_text.h"
#include "lydian/core/error.h"

namespace lydian::code {
namespace {

using testing::HasSubstr;

CodeProblem problem(const std::string& text) {
  return read_code_problem(parse_json(text));
}
std::string refusal(const std::string& text) {
  try {
    problem(text);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}
std::string program(const std::string& text) {
  return read_program(parse_json(text));
}

TEST(CodeProblem, ReadsStdioRows) {
  const CodeProblem read =
      problem(R"({"language": "cpp", "mode": "stdio", "compare": "float", "atol": 0.01, "limits": {"wall_s": 1.5, "mem_mb": 64, "out_kb": 8,
      "processes": 4, "tmpfs_mb": 2, "compile_wall_s": 3}, "env": {"A": "b"},
      "tests": [{"stdin": "1\n", "expected_stdout": "2\n"}, {"stdin_repeat": ["ab", 3], "expected_stdout": ""}]})");
  EXPECT_EQ(read.language, ProgramLanguage::kCpp);
  EXPECT_EQ(read.mode, RunMode::kStdio);
  EXPECT_EQ(read.rule, OutputRule::kFloat);
  EXPECT_EQ(read.tolerance.atol, 0.01);
  EXPECT_EQ(read.tolerance.rtol, 0.01);
  ASSERT_EQ(read.tests.size(), 2U);
  EXPECT_EQ(read.tests[1].stdin_text, "ababab");
  EXPECT_EQ(read.limits.wall_s, 1.5);
  EXPECT_EQ(read.limits.mem_mb, 64);
  EXPECT_EQ(read.limits.out_kb, 8);
  EXPECT_EQ(read.limits.processes, 4);
  EXPECT_EQ(read.limits.tmpfs_mb, 2);
  EXPECT_EQ(read.limits.compile_wall_s, 3.0);
  EXPECT_EQ(read.env.at(0), std::make_pair(std::string("A"), std::string("b")));
  const CodeProblem plain = problem(R"({"tests": [{"expected_stdout": "2"}]})");
  EXPECT_EQ(plain.language, ProgramLanguage::kPython);
  EXPECT_EQ(plain.rule, OutputRule::kTokens);
  EXPECT_EQ(plain.limits.wall_s, 4.0);
  EXPECT_EQ(plain.limits.mem_mb, 512);
}

TEST(CodeProblem, ReadsFunctionRowsFromTheRowOrItsTests) {
  const CodeProblem row = problem(R"({"entry_point": "f", "cases": [{"args": [1], "kwargs": {"k": 2}, "post": ["set"], "expected": [1]}]})");
  EXPECT_EQ(row.mode, RunMode::kFunction);
  EXPECT_EQ(row.entry_point, "f");
  EXPECT_EQ(row.cases.at(0).call, R"({"args":[1],"kwargs":{"k":2},"post":["set"]})") << "nothing expected is in it";
  const CodeProblem inside = problem(R"({"mode": "function", "tests": {"entry_point": "g", "cases": [{"args": [], "expected": null}]}})");
  EXPECT_EQ(inside.entry_point, "g");
  EXPECT_EQ(inside.cases.at(0).expected.kind, DataValue::Kind::kNone);
  EXPECT_LT(inside.cases.at(0).rule.close_atol, 0.0);
}

TEST(CodeProblem, ACaseSpeaksBeforeItsRow) {
  const CodeProblem read = problem(R"({"entry_point": "f", "compare": "set", "atol": 0, "cases": [{"args": [], "expected": 1},
      {"args": [], "expected": 1.0, "compare": "abs", "atol": 0.5}, {"args": [], "expected": 1.0, "compare": "isclose", "rtol": 0.25}]})");
  EXPECT_EQ(read.cases[0].rule.kind, ValueRule::Kind::kSet);
  EXPECT_EQ(read.cases[0].rule.close_atol, 1e-6);
  EXPECT_FALSE(read.cases[0].rule.close_any);
  EXPECT_EQ(read.cases[1].rule.kind, ValueRule::Kind::kAbsolute);
  EXPECT_EQ(read.cases[1].rule.atol, 0.5);
  EXPECT_LT(read.cases[1].rule.close_atol, 0.0);
  EXPECT_EQ(read.cases[2].rule.rtol, 0.25);
  const CodeProblem truthy = problem(R"({"entry_point": "f", "cases": [{"args": [], "post": ["list"], "expected": true, "compare": "truthy"}]})");
  EXPECT_EQ(truthy.cases[0].call, R"({"args":[],"post":["list","bool"]})") << "what is true need not be data";
  const CodeProblem plus = problem(R"({"entry_point": "f", "compare": "eq", "atol": 0.001, "cases": [{"args": [], "expected": 1.0}]})");
  EXPECT_EQ(plus.cases[0].rule.close_atol, 0.001);
  EXPECT_TRUE(plus.cases[0].rule.close_any);
}

TEST(CodeProblem, ReadsAssertRows) {
  const CodeProblem read = problem(R"({"tests": "assert f() == 1\n"})");
  EXPECT_EQ(read.mode, RunMode::kAssert);
  EXPECT_EQ(read.assertions, "assert f() == 1\n");
}

TEST(CodeProblem, NamesTheFieldThatCannotBeRead) {
  EXPECT_THAT(refusal("[]"), HasSubstr("a problem as an object, got []"));
  EXPECT_THAT(refusal(R"({"language": "rust"})"), HasSubstr("language as python or cpp, got \"rust\""));
  EXPECT_THAT(refusal(R"({"mode": "x"})"), HasSubstr("mode as stdio, function or assert"));
  EXPECT_THAT(refusal("{}"), HasSubstr("tests as a list of at least one test"));
  EXPECT_THAT(refusal(R"({"tests": []})"), HasSubstr("tests as a list of at least one test"));
  EXPECT_THAT(refusal(R"({"tests": [{"stdin": "1"}]})"), HasSubstr("tests[0].expected_stdout as text, got nothing"));
  EXPECT_THAT(refusal(R"({"tests": [{"stdin": 1, "expected_stdout": ""}]})"), HasSubstr("tests[0].stdin as text, got 1"));
  EXPECT_THAT(refusal(R"({"tests": [{"stdin_repeat": ["a"], "expected_stdout": ""}]})"), HasSubstr("[text, count]"));
  EXPECT_THAT(refusal(R"({"tests": [{"stdin_repeat": ["a", 99999999999], "expected_stdout": ""}]})"), HasSubstr("at most"));
  EXPECT_THAT(refusal(R"({"compare": "eq", "tests": [{"expected_stdout": ""}]})"), HasSubstr("compare as tokens"));
  EXPECT_THAT(refusal(R"({"compare": "checker", "tests": [{"expected_stdout": ""}]})"), HasSubstr("checker_python"));
  EXPECT_THAT(refusal(R"({"tests": [{"expected_stdout": ""}], "limits": {"wall": 1}})"), HasSubstr("limits as wall_s"));
  EXPECT_THAT(refusal(R"({"tests": [{"expected_stdout": ""}], "limits": {"wall_s": -1}})"), HasSubstr("limits.wall_s"));
  EXPECT_THAT(refusal(R"({"tests": [{"expected_stdout": ""}], "limits": {"mem_mb": 1.5}})"), HasSubstr("limits.mem_mb"));
  for (const char* files : {"0", "5", "15", "1000000"}) {
    EXPECT_THAT(refusal(R"({"tests": [{"expected_stdout": ""}], "limits": {"files": )" + std::string(files) + "}}"),
                HasSubstr("limits.files as a whole number from 16 to 4096"));
  }
  EXPECT_THAT(refusal(R"({"tests": [{"expected_stdout": ""}], "limits": {"processes": 1000000}})"),
              HasSubstr("limits.processes as a whole number from 1 to 4096"));
  EXPECT_THAT(refusal(R"({"tests": [{"expected_stdout": ""}], "env": {"A": 1}})"), HasSubstr("env.A as text"));
  for (const char* tests : {"[]", "\"assert f() == 1\"", "3"}) {
    EXPECT_THAT(refusal(R"({"entry_point": "f", "cases": [{"args": [], "expected": 1}], "tests": )" + std::string(tests) + "}"),
                HasSubstr("tests as an object with cases"));
  }
  for (const char* name : {"\"\"", "\" \""}) {
    EXPECT_THAT(refusal(R"({"cases": [{"args": [], "expected": 1}], "entry_point": )" + std::string(name) + "}"),
                HasSubstr("entry_point as a function's name"));
  }
  EXPECT_THAT(refusal(R"({"cases": [{"args": [], "expected": 1}]})"), HasSubstr("entry_point"));
  EXPECT_THAT(refusal(R"({"entry_point": "f", "cases": [{"args": []}]})"), HasSubstr("cases[0].expected as a value, got nothing"));
  EXPECT_THAT(refusal(R"({"entry_point": "f", "cases": [{"args": 1, "expected": 1}]})"), HasSubstr("cases[0].args as a list"));
  EXPECT_THAT(refusal(R"({"entry_point": "f", "cases": [{"args": [{"__t__": "x", "v": 1}], "expected": 1}]})"), HasSubstr("cases[0].args as values"));
  EXPECT_THAT(refusal(R"({"entry_point": "f", "cases": [{"args": [], "kwargs": {"k": {"__t__": "set", "v": [[1]]}}, "expected": 1}]})"),
              HasSubstr("cases[0].kwargs as values"));
  EXPECT_THAT(refusal(R"({"entry_point": "f", "cases": [{"args": [], "expected": 1, "compare": "tokens"}]})"), HasSubstr("cases[0].compare as eq"));
  EXPECT_THAT(refusal(R"({"entry_point": "f", "cases": [{"args": [], "expected": {"__t__": "x", "v": 1}}]})"), HasSubstr("cases[0].expected"));
  EXPECT_THAT(refusal(R"({"language": "cpp", "mode": "function", "entry_point": "f", "cases": []})"), HasSubstr("python, for mode = function"));
  EXPECT_THAT(refusal(R"({"mode": "assert"})"), HasSubstr("tests as program text"));
}

TEST(CodeProblem, ReadsProgramsInEveryForm) {
  EXPECT_EQ(program(R"({"program": "a"})"), "a");
  EXPECT_EQ(program(R"({"source": ""})"), "");
  EXPECT_EQ(program(R"({"source_b64": "AP/+YQ=="})"), std::string("\0\xff\xfe"
                                                                  "a",
                                                                  4));
  EXPECT_EQ(program(R"({"source_b64": "YWI="})"), "ab");
  EXPECT_EQ(program(R"({"source_repeat": ["int ", ["y", 3], ";"]})"), "int yyy;");
  for (const char* broken :
       {"{}", R"({"program": "a", "source": "a"})", R"({"source_b64": "a"})", R"({"source_b64": "YQ==YQ=="})", R"({"source_b64": "Y?=="})",
        R"({"source_repeat": ["a", ["b", -1]]})", R"({"source_repeat": [["b", 99999999999999]]})", R"({"source_repeat": "a"})", R"({"program": 1})"}) {
    EXPECT_THROW(program(broken), ConfigError) << broken;
  }
}

}  // namespace
}  // namespace lydian::code
