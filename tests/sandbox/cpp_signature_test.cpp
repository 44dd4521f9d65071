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
       {"Node* f(int a) { }", "int f(char* s) { }", "template <class T> T f(T a) { }", "decltype(g()) f(int a) { }", "int f(int a, ...) { }",
        "__attribute__((constructor)) void f() { }", "int f(int a = g()) { }", "auto f() { }", "struct E { } f(int a) { }"}) {
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

TEST(CppSignatureTest, TheTestsHoldNoWordOfTheProgram) {
  const CppTests split = split_cpp_tests("static int evil = (exit(0), 1);\nint add(int secret_name, int b) { return evil; }\nint unused() { return 0; }\n",
                                         "int main() { return add(1, 2) != 3; }");
  ASSERT_EQ(split.refusal, "");
  const std::string& tests = split.tests[0].second;
  EXPECT_EQ(tests.find("evil"), std::string::npos);
  EXPECT_EQ(tests.find("secret_name"), std::string::npos);
  EXPECT_EQ(tests.find("unused()"), std::string::npos);
  EXPECT_NE(tests.find("int add(int a0, int a1)"), std::string::npos);
}

TEST(CppSignatureTest, SignaturesThatCannotCrossAreRefusedByName) {
  EXPECT_NE(split_cpp_tests("struct N { }; int depth(N* n) { return 0; }", "int main() { return depth(nullptr); }").refusal.find("depth"), std::string::npos);
  EXPECT_EQ(split_cpp_tests("struct N { }; int depth(N* n) { return 0; } int add(int a) { return a; }", "int main() { return add(0); }").refusal, "");
  EXPECT_NE(split_cpp_tests("struct Point { int x; }; int add(int a) { return a; }", "int main() { Point p{1}; return add(p.x); }").doubt.find("Point"),
            std::string::npos);
}

}  // namespace
}  // namespace lydian::sandbox
