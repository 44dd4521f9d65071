#include "verify/code/data_value.h"

#include <gtest/gtest.h>

#include <string>

namespace lydian::code {
namespace {

using Kind = DataValue::Kind;

bool equal(const std::string& a, const std::string& b) {
  return python_equal(read_data_value(a), read_data_value(b));
}
std::string tagged(const std::string& tag, const std::string& content) {
  return R"({"__t__": ")" + tag + R"(", "v": )" + content + "}";
}
std::string refusal(const std::string& json, const DataLimits& limits = {}) {
  try {
    read_data_value(json, limits);
  } catch (const DataMistake& mistake) {
    return mistake.sentence;
  }
  return "";
}

TEST(DataValue, ReadsTypes) {
  EXPECT_EQ(read_data_value("null").kind, Kind::kNone);
  EXPECT_EQ(read_data_value("true").kind, Kind::kBool);
  EXPECT_EQ(read_data_value("1").kind, Kind::kInt);
  EXPECT_EQ(read_data_value("1.0").kind, Kind::kFloat);
  EXPECT_EQ(read_data_value("1e3").kind, Kind::kFloat);
  EXPECT_EQ(read_data_value("-12345678901234567890123").text, "-12345678901234567890123") << "an int of any length is not rounded";
  EXPECT_EQ(read_data_value("18446744073709551615").text, "18446744073709551615");
  EXPECT_EQ(read_data_value(tagged("int", "\"-000\"")).text, "0");
  EXPECT_EQ(read_data_value("\"a\"").kind, Kind::kString);
  EXPECT_EQ(read_data_value("[1, [2]]").kind, Kind::kList);
  EXPECT_EQ(read_data_value(tagged("tuple", "[1]")).kind, Kind::kTuple);
  EXPECT_EQ(read_data_value(tagged("set", "[1]")).kind, Kind::kSet);
  EXPECT_EQ(read_data_value(tagged("frozenset", "[1]")).kind, Kind::kFrozenset);
  EXPECT_EQ(read_data_value(tagged("complex", "[1, 2.5]")).imag, 2.5);
  EXPECT_EQ(read_data_value(tagged("bytes", "[0, 255]")).text, std::string("\0\xff", 2));
  EXPECT_EQ(read_data_value(tagged("dict", "[[1, 2], [3, 4]]")).items.size(), 4U);
  EXPECT_EQ(read_data_value(R"({"v": [1], "__t__": "tuple"})").kind, Kind::kTuple);
  EXPECT_EQ(read_data_value(R"({"v": 1})").kind, Kind::kDict);
}

TEST(DataValue, RefusesWhatIsNoValue) {
  for (const char* text : {"",
                           " ",
                           "[1,]",
                           "{",
                           "nan",
                           "NaN",
                           "Infinity",
                           "1 2",
                           "[1]]",
                           "\"\xff\"",
                           "\"\\ud800\"",
                           "{\"a\": 1, \"a\": 2}",
                           "01",
                           "1e999",
                           R"({"__t__": "list", "v": []})",
                           R"({"__t__": "tuple"})",
                           R"({"__t__": "tuple", "v": 1})",
                           R"({"__t__": "tuple", "v": [], "w": 1})",
                           R"({"__t__": 1, "v": []})",
                           R"({"__t__": "int", "v": "1.5"})",
                           R"({"__t__": "int", "v": "0x1"})",
                           R"({"__t__": "int", "v": ""})",
                           R"({"__t__": "int", "v": 1})",
                           R"({"__t__": "float", "v": "1.0x"})",
                           R"({"__t__": "complex", "v": [1]})",
                           R"({"__t__": "bytes", "v": [256]})",
                           R"({"__t__": "bytes", "v": [1.5]})",
                           R"({"__t__": "dict", "v": [[1]]})",
                           R"({"__t__": "dict", "v": [[[1], 2]]})",
                           R"({"__t__": "set", "v": [[1]]})",
                           R"({"__t__": "frozenset", "v": [{"__t__": "tuple", "v": [{}]}]})"}) {
    EXPECT_NE(refusal(text), "") << text;
  }
}

TEST(DataValue, BoundsDepthAndSize) {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  EXPECT_NE(refusal(deep).find("deeper"), std::string::npos);
  EXPECT_EQ(refusal(std::string(808, '[') + std::string(808, ']')), "");
  EXPECT_NE(refusal(std::string(809, '[') + std::string(809, ']')), "");
  EXPECT_NE(refusal("[1, 2, 3]", {.bytes = 8}), "");
  EXPECT_EQ(refusal("[1, 2, 3]", {.nodes = 4}), "");
  EXPECT_NE(refusal("[1, 2, 3]", {.nodes = 3}), "") << "a short text of many parts takes much memory";
  std::string wide = "{\"k\": 0";
  for (int i = 0; i < 50'000; ++i) wide += ", \"k" + std::to_string(i) + "\": [" + std::to_string(i) + "]";
  wide += "}";
  EXPECT_TRUE(equal(wide, wide)) << "linear: an object of many keys is no attack on the reader";
}

TEST(DataValue, EqualsAsPythonDoes) {
  EXPECT_TRUE(equal("1", "1.0"));
  EXPECT_TRUE(equal("true", "1"));
  EXPECT_TRUE(equal("0.0", "-0.0"));
  EXPECT_TRUE(equal("false", "0.0"));
  EXPECT_TRUE(equal(tagged("complex", "[1.0, 0.0]"), "1"));
  EXPECT_TRUE(equal("1e22", tagged("int", "\"10000000000000000000000\"")));
  EXPECT_FALSE(equal("1e23", tagged("int", "\"100000000000000000000000\""))) << "the double 1e23 is another whole number";
  EXPECT_FALSE(equal("9007199254740993", "9007199254740992.0"));
  EXPECT_FALSE(equal("6", "6.0000000001"));
  EXPECT_FALSE(equal("1", "\"1\""));
  EXPECT_FALSE(equal("null", "false"));
  EXPECT_FALSE(equal("null", "0"));
  EXPECT_FALSE(equal("[]", "null"));
  EXPECT_FALSE(equal("[1, 2]", tagged("tuple", "[1, 2]")));
  EXPECT_FALSE(equal("[1, 2]", "[1, 2, 3]"));
  EXPECT_FALSE(equal("[1, 2]", "[2, 1]"));
  EXPECT_FALSE(equal("[12]", "[1, 2]"));
  EXPECT_FALSE(equal("[[1], 2]", "[[1, 2]]"));
  EXPECT_FALSE(equal("[\"ab\"]", "[\"a\", \"b\"]"));
  EXPECT_FALSE(equal("\"a\"", tagged("bytes", "[97]")));
  EXPECT_TRUE(equal(tagged("float", "\"inf\""), tagged("float", "\"inf\"")));
  EXPECT_FALSE(equal(tagged("float", "\"inf\""), tagged("float", "\"-inf\"")));
}

TEST(DataValue, NanEqualsNothing) {
  const std::string nan = tagged("float", "\"nan\"");
  EXPECT_FALSE(equal(nan, nan));
  EXPECT_FALSE(equal("[" + nan + "]", "[" + nan + "]"));
  EXPECT_FALSE(equal(tagged("set", "[" + nan + "]"), tagged("set", "[" + nan + "]")));
  EXPECT_FALSE(equal("{\"a\": " + nan + "}", "{\"a\": " + nan + "}"));
  EXPECT_FALSE(equal(tagged("complex", "[0.0, " + nan + "]"), tagged("complex", "[0.0, " + nan + "]")));
}

TEST(DataValue, SetsAndDictsHaveNoOrder) {
  EXPECT_TRUE(equal(tagged("set", "[1, 2, 3]"), tagged("set", "[3, 1.0, 2]")));
  EXPECT_TRUE(equal(tagged("set", "[1]"), tagged("frozenset", "[1]")));
  EXPECT_FALSE(equal(tagged("set", "[1, 2]"), tagged("set", "[1, 2, 3]")));
  EXPECT_FALSE(equal(tagged("set", "[1, 2]"), "[1, 2]"));
  EXPECT_TRUE(equal(R"({"a": 1, "b": 2})", R"({"b": 2, "a": 1})"));
  EXPECT_TRUE(equal(R"({"a": 1})", tagged("dict", R"([["a", 1]])")));
  EXPECT_FALSE(equal(R"({"a": 1})", R"({"a": 2})"));
  EXPECT_FALSE(equal(R"({"a": 1})", R"({"a": 1, "b": 1})"));
  EXPECT_FALSE(equal(tagged("dict", "[[1, 2]]"), tagged("dict", "[[2, 1]]")));
  EXPECT_TRUE(equal(tagged("dict", "[[1, 2]]"), tagged("dict", "[[true, 2]]")));
}

TEST(DataValue, KnowsTruth) {
  for (const char* text : {"null", "false", "0", "0.0", "-0.0", "\"\"", "[]", "{}"}) EXPECT_FALSE(python_truth(read_data_value(text))) << text;
  for (const char* text : {"true", "1", "-1", "0.1", "\"0\"", "[0]", "{\"a\": 0}"}) EXPECT_TRUE(python_truth(read_data_value(text))) << text;
  EXPECT_TRUE(python_truth(read_data_value(tagged("float", "\"nan\""))));
  EXPECT_FALSE(python_truth(read_data_value(tagged("tuple", "[]"))));
}

TEST(DataValue, MakesSets) {
  const auto set_of = [](const std::string& json) { return python_set(read_data_value(json)); };
  EXPECT_EQ(set_of("[1, 1, 2]"), set_of(tagged("tuple", "[2, 1.0]")));
  EXPECT_EQ(set_of("\"aéa\""), set_of("[\"é\", \"a\"]"));
  EXPECT_EQ(set_of(R"({"a": 1})"), set_of("[\"a\"]"));
  EXPECT_EQ(set_of("[" + tagged("tuple", "[1]") + "]"), set_of(tagged("set", "[" + tagged("tuple", "[1]") + "]")));
  EXPECT_FALSE(set_of("5")) << "no elements";
  EXPECT_FALSE(set_of("[[1]]")) << "a list cannot be hashed";
  EXPECT_FALSE(set_of("[" + tagged("tuple", "[[1]]") + "]"));
}

TEST(DataValue, ShowsShortText) {
  EXPECT_EQ(shown(read_data_value(R"([1, true, null, "a\n", {"k": 2.5}])")), R"([1, True, None, "a\n", {"k": 2.5}])");
  EXPECT_EQ(shown(read_data_value(tagged("tuple", "[1]"))), "(1)");
  std::string long_text = "[";
  for (int i = 0; i < 1000; ++i) long_text += "\"é\", ";
  EXPECT_LE(shown(read_data_value(long_text + "1]")).size(), 104U);
}

}  // namespace
}  // namespace lydian::code
