// Judging with real programs in the real sandbox: what the tests with scripted runs cannot see.
#include <algorithm>
#include <set>

#include "lydian/envs/code_environment.h"
#include "lydian/envs/tool_use_environment.h"
#include "lydian/verify/check_environment.h"
#include "verify_code/sandboxed.h"

namespace lydian {
namespace {

using code_test::graded;
using code_test::Json;
using code_test::shared_rows;

std::string verdict(const Json& row) {
  const Json line = graded(row);
  return line["verdict"].get<std::string>() + (line["verdict"] == "fault" ? ": " + line["reason"].get<std::string>() : "");
}

Json function_row(const std::string& program, const std::string& fields = "") {
  Json row{{"id", "f"}, {"mode", "function"}, {"program", program}, {"entry_point", "f"}};
  row["cases"] = Json::parse(R"([{"args": [[3, 1, 2]], "expected": [1, 2, 3]}, {"args": [[]], "expected": []}])");
  if (!fields.empty()) row.update(Json::parse(fields));
  return row;
}

TEST(SandboxedGrading, AcceptsRightFunctionsAndRefusesCheats) {
  LYDIAN_NEEDS_SANDBOX();
  EXPECT_EQ(verdict(function_row("def f(a):\n    return sorted(a)\n")), "accepted");
  EXPECT_EQ(verdict(function_row("def f(a):\n    a.sort()\n    return a\n")), "accepted");
  for (const char* cheat :
       {"class L(list):\n    def __eq__(self, o): return True\ndef f(a): return L()\n", "def f(a):\n    raise SystemExit(0)\n",
        "import os\ndef f(a):\n    os._exit(0)\n", "def f(a): return tuple(sorted(a))\n", "def f(a): return iter(sorted(a))\n",
        "import builtins\nbuiltins.sorted = lambda a: a\ndef f(a): return a\n", "f = 3\n", "def g(a): return sorted(a)\n", "def f(a):\n  return [\n",
        "class I(int):\n    pass\ndef f(a): return [I(x) for x in sorted(a)]\n", "def f(a):\n    b = []\n    b.append(b)\n    return b\n"}) {
    const std::string word = verdict(function_row(cheat));
    EXPECT_TRUE(word == "wrong_answer" || word == "runtime_error") << cheat << ": " << word;
  }
}

TEST(SandboxedGrading, ComparesValuesByTheirRule) {
  LYDIAN_NEEDS_SANDBOX();
  const auto one = [](const std::string& body, const std::string& test) {
    return verdict(function_row("def f(*a, **k):\n    return " + body + "\n", "{\"cases\": [" + test + "]}"));
  };
  EXPECT_EQ(one("{3, 1}", R"({"args": [], "expected": {"__t__": "set", "v": [1, 3]}})"), "accepted");
  EXPECT_EQ(one("(x for x in (1, 2))", R"({"args": [], "post": ["list"], "expected": [1, 2]})"), "accepted");
  EXPECT_EQ(one("[2, 1, 1]", R"({"args": [], "post": ["set", "sorted"], "expected": [1, 2]})"), "accepted");
  EXPECT_EQ(one("a[0] + k['b']", R"({"args": [1], "kwargs": {"b": 2}, "expected": 3})"), "accepted");
  EXPECT_EQ(one("10 ** 40", R"({"args": [], "expected": {"__t__": "int", "v": "10000000000000000000000000000000000000000"}})"), "accepted");
  EXPECT_EQ(one("float('nan')", R"({"args": [], "expected": {"__t__": "float", "v": "nan"}})"), "wrong_answer");
  EXPECT_EQ(one("__import__('re').match('a', a[0])", R"({"args": ["ab"], "expected": true, "compare": "truthy"})"), "accepted");
  EXPECT_EQ(one("list(a[0])", R"({"args": [{"z": 1, "a": 2}], "expected": ["z", "a"]})"), "accepted") << "a dict comes in its own order";
  EXPECT_EQ(one("0.1 + 0.2", R"({"args": [], "expected": 0.3})"), "wrong_answer");
  EXPECT_EQ(one("0.1 + 0.2", R"({"args": [], "expected": 0.3, "compare": "isclose"})"), "accepted");
  EXPECT_EQ(one("[1, 2] if a[0] == (1, {2: b'x'}) else 0",
                R"({"args": [{"__t__": "tuple", "v": [1, {"__t__": "dict", "v": [[2, {"__t__": "bytes", "v": [120]}]]}]}], "expected": [1, 2]})"),
            "accepted");
}

TEST(SandboxedGrading, JudgesWholePrograms) {
  LYDIAN_NEEDS_SANDBOX();
  const auto sum = [](const std::string& program, const std::string& fields = "{}") {
    Json row{{"id", "s"}, {"program", program}};
    row["tests"] = Json::parse(R"([{"stdin": "1 2 3\n", "expected_stdout": "6\n"}, {"stdin_repeat": ["1 ", 50], "expected_stdout": "50\n"}])");
    row.update(Json::parse(fields));
    return verdict(row);
  };
  const std::string right = "import sys\nprint(sum(map(int, sys.stdin.read().split())))\n";
  EXPECT_EQ(sum(right), "accepted");
  EXPECT_EQ(sum(right + "sys.exit(3)\n"), "runtime_error");
  EXPECT_EQ(sum("print(6)\n"), "wrong_answer");
  EXPECT_EQ(sum("while True: pass\n", R"({"limits": {"wall_s": 0.3}})"), "time_limit");
  EXPECT_EQ(sum("while True: print(6)\n", R"({"limits": {"out_kb": 8}})"), "output_limit");
  EXPECT_EQ(sum("x = bytearray(1 << 30)\nfor i in range(0, 1 << 30, 4096): x[i] = 1\n", R"({"limits": {"mem_mb": 64}})"), "memory_limit");
  EXPECT_EQ(sum("import os\nprint(os.environ['A'])\n", R"({"env": {"A": "b"}, "tests": [{"expected_stdout": "b"}]})"), "accepted");
  EXPECT_EQ(sum("print('x')\n", R"({"compare": "none"})"), "accepted");
  const std::string checker = R"({"compare": "checker", "checker_python": "def check(i, o, r):\n    return int(o) == sum(map(int, i.split()))\n"})";
  EXPECT_EQ(sum(right, checker), "accepted");
  EXPECT_EQ(sum("print(6)\n", checker), "wrong_answer");
  EXPECT_EQ(sum("print('x')\n", checker), "wrong_answer") << "what the checker cannot read";
  EXPECT_EQ(sum(right, R"({"compare": "checker", "checker_python": "def check(i, o, r):\n    return None.x\n"})").substr(0, 5), "fault");
}

TEST(SandboxedGrading, ProgramsEndAsAnInterpreterEndsThem) {
  LYDIAN_NEEDS_SANDBOX();
  const auto prints5 = [](const std::string& program) {
    return verdict({{"id", "s"}, {"program", program}, {"tests", Json::parse(R"([{"expected_stdout": "5\n"}])")}});
  };
  for (const char* right :
       {"f = open(1, 'w')\nf.write('5\\n')\n", "def main():\n    f = open(1, 'w')\n    f.write('5\\n')\n    raise SystemExit\nmain()\n",
        "import io\nprint(5, file=io.TextIOWrapper(io.FileIO(1, 'w')))\n",
        "def g():\n    try:\n        yield 1\n    finally:\n        print(5)\nx = g()\nnext(x)\n",
        "class A:\n    def __init__(s): s.me = s\n    def __del__(s): print(5)\na = A()\n", "import sys\nprint(5)\nsys.stdout.close()\n",
        "out = open('/dev/stdout', 'w')\nout.write('5\\n')\n", "print(len(open(__file__).read()) - 36)\n#\n", "\xEF\xBB\xBFprint(5)\n",
        "import sys\nprint(len(open(sys.argv[0]).read()) - 50)\n#\n", "open('five.py', 'w').write('print(5)')\nimport five\n",
        "import multiprocessing as m\ndef f(x): return x + 1\nif __name__ == '__main__':\n    m.set_start_method('spawn')\n    with m.Pool(1) as p: "
        "print(p.apply(f, (4,)))\n",
        "import threading, time\nthreading.Thread(target=time.sleep, args=(9,), daemon=True).start()\nf = open(1, 'w')\nf.write('5\\n')\n"}) {
    EXPECT_EQ(prints5(right), "accepted") << right;
  }
  EXPECT_EQ(prints5("import os\nprint(5)\nos._exit(0)\n"), "wrong_answer") << "what was not flushed was not printed";
  EXPECT_EQ(prints5("print(5)\nimport sys\nsys.exit(3)\n"), "runtime_error");
  EXPECT_EQ(prints5("import os, signal\nos.kill(os.getpid(), signal.SIGXCPU)\n"), "runtime_error") << "no limit was reached";
}

TEST(SandboxedGrading, LimitsAreMeantForOneCall) {
  LYDIAN_NEEDS_SANDBOX();
  Json slow = function_row("import time\ndef f(x):\n    time.sleep(0.06)\n    return x\n", R"({"limits": {"wall_s": 0.3}})"),
       large = function_row("def f(n): return 'a' * n\n");
  slow["cases"] = large["cases"] = Json::array();
  for (int i = 0; i < 8; ++i) slow["cases"].push_back({{"args", {i}}, {"expected", i}});
  EXPECT_EQ(verdict(slow), "accepted");
  for (int i = 0; i < 4; ++i) large["cases"].push_back({{"args", {9'000'000}}, {"expected", std::string(9'000'000, 'a')}});
  EXPECT_EQ(verdict(large), "accepted");
  Json deep = function_row("def f(n):\n    x = ()\n    for i in range(n): x = (x,)\n    return x\n",
                           R"({"cases": [{"args": [390], "expected": [], "post": ["list", "bool"], "compare": "truthy"}]})");
  deep["cases"][0]["expected"] = true;
  deep["cases"].push_back({{"args", {300}}, {"expected", [] {
                                               Json value = Json{{"__t__", "tuple"}, {"v", Json::array()}};
                                               for (int i = 0; i < 300; ++i) value = Json{{"__t__", "tuple"}, {"v", Json::array({value})}};
                                               return value;
                                             }()}});
  EXPECT_EQ(verdict(deep), "accepted");
}

TEST(SandboxedGrading, NoProgramCanChooseToHaveNoReward) {
  LYDIAN_NEEDS_SANDBOX();
  const std::string checker =
      R"(, "compare": "checker", "checker_python": "def check(i, output, e):\n    a, b = map(int, output.split())\n    return a == b\n")";
  const auto checked = [&](const std::string& program) {
    return verdict(Json::parse(R"({"id": "k", "program": ")" + program + R"(", "tests": [{"stdin": "1"}])" + checker + "}"));
  };
  EXPECT_EQ(checked("print(2, 2)"), "accepted");
  EXPECT_EQ(checked("print('x')"), "wrong_answer");
  EXPECT_EQ(
      verdict(Json::parse(R"row({"id": "k", "program": "print(1)", "tests": [{"stdin": "1"}], "compare": "checker", "checker_python": "def other(): pass\n"
})row"))
          .substr(0, 5),
      "fault");
  const Json loader{{"id", "l"},
                    {"language", "cpp"},
                    {"program", "asm(\".section .interp,\\\"a\\\"\\n.string \\\"/nonexistent\\\"\\n.text\");\nint main() { }\n"},
                    {"tests", Json::parse(R"([{"expected_stdout": ""}])")}};
  EXPECT_EQ(verdict(loader), "compile_error");
}

TEST(SandboxedGrading, RunsAssertions) {
  LYDIAN_NEEDS_SANDBOX();
  const auto asserted = [](const std::string& program) {
    return verdict(Json{{"id", "a"}, {"program", program}, {"tests", "assert add(2, 3) == 5\nassert add(-1, 1) == 0\n"}});
  };
  EXPECT_EQ(asserted("def add(a, b): return b + a\n"), "accepted");
  EXPECT_EQ(asserted("def add(a, b): return 5\n"), "wrong_answer");
  for (const char* cheat :
       {"import sys\nsys.exit(0)\n", "import os\nos._exit(0)\n", "class E(int):\n    def __eq__(self, o): return True\ndef add(a, b): return E(0)\n"}) {
    const std::string word = asserted(cheat);
    EXPECT_TRUE(word == "wrong_answer" || word == "runtime_error") << cheat << ": " << word;
  }
}

TEST(SandboxedGrading, CompilesCpp) {
  LYDIAN_NEEDS_SANDBOX();
  const auto cpp = [](const std::string& program, const std::string& fields) {
    Json row{{"id", "c"}, {"language", "cpp"}, {"program", program}};
    row.update(Json::parse(fields));
    return graded(row);
  };
  const std::string tests = R"({"tests": [{"stdin": "2", "expected_stdout": "4"}, {"stdin": "5", "expected_stdout": "10"}]})";
  const Json right = cpp("#include <cstdio>\nint main() { int x; if (std::scanf(\"%d\", &x) == 1) std::printf(\"%d\\n\", 2 * x); }\n", tests);
  EXPECT_EQ(right["verdict"], "accepted");
  const Json broken = cpp("int main() { return x; }\n", tests);
  EXPECT_EQ(broken["verdict"], "compile_error");
  EXPECT_EQ(broken["passed"], 0);
  EXPECT_NE(broken["compile_log"].get<std::string>().find("x"), std::string::npos);
}

TEST(SandboxedGrading, VerdictsRepeat) {
  LYDIAN_NEEDS_SANDBOX();
  const Json wrong = function_row("def f(a):\n    return sorted(a)[:1]\n"), right = function_row("def f(a):\n    return sorted(a)\n");
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(verdict(wrong), "wrong_answer");
    EXPECT_EQ(verdict(right), "accepted");
  }
}

TEST(SandboxedGrading, EnvironmentsKeepTheContract) {
  LYDIAN_NEEDS_SANDBOX();
  const CodeEnvironment code({}, code_test::sandboxed().runner);
  for (const EnvironmentCheck& check : check_environment(code, {.tasks = 2, .threads = 2}))
    EXPECT_TRUE(check.passed || check.skipped) << check.name << ": " << check.detail;
  const ToolUseEnvironment tool({}, code_test::sandboxed().runner);
  for (const EnvironmentCheck& check : check_environment(tool, {.tasks = 10})) EXPECT_TRUE(check.passed || check.skipped) << check.name << ": " << check.detail;
}

}  // namespace
}  // namespace lydian
