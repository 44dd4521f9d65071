// Assertions in the real sandbox: what a program may and may not do to the tests that judge it, and what crosses between them.
#include "verify_code/sandboxed.h"

namespace lydian {
namespace {

using code_test::graded;
using code_test::Json;

std::string verdict(const std::string& program, const std::string& tests, const std::string& fields = "{}") {
  Json row{{"id", "a"}, {"mode", "assert"}, {"program", program}, {"tests", tests}};
  row.update(Json::parse(fields));
  const Json line = graded(row);
  const std::string word = line["verdict"];
  EXPECT_EQ(line["reward"].is_null(), word == "fault" || word == "refused") << line.dump();
  return word;
}

/// Wrong: reward 0, which a policy cannot turn into none.
void expect_wrong(const std::string& program, const std::string& tests, const std::string& fields = "{}") {
  const std::string word = verdict(program, tests, fields);
  EXPECT_TRUE(word == "wrong_answer" || word == "runtime_error" || word == "compile_error") << word << ": " << program << " | " << tests;
}

constexpr const char* kRight = "def f(x): return x + 1\n";
constexpr const char* kWrong = "def f(x): return 0\n";

TEST(AssertGrading, TestsAreRunAsTheMainProgram) {
  LYDIAN_NEEDS_SANDBOX();
  const std::string guarded = "if __name__ == '__main__':\n    assert f(2) == 3\n";
  EXPECT_EQ(verdict(kRight, guarded), "accepted");
  expect_wrong(kWrong, guarded);
  const std::string cases =
      "import unittest\nclass T(unittest.TestCase):\n    def test_a(self):\n        self.assertEqual(f(2), 3)\nif __name__ == '__main__':\n    "
      "unittest.main()\n";
  EXPECT_EQ(verdict(kRight, cases), "accepted");
  expect_wrong(kWrong, cases);
  expect_wrong("def f(x): return 0\ndef load_tests(*a): return None\n", cases);
  expect_wrong("from sys import exit as f\n", "assert f(0) == 1\n");
}

TEST(AssertGrading, TestsThatNobodyCallsAreCalledAndTestsThatProveNothingAreAFault) {
  LYDIAN_NEEDS_SANDBOX();
  for (const std::string tests : {"def test_f():\n    assert f(2) == 3\n", "class TestF:\n    def test_a(self):\n        assert f(2) == 3\n",
                                  "import unittest\nclass T(unittest.TestCase):\n    def test_a(self):\n        self.assertEqual(f(2), 3)\n"}) {
    EXPECT_EQ(verdict(kRight, tests), "accepted") << tests;
    expect_wrong(kWrong, tests);
  }
  const std::string check = "def check(candidate):\n    assert candidate(2) == 3\n";
  EXPECT_EQ(verdict(kRight, check, R"({"entry_point": "f"})"), "accepted");
  expect_wrong(kWrong, check, R"({"entry_point": "f"})");
  EXPECT_EQ(verdict(kWrong, check), "fault") << "nobody says what to check";
  EXPECT_EQ(verdict(kRight, "assert 1 + 1 == 2\n"), "fault");
  EXPECT_EQ(verdict(kRight, "assert f(2) ==\n"), "fault") << "the row's mistake";
  EXPECT_EQ(verdict(kRight, "import no_such_module\nassert f(2) == 3\n"), "fault");
  expect_wrong("import no_such_module\n" + std::string(kRight), "assert f(2) == 3\n");
  expect_wrong("def f(x): raise ImportError('no_such_module')\n", "assert f(2) == 3\n");
  const std::string threaded = "import threading\ndef t():\n    assert f(2) == 3\nh = threading.Thread(target=t)\nh.start()\nh.join()\n";
  EXPECT_EQ(verdict(kRight, threaded), "accepted");
  expect_wrong(kWrong, threaded);
}

TEST(AssertGrading, HelpersOfTheTaskAndNamesOfTheLibraryAreNotThePrograms) {
  LYDIAN_NEEDS_SANDBOX();
  const std::string head =
      R"({"entry_point": "decode", "prefix": "import math\ndef encode(s):\n    return s[::-1]\ndef decode(s):\n    \"\"\"undoes\"\"\"\n"})";
  const std::string tests = "def check(candidate):\n    for s in ('ab', 'xyz'):\n        assert candidate(encode(s)) == s\ncheck(decode)\n";
  EXPECT_EQ(verdict("def decode(s): return s[::-1]\n", tests, head), "accepted");
  EXPECT_EQ(verdict("def encode(s): return s\ndef decode(s): return s[::-1]\n", tests, head), "accepted");
  expect_wrong("def encode(s): return s\ndef decode(s): return s\n", tests, head);
  const std::string close = "assert math.isclose(f(2), 3.0)\n";
  EXPECT_EQ(verdict("import math\n" + std::string(kRight), close), "accepted");
  expect_wrong("class math:\n    isclose = staticmethod(lambda *a, **k: True)\n" + std::string(kWrong), close);
  expect_wrong("def isclose(*a, **k): return True\n" + std::string(kWrong), "assert isclose(f(2), 3.0)\n");
  expect_wrong("def abs(x): return 0\n" + std::string(kWrong), "assert abs(f(2) - 3) < 1e-6\n");
  EXPECT_EQ(verdict("def sum(a, b): return a + b\n", "assert sum(10, 15) == 25\n"), "accepted") << "the one name that is asked for";
  EXPECT_EQ(verdict("def floor(x): return int(x // 1)\n", "assert floor(2.5) == 2\n"), "accepted");
}

