#include <gmock/gmock.h>

#include <functional>

#include "folders.h"
#include "sandbox_fixture.h"

namespace lydian {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;

TEST_F(SandboxTest, AProgramReadsInputWritesOutputAndEnds) {
  const RunReport report = python("import sys\nprint(sum(map(int, sys.stdin.read().split())))\nprint('x', file=sys.stderr)\n", "1 2 3\n");
  EXPECT_EQ(report.outcome, RunOutcome::kCompleted) << report.evidence;
  EXPECT_EQ(report.stdout_text, "6\n");
  EXPECT_EQ(report.stderr_text, "x\n");
  EXPECT_EQ(report.exit_status, 0);
  EXPECT_GT(report.cpu_s, 0);
  EXPECT_GT(report.peak_mib, 0);
  EXPECT_EQ(report.layers.size(), static_cast<std::size_t>(kSandboxLayers));
  EXPECT_THAT(report.layers, Contains("seccomp"));
}

TEST_F(SandboxTest, HowAProgramEndedIsReported) {
  EXPECT_EQ(python("import sys; sys.exit(3)").exit_status, 3);
  EXPECT_EQ(python("raise SystemExit").outcome, RunOutcome::kCompleted);
  const RunReport raised = python("def f():\n    raise ValueError('no')\nf()\n");
  EXPECT_EQ(raised.outcome, RunOutcome::kRuntimeError);
  EXPECT_EQ(raised.stderr_text,
            "Traceback (most recent call last):\n  File \"/tmp/main.py\", line 3, in <module>\n    f()\n  File \"/tmp/main.py\", line 2, in f\n"
            "    raise ValueError('no')\nValueError: no\n");
  EXPECT_EQ(python("x = (").outcome, RunOutcome::kRuntimeError);
  const RunReport aborted = python("import os; os.abort()");
  EXPECT_EQ(aborted.outcome, RunOutcome::kRuntimeError);
  EXPECT_EQ(aborted.signal, SIGABRT);
  EXPECT_EQ(python("import os, signal; os.kill(os.getpid(), signal.SIGKILL)").signal, SIGKILL);
}

TEST_F(SandboxTest, TheInterpreterIsAnOrdinaryOne) {
  const RunReport report = python(
      "import sys, os, io, atexit\natexit.register(lambda: print('last'))\nline = sys.stdin.buffer.readline()\nprint(line, input(), os.getcwd(), __name__, "
      "sys.argv)\n"
      "print(open('/dev/stdin').read())\nopen('f', 'w').write('x')\nprint(sorted(os.listdir('.')), os.environ.get('MARK'), len(sys.path[0]) > 0)\n"
      "class D:\n    def __del__(self): print('gone')\nd = D()\n",
      "a\nb\nc\n");
  EXPECT_EQ(report.outcome, RunOutcome::kCompleted) << report.stderr_text;
  EXPECT_THAT(report.stdout_text, StartsWith("b'a\\n' b /tmp __main__ ['/tmp/main.py']\n"));
  EXPECT_THAT(report.stdout_text, HasSubstr("['f', 'main.py'] None True\n"));
  EXPECT_THAT(report.stdout_text, HasSubstr("last\n"));
  EXPECT_THAT(report.stdout_text, HasSubstr("gone\n"));
}

/// What programs do to their standard streams for speed, or to be quiet, and what they rely on at their end.
TEST_F(SandboxTest, WhatAProgramWroteComesOutHoweverItEnds) {
  const std::string wrapper =
      "import os, sys\nfrom io import BytesIO, IOBase\nclass Fast(IOBase):\n    def __init__(self, file):\n        self.fd, self.kept = file.fileno(), "
      "BytesIO()\n"
      "    def write(self, text): self.kept.write(text.encode())\n    def flush(self):\n        os.write(self.fd, self.kept.getvalue())\n        self.kept = "
      "BytesIO()\nsys.stdout = Fast(sys.stdout)\n";
  for (const std::string& program :
       {wrapper + "print(6)\n", std::string("import io, sys\nprint(6)\nsys.stdout = io.StringIO()\nprint('log')\n"),
        std::string("import atexit, io, sys\nsys.stdout = io.StringIO()\natexit.register(lambda: sys.__stdout__.write(sys.stdout.getvalue()))\nprint(6)\n"),
        std::string("v = 6\ndef g():\n    try: yield\n    finally: print(v)\nx = g(); next(x)\n"),
        std::string("import io, sys\nsys.stdout = io.TextIOWrapper(sys.stdout.detach(), encoding='utf-8')\nprint(6)\n"),
        std::string("import sys\nprint(6)\nsys.stdout = open('log', 'w')\nprint('log')\n")}) {
    const RunReport report = python(program);
    EXPECT_EQ(report.stdout_text, "6\n") << program;
    EXPECT_EQ(report.exit_status, 0) << program << report.stderr_text;
  }
}

/// As deep as the same program goes under the interpreter itself.
TEST_F(SandboxTest, AProgramHasAllItsCalls) {
  const std::string program = "def f(n): return n and 1 + f(n - 1)\n";
  EXPECT_EQ(python(program + "print(f(998))\n").stdout_text, "998\n");
  EXPECT_EQ(python(program + "print(f(999))\n").outcome, RunOutcome::kRuntimeError);
  const RunReport called = function(program, "f", {R"({"args":[996]})"});
  ASSERT_EQ(called.calls.size(), 1U);
  EXPECT_EQ(called.calls[0].value, "996");
}

TEST_F(SandboxTest, CppOfTheNextStandardAndOfTheCompilersDialectIsCompiledToo) {
  const std::string next = "#include <cstdio>\ntemplate <class T>\nconcept Small = sizeof(T) < 8;\ntemplate <Small T>\nT same(T value) { return value; }\n";
  EXPECT_EQ(cpp(next + "int main() { std::printf(\"%d\", same(6)); }\n").stdout_text, "6");
  EXPECT_EQ(cpp("#include <cstdio>\nint main() { typeof(1) a = 6; std::printf(\"%d\", a); }\n").stdout_text, "6");
  const RunReport none = cpp("int main() { return nothing; }\n");
  EXPECT_EQ(none.outcome, RunOutcome::kCompileError);
  EXPECT_THAT(none.compile_log, HasSubstr("nothing"));
}

TEST_F(SandboxTest, ChildrenThreadsAndPoolsWork) {
  const RunReport report = python(
      "import subprocess, sys, threading, multiprocessing, tempfile\n"
      "print(subprocess.run([sys.executable, '-c', 'print(input())'], input='ok', capture_output=True, text=True).stdout.strip())\n"
      "t = threading.Thread(target=print, args=('thread',)); t.start(); t.join()\n"
      "def f(x): return x * x\n"
      "if __name__ == '__main__':\n    with multiprocessing.Pool(2) as pool: print(pool.map(f, [1, 2, 3]))\n"
      "print(tempfile.NamedTemporaryFile().name[:5])\n");
  EXPECT_EQ(report.stdout_text, "ok\nthread\n[1, 4, 9]\n/tmp/\n") << report.stderr_text;
}

TEST_F(SandboxTest, EveryRunBeginsAnewAndAlike) {
  const std::string program = "import os, random\nprint(os.listdir('/tmp'), hash('a'), random.random())\nopen('/tmp/left', 'w').write('x')\n";
  const std::string first = python(program).stdout_text;
  EXPECT_THAT(first, StartsWith("[] "));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(python(program).stdout_text, first);
}

TEST_F(SandboxTest, RunManyStopsWhereItIsTold) {
  RunRequest request;
  request.program = "print(input())";
  std::vector<std::size_t> asked;
  const auto reports = box_->run_many(request, {"a\n", "b\n", "c\n"}, [&](std::size_t index, const RunReport& report) {
    asked.push_back(index);
    return report.stdout_text != "b\n";
  });
  ASSERT_EQ(reports.size(), 2u);
  EXPECT_EQ(reports[1].stdout_text, "b\n");
  EXPECT_EQ(asked, (std::vector<std::size_t>{0, 1}));
}

TEST_F(SandboxTest, FunctionModeReturnsValuesAsData) {
  const RunReport report = function("import collections\ndef f(x, *, key=None):\n    print('noise')\n    return x if key is None else key\n", "f",
                                    {R"({"args": [[1, 2.5, "a", null, true]]})", R"({"args": [0], "kwargs": {"key": {"__t__": "tuple", "v": [1]}}})",
                                     R"({"args": [{"__t__": "int", "v": "123456789012345678901234567890"}]})", R"({"args": [{"__t__": "float", "v": "nan"}]})",
                                     R"({"args": [{"__t__": "dict", "v": [[1, "x"]]}]})", R"({"args": [[3, 1, 2]], "post": ["sorted", "tuple"]})"});
  ASSERT_EQ(report.outcome, RunOutcome::kCompleted) << report.stderr_text;
  const char* expected[] = {R"([1,2.5,"a",null,true])",       R"({"__t__":"tuple","v":[1]})",      R"({"__t__":"int","v":"123456789012345678901234567890"})",
                            R"({"__t__":"float","v":"nan"})", R"({"__t__":"dict","v":[[1,"x"]]})", R"({"__t__":"tuple","v":[1,2,3]})"};
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(report.calls[i].status, CallReport::Status::kReturned) << report.calls[i].error;
    EXPECT_EQ(report.calls[i].value, expected[i]);
  }
}

