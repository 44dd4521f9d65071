#include "verify/code/program_extraction.h"

#include <gtest/gtest.h>

#include <string>

namespace lydian::code {
namespace {

std::optional<std::string> python(std::string_view response, bool bare = false) {
  return extract_program(response, {.language = ProgramLanguage::kPython, .bare_program = bare});
}

TEST(ProgramExtraction, TakesTheLastClosedBlockOfTheLanguage) {
  EXPECT_EQ(python("So:\n```python\na = 1\n```\nBetter:\n```python\na = 2\n```\nDone."), "a = 2\n");
  EXPECT_EQ(python("```python\na = 1\n```\n```cpp\nint a;\n```\n```\nplain\n```"), "a = 1\n");
  for (const char* tag : {"py", "Python", "python3", "{.python}", "python title=\"x\"", " python"}) {
    EXPECT_EQ(python("```" + std::string(tag) + "\na\n```"), "a\n") << tag;
  }
  EXPECT_EQ(extract_program("```C++\nint a;\n```", {.language = ProgramLanguage::kCpp}), "int a;\n");
  EXPECT_EQ(python("```python\n```"), "");
}

TEST(ProgramExtraction, TakesABlockWithoutANameWhereNoneHasOne) {
  EXPECT_EQ(python("```\na\n```\n```cpp\nint a;\n```"), "a\n");
  EXPECT_FALSE(python("```cpp\nint a;\n```"));
  EXPECT_FALSE(python("```pythonic\na\n```"));
}

TEST(ProgramExtraction, ABlockThatNeverClosesIsNoProgram) {
  EXPECT_FALSE(python("```python\na = 1\n"));
  EXPECT_FALSE(python("```python\na = 1\n``"));
  EXPECT_FALSE(python("```python\na = 1\n``` and so on"));
  EXPECT_EQ(python("```python\na = 1\n```\nthen\n```python\na = 2\n"), "a = 1\n");
  EXPECT_FALSE(python("```python\na = 1\n", /*bare=*/true));
}

TEST(ProgramExtraction, FencesMatchByMarkAndLength) {
  EXPECT_EQ(python("````python\n```\na\n```\n````"), "```\na\n```\n");
  EXPECT_EQ(python("~~~python\n```\na\n~~~"), "```\na\n");
  EXPECT_EQ(python("```python\na\n`````"), "a\n");
  EXPECT_EQ(python("  ```python\na\n   ```"), "a\n");
  EXPECT_FALSE(python("    ```python\na\n    ```")) << "four blanks are an indented block";
  EXPECT_EQ(python("```python\ns = '''\n```python\n'''\n```"), "s = '''\n```python\n'''\n") << "inside a block nothing opens another";
  EXPECT_FALSE(python("use ```python a``` here"));
  EXPECT_FALSE(python("```python a```"));
  EXPECT_EQ(python("```python\r\na\r\n```\r\n"), "a\r\n");
}

TEST(ProgramExtraction, WithoutFencesOnlyABareProgram) {
  EXPECT_FALSE(python("a = 1"));
  EXPECT_EQ(python("a = 1", /*bare=*/true), "a = 1");
  EXPECT_EQ(python("", /*bare=*/true), "");
  EXPECT_FALSE(python(""));
}

TEST(ProgramExtraction, IsLinear) {
  std::string many;
  for (int i = 0; i < 100'000; ++i) many += "```\n";
  EXPECT_EQ(python(many), "");
  EXPECT_FALSE(python(std::string(1'000'000, '`')));
}

}  // namespace
}  // namespace lydian::code
