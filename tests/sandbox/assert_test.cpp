#include <gmock/gmock.h>

#include "sandbox_fixture.h"

namespace lydian {
namespace {

constexpr const char* kTests = "assert add(2, 3) == 5\nassert add(-1, 1) == 0\nassert add(100, 250) == 350\n";

TEST_F(SandboxTest, AssertionsThatHoldAreProven) {
  EXPECT_EQ(tests_of("def add(a, b): return a + b\n", kTests).outcome, RunOutcome::kCompleted);
  const RunReport wrong = tests_of("def add(a, b): return abs(a) + b\n", kTests);
  EXPECT_EQ(wrong.outcome, RunOutcome::kTestsFailed);
  EXPECT_EQ(wrong.exit_status, 1);
}

TEST_F(SandboxTest, NoTrickOfAProgramPassesItsTests) {
  for (const char* program : {
           "import sys\nsys.exit(0)\n",
           "import os\nos._exit(0)\n",
           "import os\ndef add(a, b): os._exit(0)\n",
           "import atexit, os\natexit.register(lambda: os._exit(0))\ndef add(a, b): raise SystemExit(0)\n",
           "class E:\n    def __eq__(self, other): return True\ndef add(a, b): return E()\n",
           "class E(int):\n    def __eq__(self, other): return True\n    def __hash__(self): return 1\ndef add(a, b): return E(7)\n",
           "import builtins\nbuiltins.AssertionError = type('A', (), {})\ndef add(a, b): return 0\n",
           "import builtins\nbuiltins.__build_class__ = None\ndef add(a, b): return 1\n",
           "import sys\ndef add(a, b):\n    for frame in sys._current_frames().values():\n        while frame:\n            "
           "frame.f_locals.update(failed=None)\n            frame = frame.f_back\n",
           "import os, json\nm = json.dumps({'proved': 3}).encode()\nfor fd in range(3, 20):\n    try: os.write(fd, len(m).to_bytes(4, 'little') + m)\n    "
           "except OSError: pass\ndef add(a, b): return 0\n",
           "import gc\nfor o in gc.get_objects():\n    if isinstance(o, dict) and 'run_tests' in o: o['run_tests'] = lambda r: None\ndef add(a, b): return 0\n",
           "import signal, os\nsignal.signal(signal.SIGALRM, lambda *a: os._exit(0))\nsignal.setitimer(signal.ITIMER_REAL, 0.01)\ndef add(a, b):\n    while "
           "True: pass\n",
           "def add(a, b): return float('nan')\n",
           "def add(*args): return NotImplemented\n",
       }) {
    const RunReport report = tests_of(program, kTests);
    EXPECT_TRUE(report.outcome == RunOutcome::kTestsFailed || report.outcome == RunOutcome::kRuntimeError) << to_string(report.outcome) << ": " << program;
  }
}

TEST_F(SandboxTest, AProgramsBuiltInsDoNotJudgeIt) {
  EXPECT_EQ(
      tests_of("def abs(x): return 0\ndef all(x): return True\ndef isinstance(*a): return True\ndef half(x): return x\n", "assert abs(half(4) - 2) < 1e-9\n")
          .outcome,
      RunOutcome::kTestsFailed);
  EXPECT_EQ(tests_of("def all(x): return True\ndef half(x): return 3\n", "assert all(half(x) == x / 2 for x in range(4))\n").outcome, RunOutcome::kTestsFailed);
  EXPECT_EQ(tests_of("def sum(a, b): return a + b\n", "assert sum(10, 15) == 25\n").outcome, RunOutcome::kCompleted);
}

/// A class of the program's that is to be equal to what the tests make, and knows no more of it than that it is made.
TEST_F(SandboxTest, ObjectsAreEqualByMoreThanTheirOwnWord) {
  const std::string empty = "def f(x): return object.__new__(P)\n";
  const std::string last = "class P:\n    last = None\n    def __init__(s, *a, **k): P.last = s\n    def __eq__(s, o): return s is P.last or o is P.last\n";
  const std::string middle =
      "class P:\n    n = []\n    def __init__(s, *a): s.a = a; P.n.append(a)\n    def __eq__(s, o):\n        near = sorted(P.n)[len(P.n) // 2]\n"
      "        return near in (getattr(s, 'a', None), getattr(o, 'a', None))\n";
  const std::string mode =
      "class P:\n    n = []\n    def __init__(s, *a): s.a = a; P.n.append(a)\n    def __eq__(s, o):\n        w = s if hasattr(s, 'a') else o\n"
      "        return all(max(set(c), key=c.count) == v for c, v in zip(map(list, zip(*P.n)), w.a))\n";
  const std::string nothing =
      "class P:\n    def __init__(s, *a, **k): pass\n    of = classmethod(lambda c, *a: object.__new__(c))\n    def __eq__(s, o): return True\n";
  const auto proven = [&](const std::string& program, const std::string& made) {
    std::string tests;
    for (int i = 1; i <= 8; ++i) tests += "assert f(" + std::to_string(i) + ") == " + made + "\n";
    for (std::size_t at = 0, i = 1; (at = tests.find('#', at)) != std::string::npos; ++i) tests.replace(at, 1, std::to_string(i));
    return tests_of(program, tests).outcome == RunOutcome::kCompleted;
  };
  for (const char* made : {"P(#)", "P(x=#)", "P([#])", "P({'a': #})", "P({#: []})", "P('a#')", "P(#.5, k=(#, 'b'))"}) {
    EXPECT_FALSE(proven(last + empty, made)) << made;
    EXPECT_FALSE(proven(nothing + empty, made)) << made;
  }
  for (const char* made : {"P(True)", "P([])", "P({})", "P(None)", "P()", "P.of(#)"}) EXPECT_FALSE(proven(nothing + empty, made)) << made;
  for (const char* made : {"P(#)", "P(#, #)", "P('a#')"}) {
    EXPECT_FALSE(proven(middle + empty, made)) << made;
    EXPECT_FALSE(proven(mode + empty, made)) << made;
  }
  const std::string honest =
      "class P:\n    def __init__(s, x=0, *a, k=None):\n        if x < 0: raise ValueError\n        s.x = x\n    of = classmethod(lambda c, x: c(x))\n"
      "    def __eq__(s, o): return s.x == o.x\ndef f(x): return P(x)\n";
  EXPECT_TRUE(proven("class P: pass\np = P()\ndef f(x): return p\n", "p"));
  for (const char* made : {"P(#)", "P(x=#)", "P(#, 'ignored', k={})", "P.of(#)"}) EXPECT_TRUE(proven(honest, made)) << made;
  EXPECT_TRUE(
      proven("class P:\n    def __init__(s, x): s.x = x\n    def __eq__(s, o): return s.x['a'] == o.x['a']\ndef f(x): return P({'a': x})\n", "P({'a': #})"));
}

TEST_F(SandboxTest, WhatTheTestsMadeReckonsWithNumbers) {
  const char* program = "class W:\n    def __init__(s, v): s.v = v\n    def __add__(s, o): return s.v + o\nclass M(int): pass\ndef f(x): return W(x)\n";
  EXPECT_EQ(tests_of(program, "w = W(3)\nassert w + 1 == 4\nassert M(5) * 2 == 10\n").outcome, RunOutcome::kCompleted);
  EXPECT_NE(tests_of(program, "assert f(3) + 1 == 4\n").outcome, RunOutcome::kCompleted) << "a function's result is told nothing";
}

TEST_F(SandboxTest, ResultsThatAreNoDataCannotAnswerForThemselves) {
  // Each would be told what is expected, if the tests' process asked it.
  for (const char* body : {"__sub__ = lambda s, o: 0", "__contains__ = lambda s, o: True", "startswith = lambda s, o: True", "__lt__ = lambda s, o: True"}) {
    const std::string program = std::string("class E:\n    ") + body + "\ndef f(x): return E()\n";
    EXPECT_NE(tests_of(program, "assert f(1) - 5 == 0 or 5 in f(1) or f(1).startswith('x') or f(1) < 7\n").outcome, RunOutcome::kCompleted) << body;
  }
}

/// What the tests use without saying where it is from is not for the program to give.
TEST_F(SandboxTest, AProgramsModulesDoNotJudgeIt) {
  EXPECT_EQ(tests_of("class np:\n    allclose = staticmethod(lambda *a: True)\ndef f(x): return 0\n", "assert np.allclose(f(1), 5)\n").outcome ==
                RunOutcome::kCompleted,
            false);
  EXPECT_EQ(tests_of("class hashlib:\n    md5 = staticmethod(lambda x: hashlib)\n    hexdigest = staticmethod(lambda: 'abc')\ndef f(x): return 'q'\n",
                     "assert hashlib.md5(f(1).encode()).hexdigest() == 'abc'\n")
                .outcome,
            RunOutcome::kTestsFailed);
}

TEST_F(SandboxTest, AnAssertionInACallbackIsNotTheProgramsToCatch) {
  const char* tests = "def seen(x): assert x == 4\nf(seen)\n";
  EXPECT_EQ(tests_of("def f(g):\n    try: g(3)\n    except BaseException: pass\n", tests).outcome, RunOutcome::kTestsFailed);
  EXPECT_EQ(tests_of("def f(g): g(4)\n", tests).outcome, RunOutcome::kCompleted);
}

/// Lists and trees whose class the tests define, as problems about them do.
TEST_F(SandboxTest, ObjectsOfTheTestsOwnClassesStandInForThemselves) {
  const char* tests =
      "class Node:\n    def __init__(self, val, next=None): self.val, self.next = val, next\ndef values(n):\n    while n:\n        yield n.val\n        n = "
      "n.next\n"
      "assert list(values(turn(Node(1, Node(2, Node(3)))))) == [3, 2, 1]\n";
  EXPECT_EQ(tests_of("def turn(n):\n    before = None\n    while n: n.next, before, n = before, n, n.next\n    return before\n", tests).outcome,
            RunOutcome::kCompleted);
  EXPECT_EQ(tests_of("def turn(n): return n\n", tests).outcome, RunOutcome::kTestsFailed);
  EXPECT_NE(tests_of("def turn(n): return n.__init__.__globals__['values']\n", tests).outcome, RunOutcome::kCompleted);
  const std::string node = "class Node:\n    def __init__(self, val): self.val = val\n";
  EXPECT_EQ(tests_of("def made(x): return Node(x)\n", node + "assert made(5).val == 5\n").outcome, RunOutcome::kCompleted);
  // A class that could tell an answer is not there for the program.
  EXPECT_NE(tests_of("def f(x): return TestF().cases[x]\n", "class TestF:\n    cases = {1: 5}\n    def test(self): assert f(1) == 5\n").outcome,
            RunOutcome::kCompleted);
}

TEST_F(SandboxTest, ObjectsReckonWithNumbersAndNoNumberComesOfIt) {
  const char* program =
      "class V:\n    def __init__(s, x): s.x = x\n    def __mul__(s, k): return V(s.x * k)\n    __rmul__ = __mul__\n    def __abs__(s): return abs(s.x)\n"
      "    def __sub__(s, o): return V(s.x - o) if isinstance(o, int) else 0\n";
  EXPECT_EQ(tests_of(program, "v = V(-3)\nassert (2 * v).x == -6 and (v * 2).x == -6 and abs(v) == 3 and (v - 1).x == -4\n").outcome, RunOutcome::kCompleted);
  EXPECT_NE(tests_of("class V:\n    def __init__(s, x): pass\n    def __sub__(s, o): return 0\n", "assert abs(V(3) - 3.0) < 1e-9\n").outcome,
            RunOutcome::kCompleted);
}

TEST_F(SandboxTest, ClassesCallbacksGeneratorsAndExceptionsCross) {
  const char* program =
      "import math\nfrom collections import deque, namedtuple\nP = namedtuple('P', 'x y')\n"
      "class Stack:\n    def __init__(self): self.items = []\n    def push(self, x): self.items.append(x)\n    def pop(self): return self.items.pop()\n"
      "    def __len__(self): return len(self.items)\n    def __eq__(self, other): return self.items == other.items\n"
      "class Bad(ValueError): pass\n"
      "def apply(f, x): return f(x) + 1\ndef count(n):\n    for i in range(n): yield i\ndef fail(): raise Bad('oh', 3)\ndef sort(a): a.sort()\n"
      "def point(): return P(1, 2)\nLIMIT = 7\n";
  const char* tests =
      "s = Stack()\ns.push(1)\ns.push([2])\nassert len(s) == 2 and s.pop() == [2] and s.items == [1]\nt = Stack()\nt.push(1)\nassert s == t and isinstance(s, "
      "Stack)\n"
      "assert apply(lambda x: x * 2, 5) == 11\nassert list(count(3)) == [0, 1, 2]\n"
      "try:\n    fail()\n    assert False\nexcept Bad as error:\n    assert isinstance(error, ValueError) and error.args == ('oh', 3)\n"
      "a = [3, 1, 2]\nsort(a)\nassert a == [1, 2, 3]\nassert LIMIT == 7 and math.isclose(1.0, 1.0)\nassert point() == (1, 2) and point().x == 1\n"
      "def check(candidate):\n    assert candidate(lambda x: x, 1) == 2\ncheck(apply)\n";
  const RunReport report = tests_of(program, tests);
  EXPECT_EQ(report.outcome, RunOutcome::kCompleted) << report.evidence << report.stderr_text;
}

TEST_F(SandboxTest, CppTestsRunApartFromTheirProgram) {
  const char* tests =
      "#undef NDEBUG\n#include <cassert>\nint main() { vector<int> a{3, 1}; assert(total(a) == 4); add_one(a); assert(a[0] == 4); assert(total({}) == 0); }\n";
  const std::string start = "#include <vector>\nusing namespace std;\n#include <cstdlib>\n";
  const RunReport right = tests_of(start +
                                       "static int helper(int x) { return x; }\nint total(vector<int> v) { int s = 0; for (int x : v) s += helper(x); return "
                                       "s; }\nvoid add_one(vector<int>& v) { for (int& x : v) ++x; }\n",
                                   tests, ProgramLanguage::kCpp);
  EXPECT_EQ(right.outcome, RunOutcome::kCompleted) << right.evidence << right.compile_log;
  const std::string stub = "void add_one(vector<int>& v) {}\n";
  const RunReport exits = tests_of(start + "static int z = (std::exit(0), 1);\nint total(vector<int> v) { return z; }\n" + stub, tests, ProgramLanguage::kCpp);
  EXPECT_EQ(exits.outcome, RunOutcome::kRuntimeError) << exits.evidence;
}

}  // namespace
}  // namespace lydian
