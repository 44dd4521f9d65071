// C++ assertions for every shape of a signature: right programs pass, wrong ones fail with a reward of 0, and no program chooses to have none.
#include "verify_code/sandboxed.h"

namespace lydian {
namespace {

using code_test::graded;
using code_test::Json;

struct Shape {
  const char* name;
  const char* right;
  const char* wrong;
  const char* tests;  // The body of main().
  const char* task = "";
};

constexpr const char* kStart = "#include <bits/stdc++.h>\nusing namespace std;\n";

// NOLINTBEGIN
constexpr Shape kShapes[] = {
    {"template", "template <class T> T f(T a) { return a * 2; }", "template <class T> T f(T a) { return a; }", "assert(f(2) == 4); assert(f(1.5) == 3.0);"},
    {"template of references", "template <typename T> void grow(vector<T>& v) { v.push_back(T(7)); }", "template <typename T> void grow(vector<T>& v) { }",
     "vector<int> a{1}; grow(a); assert(a.size() == 2 && a[1] == 7);"},
    {"deduced result", "auto f(int a) { return a + 1; }", "auto f(int a) { return a; }", "assert(f(2) == 3);"},
    {"deduced container", "auto f(vector<int> a) { sort(a.begin(), a.end()); return a; }", "auto f(vector<int> a) { return a; }",
     "assert(f({3, 1, 2}) == vector<int>({1, 2, 3}));"},
    {"trailing result", "auto f(const string& s) -> string { return s + s; }", "auto f(const string& s) -> string { return s; }",
     "assert(f(\"ab\") == \"abab\");"},
    {"attribute", "[[nodiscard]] int f(int a) noexcept { return a * a; }", "[[nodiscard]] int f(int a) noexcept { return a; }", "assert(f(3) == 9);"},
    {"array", "std::array<int, 3> f(std::array<int, 3> a) { reverse(a.begin(), a.end()); return a; }",
     "std::array<int, 3> f(std::array<int, 3> a) { return a; }", "assert((f({1, 2, 3}) == array<int, 3>{3, 2, 1}));"},
    {"text in", "int f(const char* s) { return (int)strlen(s); }", "int f(const char* s) { return 1; }", "assert(f(\"abc\") == 3); assert(f(\"\") == 0);"},
    {"text out", "const char* f(int n) { return n > 0 ? \"yes\" : n < 0 ? \"no\" : nullptr; }", "const char* f(int n) { return \"yes\"; }",
     "assert(strcmp(f(1), \"yes\") == 0); assert(string(f(-1)) == \"no\"); assert(f(0) == nullptr);"},
    {"text changed", "void f(char* s) { reverse(s, s + strlen(s)); }", "void f(char* s) { s[0] = 'x'; }",
     "char s[] = \"abc\"; f(s); assert(strcmp(s, \"cba\") == 0);"},
    {"array and count", "int f(int* a, int n) { return accumulate(a, a + n, 0); }", "int f(int* a, int n) { return a[0]; }",
     "int a[] = {1, 2, 3}; assert(f(a, 3) == 6); vector<int> v{4, 5}; assert(f(v.data(), v.size()) == 9);"},
    {"array changed", "void f(int a[], int n) { sort(a, a + n); }", "void f(int a[], int n) { }",
     "int a[] = {3, 1, 2}; f(a, 3); assert(a[0] == 1 && a[2] == 3);"},
    {"swap by pointers", "void f(int* a, int* b) { swap(*a, *b); }", "void f(int* a, int* b) { *a = *b; }",
     "int a = 1, b = 2; f(&a, &b); assert(a == 2 && b == 1);"},
    {"swap by references", "void f(int& a, int& b) { swap(a, b); }", "void f(int& a, int& b) { a = b; }",
     "int a = 1, b = 2; f(a, b); assert(a == 2 && b == 1);"},
    {"struct out", "struct Point { int x; int y; };\nPoint f(int a) { return {a, a + 1}; }",
     "struct Point { int x; int y; };\nPoint f(int a) { return {a, a}; }", "Point p = f(2); assert(p.x == 2 && p.y == 3);"},
    {"struct in and out",
     "struct Point { double x = 0, y = 0; Point(double a, double b) : x(a), y(b) {} bool operator==(const Point& o) const { return x == o.x && y == o.y; } };\n"
     "Point f(const Point& p) { return Point(p.y, p.x); }",
     "struct Point { double x = 0, y = 0; Point(double a, double b) : x(a), y(b) {} bool operator==(const Point& o) const { return true; } };\nPoint f(const "
     "Point& p) { return p; }",
     "assert(f(Point(1, 2)) == Point(2, 1)); assert(f({1, 2}).x == 2);"},
    {"structs in containers",
     "struct P { string name; int age; };\nvector<P> f(vector<P> v) { sort(v.begin(), v.end(), [](const P& a, const P& b) { return a.age < b.age; }); return "
     "v; }",
     "struct P { string name; int age; };\nvector<P> f(vector<P> v) { return v; }",
     "auto v = f({{\"a\", 3}, {\"b\", 1}}); assert(v[0].name == \"b\" && v[1].age == 3);"},
    {"struct without its name", "struct R { int a, b; };\nR f(int x) { return {x, -x}; }", "struct R { int a, b; };\nR f(int x) { return {x, x}; }",
     "auto r = f(4); assert(r.a == 4 && r.b == -4);"},
    {"lambda", "auto f = [](int a, int b) { return a - b; };", "auto f = [](int a, int b) { return a + b; };", "assert(f(5, 3) == 2);"},
    {"generic lambda", "auto f = [](auto a, auto b) { return a > b ? a : b; };", "auto f = [](auto a, auto b) { return a; };",
     "assert(f(1, 3) == 3); assert(f(2.5, 1.0) == 2.5);"},
    {"function object", "std::function<int(int)> f = [](int a) { return a + 1; };", "std::function<int(int)> f = [](int a) { return a; };",
     "assert(f(2) == 3);"},
    {"view", "int f(string_view s) { return (int)s.size(); }", "int f(string_view s) { return 0; }",
     "assert(f(\"abc\") == 3); string s = \"ab\"; assert(f(s) == 2);"},
    {"overloads", "int f(int a) { return a; }\nstring f(string a) { return a + \"!\"; }", "int f(int a) { return a; }\nstring f(string a) { return a; }",
     "assert(f(3) == 3); assert(f(string(\"a\")) == \"a!\");"},
    {"default text", "string f(string a, string b = \"!\") { return a + b; }", "string f(string a, string b = \"?\") { return a + b; }",
     "assert(f(\"a\") == \"a!\"); assert(f(\"a\", \"b\") == \"ab\");"},
    {"default made", "int one() { return 1; }\nint f(int a, int b = one()) { return a + b; }",
     "int one() { return 2; }\nint f(int a, int b = one()) { return a + b; }", "assert(f(1) == 2); assert(f(1, 4) == 5);"},
    {"temporary", "int f(vector<int>&& v) { return (int)v.size(); }", "int f(vector<int>&& v) { return 0; }", "assert(f(vector<int>{1, 2}) == 2);"},
    {"names of types", "using ll = long long; typedef vector<ll> Row;\nRow f(Row r) { for (ll& x : r) x *= 2; return r; }",
     "using ll = long long; typedef vector<ll> Row;\nRow f(Row r) { return r; }", "assert(f({1, 2}) == Row({2, 4}));"},
    {"template of the task", "template <class T> T f(T a) { return a * 2; }", "template <class T> T f(T a) { return a; }", "assert(f(2) == 4);",
     "int f(int a) {\n"},
    {"other types than the task's", "long long f(const long long& a) { return a * 2; }", "double f(double a) { return a; }", "assert(f(2) == 4);",
     "int f(int a) {\n"},
    {"deduced, and the task's", "auto f(auto a) { return a; }", "auto f(auto a) { return a + 1; }", "assert(f(vector<int>{1}) == vector<int>{1});",
     "#include <vector>\nusing namespace std;\nvector<int> f(vector<int> v);\n"},
    {"helper of the task", "string twice(string s) { return s + s; }\nstring f(string s) { return s.substr(0, s.size() / 2); }",
     "string twice(string s) { return s; }\nstring f(string s) { return s; }", "assert(f(twice(\"ab\")) == \"ab\");",
     "#include <string>\nusing namespace std;\nstring twice(string s) {\n  return s + s;\n}\nstring f(string s) {\n"},
    {"struct of the task", "struct Point { int x, y; };\nint f(vector<Point> v) { int s = 0; for (auto p : v) s += p.x * p.y; return s; }",
     "struct Point { int x, y; };\nint f(vector<Point> v) { return 0; }", "vector<Point> v{{1, 2}, {3, 4}}; assert(f(v) == 14);",
     "#include <vector>\nstruct Point { int x, y; };\nint f(std::vector<Point> v) {\n"},
    {"name of C", "int strlen(string s) { return (int)s.size(); }", "int strlen(string s) { return 7; }", "assert(strlen(\"abc\") == 3);",
     "#include <string>\nusing namespace std;\nint strlen(string s) {\n"},
};
// NOLINTEND

Json row_of(const Shape& shape, const std::string& program) {
  Json row{{"id", shape.name}, {"language", "cpp"}, {"mode", "assert"}, {"program", kStart + program}};
  row["tests"] = std::string("#undef NDEBUG\n#include <assert.h>\nint main() { ") + shape.tests + " }\n";
  if (*shape.task != 0) row["declaration"] = shape.task;
  return row;
}

TEST(CppShapes, RightProgramsPassAndWrongOnesHaveNothing) {
  LYDIAN_NEEDS_SANDBOX();
  for (const Shape& shape : kShapes) {
    const Json right = graded(row_of(shape, shape.right));
    EXPECT_EQ(right["verdict"], "accepted") << shape.name << ": " << right["reason"] << "\n" << right["compile_log"].get<std::string>();
    const Json wrong = graded(row_of(shape, shape.wrong));
    EXPECT_EQ(wrong["reward"], 0.0) << shape.name << ": " << wrong["verdict"] << wrong["reason"];
  }
}

}  // namespace
}  // namespace lydian