TEST(AssertGrading, NoExceptionOfAProgramEndsALoopOfTheTests) {
  LYDIAN_NEEDS_SANDBOX();
  for (const char* tests : {"assert all(map(lambda i: f(i) == i * i, range(5)))\n", "for r, e in zip(map(f, [1, 2]), [1, 4]):\n    assert r == e\n"}) {
    expect_wrong("def f(x): raise StopIteration\n", tests);
    EXPECT_EQ(verdict("def f(x): return x * x\n", tests), "accepted");
  }
  expect_wrong("import os\ndef f(x): os._exit(0)\n", "try:\n    f(2)\nexcept:\n    pass\n");
  EXPECT_EQ(verdict("def f(n):\n    yield from range(n)\n", "assert list(f(3)) == [0, 1, 2]\nassert next(f(1)) == 0\n"), "accepted");
}

TEST(AssertGrading, ObjectsAreNotEqualByTheirOwnWord) {
  LYDIAN_NEEDS_SANDBOX();
  const std::string tests = "assert V(1, 2) + V(3, 4) == V(4, 6)\n";
  const std::string honest =
      "class V:\n    def __init__(s, x, y): s.x, s.y = x, y\n    def __add__(s, o): return V(s.x + o.x, s.y + o.y)\n"
      "    def __eq__(s, o): return (s.x, s.y) == (o.x, o.y)\n    def __hash__(s): return hash((s.x, s.y))\n";
  EXPECT_EQ(verdict(honest, tests), "accepted");
  EXPECT_EQ(verdict(honest, tests + "assert V(1, 2) != V(1, 3) and len({V(1, 2), V(1, 2)}) == 1 and V(1, 2) in [V(0, 0), V(1, 2)]\n"), "accepted");
  expect_wrong("class V:\n    def __init__(s, *a): pass\n    def __eq__(s, o): return True\n    def __add__(s, o): return s\n", tests);
  expect_wrong(
      "class V:\n    one = None\n    def __new__(c, *a):\n        c.one = c.one or object.__new__(c)\n        return c.one\n    def __add__(s, o): return s\n",
      tests);
  expect_wrong("class V:\n    def __init__(s, x, y): s.x, s.y = x, y\n    def __add__(s, o): return s\n    def __eq__(s, o): return True\n", tests);
  EXPECT_EQ(
      verdict("class R:\n    def __init__(s, a, b): s.a, s.b = a, b\n    def __eq__(s, o): return s.a * o.b == s.b * o.a\n", "assert R(1, 2) == R(2, 4)\n"),
      "accepted")
      << "equal without equal fields";
  EXPECT_EQ(verdict("class S:\n    def __init__(s): s.a = []\n    def push(s, x): s.a.append(x)\n    def __eq__(s, o): return s.a == o.a\n",
                    "s, t = S(), S()\ns.push(1)\nt.push(1)\nassert s == t\n"),
            "accepted");
  expect_wrong("class P: pass\nclass M(type):\n    def __instancecheck__(c, o): return True\nclass Q(metaclass=M): pass\ndef f(): return P()\n",
               "assert isinstance(f(), Q)\n");
}

