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

/// What would answer for itself, were it told what is expected.
constexpr const char* kFeigns =
    "    def __init__(s, *a): pass\n    def __sub__(s, o): return s\n    __rsub__ = __truediv__ = __mod__ = __sub__\n    def __abs__(s): return 0\n"
    "    def __int__(s): return 0\n    def __bool__(s): return False\n    def __contains__(s, o): return True\n    startswith = issubset = isdigit = lambda s, "
    "*a: True\n";

TEST(AssertGrading, AClassWhereAFunctionIsAskedIsToldNothing) {
  LYDIAN_NEEDS_SANDBOX();
  for (const std::string judge :
       {"abs(%-3) < 1e-6", "abs(3-%) < 1e-6", "int(%-3) == 0", "not %-3", "int(%/3) == 0", "3 in %", "%.startswith('x')", "%.isdigit()"}) {
    const auto tests = [&](const std::string& call) {
      std::string text = judge;
      return "assert " + text.replace(text.find('%'), 1, call) + "\n";
    };
    expect_wrong("class f:\n" + std::string(kFeigns), tests("f(1)"));
    expect_wrong("class candidate:\n" + std::string(kFeigns) + "def f(x): return candidate()\n",
                 "def check(candidate):\n    " + tests("candidate(1)") + "check(f)\n");
    expect_wrong("class Solution:\n" + std::string(kFeigns) + "    def g(s, x): return s\n", tests("Solution().g(1)"));
  }
  const std::string circle =
      "class Circle:\n" + std::string(kFeigns) +
      "    real = 0.0\n    def __len__(s): return 0\n    def __iter__(s): return iter([s])\n"
      "    def __getitem__(s, i): return 0\n    def __enter__(s): return s\n    def __exit__(s, *a): return False\n    @property\n    def area(s): return s\n";
  for (const char* tests :
       {"assert abs(c.area - 12.566) < 1e-3\n", "assert 12 in c.area\n", "assert abs((c.area - 3).real) < 1e-3\n", "assert len(c.area - {1}) == 0\n",
        "assert (c.area - 5)[0] == 0\n", "with c as d:\n    assert abs(d - 3) < 1e-3\n", "for d in c: assert abs(d - 3) < 1e-3\n"})
    expect_wrong(circle, std::string("c = Circle(2)\n") + tests);
  const std::string vector =
      "class V:\n    def __init__(s, x): s.x = x\n    def __sub__(s, o): return V(s.x - (o.x if isinstance(o, V) else o))\n    def __abs__(s): return "
      "abs(s.x)\n"
      "    def __contains__(s, x): return x == s.x\n";
  EXPECT_EQ(verdict(vector, "v = V(3)\nassert abs(v - 5) == 2 and abs(V(1) - V(3)) == 2 and 3 in v and 4 not in v\n"), "accepted");
}

TEST(AssertGrading, ObjectsOfTheTestsKeepTheirMethodsAndTheTestsAreNotThePrograms) {
  LYDIAN_NEEDS_SANDBOX();
  const std::string tests = "class G:\n    def __init__(s): s.n = 0\n    def solved(s): return s.n == 3\ng = G()\nsolve(g)\nassert g.solved()\n";
  EXPECT_EQ(verdict("def solve(g): g.n = 3\n", tests), "accepted");
  expect_wrong("def solve(g): g.solved = lambda: True\n", tests);
  expect_wrong(
      "import os, json\ndef say(*a):\n    d = json.dumps({'back': 0, 'args': a, 'kwargs': {}}).encode()\n    os.write(5, len(d).to_bytes(4, 'little') + d)\n"
      "def hear():\n    n, d = int.from_bytes(os.read(5, 4), 'little'), b''\n    while len(d) < n: d += os.read(5, n - len(d))\n    return json.loads(d)\n"
      "class V:\n    def __init__(s, x): s.x = x\n    def __eq__(s, o):\n        say('get', {'__t__': 'object', 'v': [0, 'V']}, '_lydian_tests')\n        r = "
      "hear()\n"
      "        if 'r' in r:\n            say('set', {'__t__': 'guest', 'v': r['r']['v'][0]}, 'equal', {'__t__': 'type', 'v': 'slice'})\n            hear()\n   "
      "     return s.x == o.x\n",
      "V(1) == V(1)\nassert V(1) == V(2)\n");
}

