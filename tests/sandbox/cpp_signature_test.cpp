#include "sandbox/cpp_signature.h"

#include <gtest/gtest.h>

#include "sandbox/cpp_tests.h"

namespace lydian::sandbox {
namespace {

CppFunction only(const std::string& source) {
  const CppOutline outline = outline_of(source);
  EXPECT_EQ(outline.functions.size(), 1u) << source;
  return outline.functions.empty() ? CppFunction{} : outline.functions[0];
}

TEST(CppSignatureTest, PlainTypesAreWrittenAnew) {
  const CppFunction f =
      only("#include <x>\nvector<pair<int, std::string> > solve(const map<string,vector<long long>> &a, unsigned b = 3, vector<int>& c) {\n return {}; }\n");
  ASSERT_TRUE(f.plain);
  EXPECT_EQ(f.name, "solve");
  EXPECT_EQ(f.result, "std::vector<std::pair<int, std::string>>");
  ASSERT_EQ(f.parameters.size(), 3u);
  EXPECT_EQ(f.parameters[0].type, "std::map<std::string, std::vector<long long>>");
  EXPECT_TRUE(f.parameters[0].reference);
  EXPECT_FALSE(f.parameters[0].writes_back);
  EXPECT_EQ(f.parameters[1].default_value, "3");
  EXPECT_TRUE(f.parameters[2].writes_back);
}

TEST(CppSignatureTest, WhatIsNoPlainTypeIsNotUnderstood) {
  for (const char* source :
       {"Node* f(int a) { }", "int* f(char s) { }", "int f(char** s) { }", "template <class T> T f(T a) { }", "decltype(g()) f(int a) { }",
        "int f(int a, ...) { }", "__attribute__((constructor)) void f() { }", "int f(int a = g()) { }", "auto f() { }", "struct E { } f(int a) { }"}) {
    EXPECT_FALSE(outline_of(source).functions.empty() ? false : outline_of(source).functions.back().plain) << source;
  }
}

TEST(CppSignatureTest, CommentsStringsAndBodiesHideNothing) {
  const CppOutline outline = outline_of(
      "// int a() {}\n/* int b() { */ const char* s = \"int c() {\"; auto r = R\"x(int d() { )\" )x\";\n#define M(x) \\\n  int e() { }\nint g(int x) { if (x) "
      "{ f(); } return '{'; }\n"
      "struct S { int h() { return 1; } };\nusing ll = long long;\nusing namespace std;\nint i() { return 0; }\n");
  ASSERT_EQ(outline.functions.size(), 2u);
  EXPECT_EQ(outline.functions[0].name, "g");
  EXPECT_EQ(outline.functions[1].name, "i");
  EXPECT_TRUE(outline.uses_namespace_std);
  for (const char* name : {"M", "S", "ll"}) EXPECT_TRUE(outline.other_names.count(name)) << name;
}

TEST(CppSignatureTest, SpellingsOfTheLanguageAreRead) {
  for (const char* source :
       {"[[nodiscard]] int f(int x) { return x; }", "auto f(int x) -> int { return x; }", "static constexpr int f(int x) noexcept { return x; }"}) {
    EXPECT_TRUE(only(source).plain) << source;
    EXPECT_EQ(only(source).result, "int") << source;
  }
  EXPECT_EQ(only("std::array<int, 2> f(array<double,3> x) { return {}; }").parameters.at(0).type, "std::array<double, 3>");
  const CppFunction f = only("char* f(const char* s, int a[], string t = \"x\", vector<int>&& v) { return 0; }");
  ASSERT_TRUE(f.plain);
  EXPECT_TRUE(f.text);
  EXPECT_TRUE(f.parameters[0].pointer && !f.parameters[0].writes_back);
  EXPECT_TRUE(f.parameters[1].pointer && f.parameters[1].writes_back);
  EXPECT_EQ(f.parameters[2].default_value, "\"x\"");
  EXPECT_TRUE(f.parameters[3].temporary && !f.parameters[3].writes_back);
  EXPECT_FALSE(only("int f(string t = \"a\\\"\") { return 0; }").plain) << "only simple texts are written anew";
}

TEST(CppSignatureTest, StructsOfFieldsAreRead) {
  const CppOutline outline = outline_of(
      "struct P { int x = 0, y{}; std::string name; P(int a) : x(a), y{1} {} bool operator==(const P& o) const { return true; } };\n"
      "struct Q { std::vector<P> all; };\nclass Hidden { int x; };\nstruct Node { Node* next; };\nQ f(P p) { return {}; }\n");
  ASSERT_EQ(outline.structs.size(), 2u);
  EXPECT_EQ(outline.structs[0].fields.size(), 3u);
  EXPECT_EQ(outline.structs[1].fields[0].first, "std::vector<P>");
  EXPECT_TRUE(outline.functions.back().plain);
}

TEST(CppSignatureTest, TheCompilersWordsAreRead) {
  const CppFunction f = function_of_pointer(
      "f", "std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> > (*)(std::vector<int, std::allocator<int> >&, const char*) noexcept",
      {});
  ASSERT_TRUE(f.plain);
  EXPECT_EQ(f.result, "std::string");
  EXPECT_EQ(f.parameters[0].type, "std::vector<int>");
  EXPECT_FALSE(function_of_pointer("f", "E (*)(int)", {}).plain);
  EXPECT_FALSE(function_of_pointer("f", "std::set<int, std::greater<int>, std::allocator<int> > (*)(int)", {}).plain);
  CppParameter parameter;
  ASSERT_TRUE(read_printed_parameter("const char (&)[4]", {}, parameter));
  EXPECT_TRUE(parameter.pointer && parameter.type == "char" && !parameter.writes_back);
}

CppQuestions questions(const std::string& program, const std::string& tests, const std::string& task = {}) {
  return questions_of(CppRow(program, tests, task, ""));
}

TEST(CppSignatureTest, TheTestsHoldNoWordOfTheProgram) {
  const std::string program = "static int evil = (exit(0), 1);\nint add(int secret_name, int b) { return evil; }\nint unused() { return 0; }\n";
  const std::string calls = "int main() { return add(1, 2) != 3; }";
  const CppRow row(program, calls, "", "");
  const std::string tests = pair_of(row, questions_of(row).functions).tests[0].second;
  EXPECT_EQ(tests.find("evil"), std::string::npos);
  EXPECT_EQ(tests.find("secret_name"), std::string::npos);
  EXPECT_EQ(tests.find("unused()"), std::string::npos);
  EXPECT_NE(tests.find("int add(int a0, int a1)"), std::string::npos);
}

TEST(CppSignatureTest, OnlyTheRowRefuses) {
  const std::string tests = "int main() { return f(2); }";
  for (const char* program : {"template <class T> T f(T x) { return 0; }", "int* f(int* x) { return 0; }", "struct f2 { }; f2 f(int a) { return {}; }"})
    EXPECT_EQ(questions(program, tests).refusal, "") << program;
  EXPECT_NE(questions("int f(int a) { return a; }", tests, "Node* f(int a) {\n").refusal.find("f"), std::string::npos);
  const std::string node = "struct N { N* next; }; int depth(N* n) { return 0; }";
  EXPECT_NE(questions(node, "int main() { N* n = new N; return depth(n); }").refusal.find("N"), std::string::npos);
  EXPECT_NE(questions("struct S { void push(int) {} };", "int main() { S s; s.shove(3); }").refusal, "");
  EXPECT_EQ(questions("struct n { void push(int) {} }; int f(int a) { return a; }", "int main() { int n = 1; n.shove(3); return f(n); }").refusal, "");
}

TEST(CppSignatureTest, TheTasksSignatureCountsAndItsHelpersAreTheTests) {
  const std::string task = "#include <string>\nstd::string twice(std::string s) {\n  return s + s;\n}\nint f(int n) {\n";
  const std::string program = "template <class T> T f(T& n) { return n; }\nstd::string twice(std::string s) { return s; }",
                    tests = "int main() { return f(2) + twice(\"a\").size(); }";
  const CppRow row(program, tests, task, "");
  const CppQuestions asked = questions_of(row);
  ASSERT_EQ(asked.functions.size(), 1u);
  EXPECT_EQ(asked.functions[0].parameters[0].type, "int");
  EXPECT_TRUE(asked.unclear.empty());
  EXPECT_NE(row.task_helpers.find("return s + s"), std::string::npos);
  EXPECT_EQ(row.task_helpers.find("int f"), std::string::npos);
}

TEST(CppSignatureTest, AProgramWithoutTheFunctionLacksIt) {
  EXPECT_EQ(questions("int g(int a) { return a; }", "int main() { assert(floor(2.5) == 2); }").lacking, "floor");
  EXPECT_EQ(questions("int g(int a) { return a; }", "int main() { assert(true); }").lacking, "") << "no program could have it";
}

TEST(CppSignatureTest, ProgramsDoNotChangeWhatTheyAreComparedWith) {
  const auto writes_back = [](const std::string& program, const std::string& body) {
    return questions(program, "int main() { " + body + " }").functions.at(0).parameters[0].writes_back;
  };
  EXPECT_FALSE(writes_back("int f(int& n) { n = 0; return 0; }", "int n = 5; int r = f(n); assert(r == 2 * n);"));
  EXPECT_TRUE(writes_back("void f(int& n) { ++n; }", "int n = 5; f(n); assert(n == 6);"));
  EXPECT_FALSE(writes_back("vector<int> f(vector<int>& v) { v.clear(); return v; }", "vector<int> v{1}; assert(f(v) == v);"));
  EXPECT_TRUE(writes_back("int f(vector<int>& v) { v.clear(); return 0; }", "vector<int> v{1}; assert(f(v) == 0 && v.empty());"));
}

}  // namespace
}  // namespace lydian::sandbox