TEST(AssertGrading, WhatIsNotToldToAnObjectMayBeReadFromIt) {
  LYDIAN_NEEDS_SANDBOX();
  EXPECT_EQ(verdict("class N:\n    def __init__(s, v, n=None): s.val, s.next = v, n\n    def total(s): return s.val + (s.next.total() if s.next else 0)\n"
                    "def build(l):\n    h = None\n    for v in reversed(l): h = N(v, h)\n    return h\n",
                    "n = build([1, 2])\nassert n.val == 1 and n.next.val == 2 and n.next.next is None and n.total() == 3\n"),
            "accepted");
  expect_wrong("class E:\n    def isdigit(s): return True\n    startswith = lambda s, o: True\ndef f(x): return E()\n", "assert f(3).isdigit()\n");
  expect_wrong("class E:\n    isdigit = object\ndef f(x): return E()\n", "assert f(3).isdigit()\n");
  expect_wrong("class E:\n    def __contains__(s, o): return True\ndef f(x): return E()\n", "assert 3 in f(2)\n");
  EXPECT_EQ(verdict("class C:\n    def __contains__(s, x): return x == 2\n    def __enter__(s): return 5\n    def __exit__(s, *a): return a[0] is KeyError\n",
                    "assert 2 in C() and 3 not in C()\nwith C() as v:\n    assert v == 5\n    raise KeyError(1)\n"),
            "accepted");
}

TEST(AssertGrading, MoreThanPlainDataCrosses) {
  LYDIAN_NEEDS_SANDBOX();
  const char* program =
      "import random\nfrom collections import *\nfrom functools import partial\nP = namedtuple('P', 'x y')\n"
      "def raw(): return bytearray(b'ab')\ndef total(it): return sum(it)\ndef is_a(x, t): return isinstance(x, t)\ndef say(x): print(x)\n"
      "def count(s): return Counter(s)\ndef doc(x):\n    'doc'\ndef grow(a): a.append(1)\ndef power(n): return partial(pow, n)\n"
      "async def later(x): return x + 1\ndef draw(): return random.randint(1, 10 ** 9)\ndef flip(p): return P(p.y, p.x)\n"
      "def deep(n):\n    x = ()\n    for i in range(n): x = (x,)\n    return x\n";
  const char* tests =
      "import asyncio, contextlib, io, random\nassert raw() == b'ab'\nassert total(x for x in [1, 2]) == 3\nassert is_a(3, int) is True\n"
      "b = io.StringIO()\nwith contextlib.redirect_stdout(b):\n    say(3)\nassert b.getvalue() == '3\\n'\nassert count('aab')['z'] == 0\nassert doc.__doc__ == "
      "'doc'\n"
      "l = []\ngrow(a=l)\nassert l == [1]\nassert power(2)(3) == 8\nassert asyncio.run(later(2)) == 3\n"
      "random.seed(5)\na = random.randint(1, 10 ** 9)\nrandom.seed(5)\nassert draw() == a\nassert flip(flip(P(1, 2))) == (1, 2)\nx = deep(390)\nassert len(x) "
      "== 1\n";
  const Json line = graded({{"id", "a"}, {"mode", "assert"}, {"program", program}, {"tests", tests}});
  EXPECT_EQ(line["verdict"], "accepted") << line["reason"] << line["stderr"];
  EXPECT_EQ(verdict(kRight, "import io\nassert f(io.StringIO('a')) == 3\n"), "refused") << "what the tests alone can have made";
}