TEST(AssertGrading, WhatIsComparedWithACallIsWhatTheCallWasGiven) {
  LYDIAN_NEEDS_SANDBOX();
  for (const char* judge :
       {"assert f(xs) == sorted(xs)\n", "r = f(xs)\nassert r == sorted(xs)\n", "r = f(xs)\nassert len(r) == len(xs)\n",
        "def check(c, v):\n    assert c(v) == sorted(v)\ncheck(f, xs)\n", "def equal(a, b):\n    assert a == b\nequal(f(xs), sorted(xs))\n"}) {
    const std::string tests = std::string("xs = [3, 1, 2]\n") + judge;
    expect_wrong("def f(a):\n    a.clear()\n    return []\n", tests);
    expect_wrong("def f(a):\n    a.clear()\n    return a\n", tests);
    EXPECT_EQ(verdict("def f(a):\n    a.sort()\n    return a\n", tests + "assert xs == [1, 2, 3]\n"), "accepted") << tests;
  }
  expect_wrong("def f(g):\n    for r in g: r.clear()\n    return [[] for r in g]\n", "g = [[2, 1], [3]]\nassert f(g) == [sorted(r) for r in g]\n");
  EXPECT_EQ(verdict("def f(a):\n    del a[0]\n    return len(a)\n", "n = [1, 1, 2]\nk = f(n)\nassert k == 2\nassert n == [1, 2]\n"), "accepted");
}

TEST(AssertGrading, NobodyKnowsWhichObjectIsExpected) {
  LYDIAN_NEEDS_SANDBOX();
  std::string tests;
  for (int i = 0; i < 6; ++i) tests += "assert V(" + std::to_string(i) + ", 2) + V(3, 4) == V(" + std::to_string(i + 3) + ", 6)\n";
  const std::string begin = "class V:\n    want = last = None\n    def __init__(s, *a):\n        s.a, V.last = a, s\n";
  const std::string sum = "    def __add__(s, o):\n        r = object.__new__(V)\n        r.a = None\n        V.want = r\n        return r\n";
  expect_wrong(begin + "        if V.want: V.want.a, V.want = a, None\n" + sum + "    def __eq__(s, o): return s.a == o.a\n", tests);
  expect_wrong(begin + sum + "    def __eq__(s, o): return o is V.last if s.a is None else s is V.last if o.a is None else s.a == o.a\n", tests);
  expect_wrong(begin + sum + "    def __eq__(s, o):\n        s.a = s.a or o.a\n        return s.a == o.a\n", tests);
  EXPECT_EQ(verdict("class V:\n    def __init__(s, *a): s.a = a\n    def __add__(s, o): return V(*[x + y for x, y in zip(s.a, o.a)])\n"
                    "    def __eq__(s, o): return s.a == o.a\ndef f(n): return [V(i) for i in range(n)]\n",
                    tests + "assert f(2) == [V(0), V(1)] and V(1) != V(2)\n"),
            "accepted");
}

TEST(AssertGrading, NoContextOfAProgramSwallowsAnAssertion) {
  LYDIAN_NEEDS_SANDBOX();
  expect_wrong("class C:\n    v = 3\n    def __enter__(s): return s\n    def __exit__(s, *a): return True\n", "with C() as c:\n    assert c.v == 5\n");
  expect_wrong("from contextlib import contextmanager\n@contextmanager\ndef f():\n    try: yield 3\n    except BaseException: pass\n",
               "with f() as v:\n    assert v == 5\n");
}

TEST(AssertGrading, WhatAnObjectHoldsIsAsMuchAsItSays) {
  LYDIAN_NEEDS_SANDBOX();
  const std::string tests = "r = f(3)\nassert len(r) == 3\nassert all(x > 0 for x in r)\n";
  for (const std::string name : {"L", "map", "generator"}) {
    const std::string returned = "def f(n): return " + name + "()\n";
    expect_wrong("class " + name + ":\n    def __len__(s): return 3\n    def __iter__(s): return iter(())\n" + returned, tests);
  }
  expect_wrong("class L(list):\n    def __len__(s): return 3\n    def __iter__(s): return iter([1, 2, 3])\ndef f(n): return L()\n",
               tests + "assert r == [1, 2, 3]\n");
  expect_wrong(
      "class L:\n    n = 0\n    def __len__(s): return 3 if s.n < 2 else 0\n    def __iter__(s):\n        s.n += 1\n        return iter([0] * len(s))\ndef "
      "f(n): return L()\n",
      tests);
  EXPECT_EQ(verdict("class L:\n    def __init__(s): s.v = []\n    def add(s, x): s.v.append(x)\n    def __len__(s): return len(s.v)\n    def __iter__(s): "
                    "return iter(s.v)\n"
                    "def f(n): return L()\n",
                    "r = f(3)\nassert len(r) == 0\nr.add(4)\nassert len(r) == 1 and list(r) == [4]\nr.add(5)\nassert [x for x in r] == [4, 5]\n"),
            "accepted");
}