TEST_F(SandboxTest, FunctionModeLetsNoObjectOut) {
  const RunReport report = function(
      "class E(int):\n    def __eq__(self, other): return True\n    def __repr__(self): return '5'\n"
      "def f(n):\n    if n == 0: return E(5)\n    if n == 1: return [E(5)]\n    if n == 2: return iter([5])\n    if n == 3: raise KeyError('k')\n"
      "    if n == 4:\n        a = []; a.append(a); return a\n    return 5\n",
      "f", {R"({"args": [0]})", R"({"args": [1]})", R"({"args": [2]})", R"({"args": [3]})", R"({"args": [4]})", R"({"args": [5]})"});
  ASSERT_EQ(report.outcome, RunOutcome::kCompleted) << report.stderr_text;
  for (const int i : {0, 1, 2, 4}) EXPECT_EQ(report.calls[i].status, CallReport::Status::kNoData) << i;
  EXPECT_EQ(report.calls[3].status, CallReport::Status::kRaised);
  EXPECT_THAT(report.calls[3].error, StartsWith("KeyError"));
  EXPECT_EQ(report.calls[5].value, "5");
}

TEST_F(SandboxTest, AProgramThatEndsBeforeItsCallsIsNoAnswer) {
  for (const char* program : {"import sys\nsys.exit(0)\n", "import os\nos._exit(0)\n", "def f(n):\n    import os\n    os._exit(0)\n", "x = 1\n",
                              "import os\nos.write(3, b'{\"i\":0,\"v\":5}')\nos._exit(0)\n"}) {
    const RunReport report = function(program, "f", {R"({"args": [1]})"});
    EXPECT_EQ(report.outcome, RunOutcome::kRuntimeError) << program;
    ASSERT_EQ(report.calls.size(), 1u);
    EXPECT_EQ(report.calls[0].status, CallReport::Status::kMissing) << program;
  }
}