TEST(AssertGrading, CppProgramsDoNotJudgeThemselves) {
  LYDIAN_NEEDS_SANDBOX();
  const std::string tests = "#undef NDEBUG\n#include <assert.h>\nint main() { assert(abs(part(3.5) - 0.5) < 1e-4); }\n", cpp = R"({"language": "cpp"})";
  expect_wrong("double abs(double x) { return 0; }\nfloat part(float n) { return 7; }\n", tests, cpp);
  expect_wrong("#define main other\n#define part(x) part(x * 0)\n#define assert(x)\nfloat part(float n) { return 7; }\nint main() { return 0; }\n", tests, cpp);
  EXPECT_EQ(verdict("int part(float n) { return 0; }\n", "#include <assert.h>\nint main() { assert(true); }\n", cpp), "fault")
      << "the tests name nothing of the program";
}

TEST(AssertGrading, CppSignaturesOfManyShapesCross) {
  LYDIAN_NEEDS_SANDBOX();
  const char* program =
      "#include <bits/stdc++.h>\nusing namespace std;\nstruct P { int x, y; };\n"
      "template <class T> T twice(T a) { return a * 2; }\nauto next_of(int a) { return a + 1; }\nauto tail(const string& s) -> string { return s.substr(1); }\n"
      "[[nodiscard]] int square(int a) noexcept { return a * a; }\nstd::array<int, 2> flip(std::array<int, 2> a) { swap(a[0], a[1]); return a; }\n"
      "int length(const char* s) { return (int)strlen(s); }\nconst char* word(int n) { return n ? \"yes\" : nullptr; }\nvoid turn(char* s) { reverse(s, s + "
      "strlen(s)); }\n"
      "int sum(int* a, int n) { return accumulate(a, a + n, 0); }\nP mirror(P p) { return {p.y, p.x}; }\nauto least = [](auto a, auto b) { return a < b ? a : "
      "b; };\n";
  const char* tests =
      "#undef NDEBUG\n#include <assert.h>\nint main() {\n  assert(twice(2) == 4 && twice(1.5) == 3.0 && next_of(2) == 3 && tail(\"ab\") == \"b\" && square(3) "
      "== 9);\n"
      "  assert((flip({1, 2}) == array<int, 2>{2, 1}));\n  assert(length(\"abc\") == 3 && string(word(1)) == \"yes\" && word(0) == nullptr);\n"
      "  char s[] = \"abc\"; turn(s); assert(strcmp(s, \"cba\") == 0);\n  int a[] = {1, 2, 3}; assert(sum(a, 3) == 6);\n"
      "  P p = mirror({1, 2}); assert(p.x == 2 && mirror(p).x == 1);\n  assert(least(3, 2) == 2);\n}\n";
  const Json line = graded({{"id", "a"}, {"language", "cpp"}, {"mode", "assert"}, {"program", program}, {"tests", tests}});
  EXPECT_EQ(line["verdict"], "accepted") << line["reason"] << line["compile_log"];
}

TEST(AssertGrading, NoCppProgramChoosesToHaveNoReward) {
  LYDIAN_NEEDS_SANDBOX();
  const std::string cpp = R"({"language": "cpp"})", head = R"({"language": "cpp", "declaration": "int f(int n) {\n"})";
  const std::string tests = "#undef NDEBUG\n#include <assert.h>\nint main() { int n = 3; int r = f(n); assert(r == 2 * n); }\n";
  for (const char* program : {"template <class T> T f(T a) { return a; }\n", "struct E {};\nE f(int a) { return {}; }\n", "int f(int* a) { return 0; }\n"}) {
    expect_wrong(program, tests, cpp);
    expect_wrong(program, tests, head);
  }
  EXPECT_EQ(verdict("auto f(const int& a) { return a * 2; }\n", tests, head), "accepted");
  for (const std::string& fields : {cpp, head}) expect_wrong("int f(int& n) { n = 0; return 0; }\n", tests, fields);
  const std::string of_c = "#include <assert.h>\n#include <string.h>\nint main() { assert(strlen(\"abc\") == 3); }\n";
  EXPECT_EQ(verdict("int other() { return 1; }\n", of_c, cpp), "compile_error") << "the tests compile without it";
  EXPECT_EQ(verdict("int f(int n) { return n; }\n", tests, R"({"language": "cpp", "declaration": "struct N;\nN* f(N* n) {\n"})"), "refused")
      << "the row's word";
}

}  // namespace
}  // namespace lydian