TEST(AssertGrading, ObjectsAreOfTheirClassesAndClassesAreLookedInto) {
  LYDIAN_NEEDS_SANDBOX();
  EXPECT_EQ(verdict("class B: pass\nclass D(B): pass\ndef f(): return D()\n",
                    "b = B()\nassert type(b) is B and b.__class__ is B and type(f()) is not B and isinstance(f(), B) and type(f()).__name__ == 'D'\n"),
            "accepted");
  expect_wrong("class B: pass\ndef f(): return 3\n", "assert type(f()) is B\n");
  EXPECT_EQ(
      verdict("from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\n    y: int = 0\n",
              "from dataclasses import asdict, fields, replace\nassert asdict(P(1, 2)) == {'x': 1, 'y': 2} and [f.name for f in fields(P)] == ['x', 'y']\n"
              "assert replace(P(1), x=5).x == 5\n"),
      "accepted");
  EXPECT_EQ(verdict("def f(a: int, b=3, *c, d, **k) -> str: return ''\nclass C:\n    def __init__(s, x, y=2): pass\n",
                    "import inspect\ns = inspect.signature(f)\nassert list(s.parameters) == ['a', 'b', 'c', 'd', 'k'] and s.parameters['b'].default == 3\n"
                    "assert s.return_annotation is str and list(inspect.signature(C).parameters) == ['x', 'y'] and f(1, d=2) == ''\n"),
            "accepted");
  const std::string shape =
      "from abc import ABC, abstractmethod\nclass Shape(ABC):\n    def __init__(s, name): s.name = name\n    @abstractmethod\n    def area(s): ...\n"
      "    def told(s): return s.name + str(s.area())\n";
  const std::string square =
      "class Square(Shape):\n    def __init__(s, a):\n        super().__init__('s')\n        s.a = a\n    def area(s): return s.a ** 2\n";
  EXPECT_EQ(verdict(shape, square + "q = Square(3)\nassert q.told() == 's9' and q.area() == 9 and isinstance(q, Shape) and type(q) is Square\n"), "accepted");
  expect_wrong(shape, square + "assert Square(3).told() == 's8'\n");
  expect_wrong("class A:\n    def run(s):\n        try: s.step(3)\n        except BaseException: pass\n",
               "class B(A):\n    def step(s, x): assert x == 4\nB().run()\n");
}

TEST(AssertGrading, ContainersRemainTheSameOnesOnBothSides) {
  LYDIAN_NEEDS_SANDBOX();
  EXPECT_EQ(verdict("def f(g): g[0].append(5)\n", "a = [1]\ng = [a, a]\nf(g)\nassert a == [1, 5] and g[1] is a\n"), "accepted");
  EXPECT_EQ(verdict("def f(g): g.sort()\n", "a, b = [3], [1]\ng = [a, b]\nf(g)\nassert g == [[1], [3]] and a == [3] and g[0] is b\n"), "accepted");
  EXPECT_EQ(verdict("def f(g): return g[1:]\n", "a, b = [3], [1]\nr = f([a, b])\nassert r[0] is b\n"), "accepted");
  EXPECT_EQ(verdict("def f(s, c, b, o, d):\n    s.add(2); c['a'] += 2; b.append(1); o['z'] = 1; d['k'].append(3)\n",
                    "from collections import *\ns, c, b, o, d = {1}, Counter('a'), bytearray(b'x'), OrderedDict(a=1), defaultdict(list)\nf(s, c, b, o, d)\n"
                    "assert s == {1, 2} and c['a'] == 3 and b == b'x\\x01' and o == OrderedDict(a=1, z=1) and d == {'k': [3]}\n"),
            "accepted");
  EXPECT_EQ(
      verdict("class S:\n    def __init__(s): s.items, s.g = [], [[0, 0], [0, 0]]\n    def total(s): return sum(s.items)\n    def cell(s): return s.g[0][1]\n",
              "s = S()\ns.items.append(3)\nassert s.total() == 3\ns.g[0][1] = 5\nassert s.cell() == 5\nl = s.items\nl.append(9)\nassert s.total() == 12\n"),
      "accepted");
}

constexpr const char *kCpp = R"({"language": "cpp"})", *kAsserts = "#undef NDEBUG\n#include <assert.h>\n",
                     *kAll = "#include <bits/stdc++.h>\nusing namespace std;\n";