TEST_F(SandboxTest, TheLeastAndTheMostThatLimitsMayBeCanBeRun) {
  RunLimits least;
  least.files = RunLimits::kFewestFiles;
  least.processes = 1;
  RunLimits most;
  most.files = RunLimits::kMostFiles;
  most.processes = RunLimits::kMostProcesses;
  for (const RunLimits& limits : {least, most}) {
    RunRequest request;
    request.mode = RunMode::kAssert;
    request.program = "def f(): return 1";
    request.tests = "assert f() == 1";
    request.limits = limits;
    EXPECT_EQ(box_->run(request).outcome, RunOutcome::kCompleted) << box_->run(request).evidence;
    EXPECT_EQ(python("print(1)", "", limits).stdout_text, "1\n");
    request.mode = RunMode::kStdio;
    request.language = ProgramLanguage::kCpp;
    request.program = "int main() {}";
    const RunReport report = box_->run(request);
    EXPECT_EQ(report.outcome, RunOutcome::kCompleted) << report.evidence << report.compile_log;
  }
}

TEST_F(SandboxTest, RequestsThatMakeNoSenseAreErrors) {
  EXPECT_THROW(python("", "", limits_of(0)), ConfigError);
  const auto refusal = [this](const std::function<void(RunLimits&)>& change) {
    RunLimits limits;
    change(limits);
    try {
      python("print(1)", "", limits);
    } catch (const ConfigError& error) {
      return std::string(error.what());
    }
    return std::string("none");
  };
  for (const int files : {5, 15, 1000000}) EXPECT_THAT(refusal([&](RunLimits& limits) { limits.files = files; }), HasSubstr("limits.files from 16 to 4096"));
  for (const int processes : {0, 1000000})
    EXPECT_THAT(refusal([&](RunLimits& limits) { limits.processes = processes; }), HasSubstr("limits.processes from 1 to 4096"));
  EXPECT_THROW(function("", "f", {"[1]"}), ConfigError);
  EXPECT_THROW(function("", "f", {R"({"args": 1})"}), ConfigError);
  EXPECT_THROW(function("", "f", {R"({"args": [], "post": ["eval"]})"}), ConfigError);
  RunRequest request;
  request.env = {{"A=B", "x"}};
  EXPECT_THROW(box_->run(request), ConfigError);
}

TEST_F(SandboxTest, AHeaderThatIsCompiledAheadMayBeNamedAgain) {
  for (const char* header : {"#include <iostream>\n", "#include <bits/stdc++.h>\n"}) {
    const RunReport report = cpp(std::string(header) + "#include <string>\n" + header + "int main() { std::cout << std::string(\"twice\"); }\n");
    EXPECT_EQ(report.stdout_text, "twice") << report.evidence << report.compile_log;
  }
}