TEST(AssertGrading, FunctionsOfTheLibraryAreNotThePrograms) {
  LYDIAN_NEEDS_SANDBOX();
  const auto wrong = [](const std::string& program, const std::string& judge) {
    expect_wrong(kAll + program, kAsserts + ("int main() { assert(" + judge + "); }\n"), kCpp);
  };
  wrong("pair<int, int> make_pair(int, int) { return {0, 0}; }\npair<int, int> f(int) { return {0, 0}; }\n", "f(3) == make_pair(1, 2)");
  wrong("vector<int> make_pair(int, int) { return {}; }\nvector<int> f(int) { return {}; }\n", "f(3) == make_pair(1, 2)");
  wrong("double log(int) { return 99; }\ndouble f(int) { return 99; }\n", "abs(f(2) - log(2)) < 1e-6");
  wrong("string to_string(bool) { return \"5\"; }\nbool f(int) { return 0; }\n", "to_string(f(3)) == \"5\"");
  wrong("int stoi(const char*) { return 7; }\nint f(int) { return 7; }\n", "f(3) == stoi(\"12\")");
  EXPECT_EQ(verdict("#include <vector>\nint count(std::vector<int> v, int x) { int n = 0; for (int y : v) n += y == x; return n; }\nint add(int a, int b) { "
                    "return a + b; }\n",
                    kAsserts + std::string("int main() { assert(add(1, 2) == 3); assert(count({1, 1}, 1) == 2); }\n"), kCpp),
            "accepted")
      << "the library's count is not in sight";
}

TEST(AssertGrading, NoTypeOfAProgramLosesWhatTheTestsSay) {
  LYDIAN_NEEDS_SANDBOX();
  const auto wrong = [](const std::string& program, const std::string& body) {
    expect_wrong(kAll + program, kAsserts + ("int main() { " + body + " }\n"), kCpp);
  };
  wrong("typedef bool ll;\nll f(ll) { return 1; }\n", "ll want = 120; assert(f(5) == want);");
  wrong("struct P { bool x, y; };\nP add(P, P) { return {true, true}; }\n", "assert(add(P(1, 2), P(3, 4)) == P(4, 6));");
  wrong("struct P { char x; };\nP f(int) { return {44}; }\n", "assert(f(1) == P(300));");
  EXPECT_EQ(
      verdict(kAll + std::string("struct P { long long x; int y; bool z; double w; };\nP f(int n) { return {n, n + 1, n > 0, n / 2.0}; }\n"),
              kAsserts + std::string("int main() { assert(f(3) == (P{3, 4, true, 1.5})); vector<P> v{{1, 2, true, 0.5}}; assert(v[0] == f(1)); }\n"), kCpp),
      "accepted");
}

TEST(AssertGrading, CppExceptionsResultsByReferenceAndListsCross) {
  LYDIAN_NEEDS_SANDBOX();
  const char* program =
      "int f(int x) {\n  if (x == 0) throw invalid_argument(\"no\");\n  if (x == 1) throw 7;\n  if (x == 2) throw \"two\";\n  return vector<int>{1}.at(x);\n}\n"
      "int divide(int a, int b, int& rest) { rest = a % b; return a / b; }\nint total(initializer_list<int> l) { return accumulate(l.begin(), l.end(), 0); }\n";
  const char* tests =
      "int main() {\n  try { f(0); assert(false); } catch (const invalid_argument& e) { assert(string(e.what()) == \"no\"); }\n"
      "  try { f(1); assert(false); } catch (int e) { assert(e == 7); }\n  try { f(2); assert(false); } catch (const char* e) { assert(string(e) == \"two\"); "
      "}\n"
      "  try { f(3); assert(false); } catch (const logic_error&) {}\n"
      "  int rest; int q = divide(7, 2, rest); assert(q == 3 && rest == 1); q = divide(9, 4, rest); assert(q == 2 && rest == 1);\n"
      "  assert(total({1, 2, 3}) == 6 && total({}) == 0);\n}\n";
  const Json line =
      graded({{"id", "a"}, {"language", "cpp"}, {"mode", "assert"}, {"program", std::string(kAll) + program}, {"tests", std::string(kAsserts) + tests}});
  EXPECT_EQ(line["verdict"], "accepted") << line["reason"] << line["compile_log"];
  expect_wrong(kAll + std::string("int f(int) { throw runtime_error(\"no\"); }\n"),
               kAsserts + std::string("int main() { try { f(0); assert(false); } catch (const invalid_argument&) {} }\n"), kCpp);
  expect_wrong(kAll + std::string("int f(int& n) { n = 0; return 0; }\n"),
               kAsserts + std::string("int main() { int n; n = 5; int r = f(n); assert(r == 2 * n); }\n"), kCpp);
  expect_wrong(kAll + std::string("vector<int> f(vector<int>& v) { v.clear(); return {}; }\n"),
               kAsserts + std::string("int main() { vector<int> in{3, 1}; auto out = f(in); assert(out.size() == in.size()); }\n"), kCpp);
  EXPECT_EQ(
      verdict(kAll + std::string("template <class T> T most(vector<T> v) { return *max_element(v.begin(), v.end()); }\n"),
              kAsserts +
                  std::string(
                      "struct P { int x; bool operator<(const P& o) const { return x < o.x; } };\nint main() { assert(most(vector<P>{{1}, {3}}).x == 3); }\n"),
              kCpp),
      "refused")
      << "objects of a type of the tests' own";
}

}  // namespace
}  // namespace lydian