TEST_F(SandboxTest, CppIsCompiledOnceAndRunAsAStaticProgram) {
  const std::string program = "#include <iostream>\nint main() { long a, b; std::cin >> a >> b; std::cout << a + b << std::endl; return a == 9; }\n";
  const RunReport first = cpp(program, "2 3\n"), second = cpp(program, "9 1\n");
  EXPECT_EQ(first.outcome, RunOutcome::kCompleted) << first.compile_log << first.evidence;
  EXPECT_EQ(first.stdout_text, "5\n");
  EXPECT_TRUE(first.compiled);
  EXPECT_EQ(second.outcome, RunOutcome::kRuntimeError);
  EXPECT_EQ(second.stdout_text, "10\n");
  EXPECT_FALSE(second.compiled);
  EXPECT_EQ(box_->counters().compile_cache_hits, 1);
  const RunReport wrong = cpp("int main() { return x; }\n");
  EXPECT_EQ(wrong.outcome, RunOutcome::kCompileError);
  EXPECT_THAT(wrong.compile_log, HasSubstr("was not declared"));
}

TEST_F(SandboxTest, OnlyErrorsThatMayComeOfTheStandardAreTriedInTheLaterOne) {
  const auto compilations = [this](const std::string& program, RunOutcome outcome) {
    const std::int64_t before = box_->counters().runs;
    const RunReport report = cpp(program);
    EXPECT_EQ(report.outcome, outcome) << report.evidence << report.compile_log;
    return box_->counters().runs - before - (outcome == RunOutcome::kCompleted ? 1 : 0);
  };
  EXPECT_EQ(compilations("int nowhere();\nint main() { return nowhere(); }\n", RunOutcome::kCompileError), 1) << "the linker's";
  EXPECT_EQ(compilations("int f() { return 0; }\n", RunOutcome::kCompileError), 1) << "no main";
  EXPECT_EQ(compilations("#include <nowhere.h>\nint main() {}\n", RunOutcome::kCompileError), 1);
  EXPECT_EQ(compilations("int main() { if (true) {\n", RunOutcome::kCompileError), 1);
  EXPECT_EQ(compilations("int main() {} /* and\n", RunOutcome::kCompileError), 1);
  EXPECT_EQ(compilations("int main() { return x; }\n", RunOutcome::kCompileError), 2);
  EXPECT_EQ(compilations("#if __cplusplus < 202002L\n#error late\n#endif\nint main() {}\n", RunOutcome::kCompleted), 2);
  EXPECT_EQ(
      compilations("template <class T> concept C = true;\ntemplate <C T> int f(T) {\n  return 0;\n}\nint main() { return f(1); }\n", RunOutcome::kCompleted),
      2);
  EXPECT_EQ(compilations("int main() { return 0; }\n", RunOutcome::kCompleted), 1);
}

TEST_F(SandboxTest, TheCompilersTimeIsToldWhereItRan) {
  const std::string program = "int main() { return 0; }\n";
  EXPECT_GT(cpp(program).compile_cpu_s, 0);
  EXPECT_EQ(cpp(program).compile_cpu_s, 0);
}

TEST_F(SandboxTest, TheCompilerSeesNoFileOfTheHost) {
  const RunReport report = cpp("#include \"/etc/passwd\"\n#include \"/home/.bashrc\"\nint main() {}\n");
  EXPECT_EQ(report.outcome, RunOutcome::kCompileError);
  EXPECT_THAT(report.compile_log, testing::Not(HasSubstr("root:")));
}

TEST_F(SandboxTest, WrongOptionsAreErrors) {
  EXPECT_THROW(CodeSandbox({.workers = 0}), ConfigError);
  EXPECT_THROW(CodeSandbox({.do_without = {SandboxLayer::kPidNamespace}}), ConfigError);
  EXPECT_THROW(CodeSandbox({.python = "python3"}), ConfigError);
  EXPECT_THROW(CodeSandbox({.python = source_file("scripts/setup.sh")}), ConfigError);
  EXPECT_THROW(CodeSandbox({.broker = "/nonexistent/broker"}), ConfigError);
}

TEST(SandboxLayerTest, NamesAreReadBack) {
  for (int i = 0; i < kSandboxLayers; ++i) EXPECT_EQ(sandbox_layer(to_string(static_cast<SandboxLayer>(i))), static_cast<SandboxLayer>(i));
  EXPECT_THROW(sandbox_layer("walls"), ConfigError);
}

}  // namespace
}  // namespace lydian
