#include "lydian/core/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "lydian/core/error.h"

namespace lydian {
namespace {

using testing::ElementsAre;

struct Inner {
  std::int64_t max_tokens = -1;
  double share = 0.5;
};
void describe(ConfigVisitor& visitor, Inner& inner) {
  visitor.field({"max_tokens", "Tokens of thinking.", -1}, inner.max_tokens);
  visitor.field({"share", "Share of all.", 0, 1}, inner.share);
}

struct Options {
  enum class Kind : std::uint8_t { kClose, kTruncate };
  bool shuffle = true;
  std::int64_t max_steps = 100;
  std::uint64_t seed = 1;
  double learning_rate = 3e-4;
  std::string output_dir = "runs/x";
  std::vector<std::int64_t> budgets{7, 12};
  std::vector<double> betas{0.9, 0.999};
  std::vector<std::string> targets;
  Kind at_cap = Kind::kClose;
  Inner thinking;
  Config environment;
};
void describe(ConfigVisitor& visitor, Options& options) {
  visitor.field({"shuffle", "Shuffle."}, options.shuffle);
  visitor.field({"max_steps", "Steps.", 1, 1e9}, options.max_steps);
  visitor.field({"seed", "Seed."}, options.seed);
  visitor.field({"learning_rate", "Rate.", 0}, options.learning_rate);
  visitor.field({"output_dir", "Folder."}, options.output_dir);
  visitor.field({"budgets", "Budgets.", 0}, options.budgets);
  visitor.field({"betas", "Decays.", 0, 1}, options.betas);
  visitor.field({"targets", "Names."}, options.targets);
  visitor.enumeration({"at_cap", "What happens at the cap."}, options.at_cap, {"close", "truncate"});
  visitor.group({"thinking", ""}, options.thinking);
  visitor.raw({"environment", "Its own options."}, options.environment);
}

Options read(std::string_view text) {
  Options options;
  read_config(Config::parse(text, "run.json"), options);
  return options;
}

template <typename Call>
std::string error_of(const Call& call) {
  try {
    call();
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no error";
}
std::string read_error(std::string_view text) {
  return error_of([&] { read(text); });
}
std::string parse_error(std::string_view text) {
  return error_of([&] { Config::parse(text, "run.json"); });
}

TEST(Config, KeepsFileOrderAndReadsComments) {
  const Config config = Config::parse("{ // stages\n \"sft\": {}, /* then */ \"grpo\": {\"x\": 1}, \"a\": 2 }");
  EXPECT_THAT(config.keys(), ElementsAre("sft", "grpo", "a"));
  EXPECT_TRUE(config.has("grpo"));
  EXPECT_FALSE(config.has("sweep"));
  EXPECT_TRUE(config.section("sweep").keys().empty());
  EXPECT_EQ(config.section("grpo").path(), "grpo");
  EXPECT_EQ(config.dump(-1), R"({"sft":{},"grpo":{"x":1},"a":2})");
}

TEST(Config, NamesThePlaceOfASyntaxError) {
  EXPECT_EQ(parse_error("{\n  \"a\": 1,\n  \"b\": }"),
            "[config] run.json, line 3, column 8: syntax error while parsing value - unexpected '}'; expected '[', '{', or a literal");
  for (const char* nothing : {"", " \n"}) EXPECT_EQ(parse_error(nothing), "[config] run.json, line 1, column 1: expected JSON, got nothing");
  EXPECT_THAT(parse_error("{\"a\": 1 // open"), testing::StartsWith("[config] run.json, line 1, column 16: "));
  EXPECT_THAT(parse_error("{\"a\": 1e999}"), testing::StartsWith("[config] run.json: number overflow parsing '1e999'"));
  EXPECT_THAT(parse_error("{\"a\": \"\xff\"}"), testing::HasSubstr("ill-formed UTF-8 byte"));
}

TEST(Config, RefusesWhatIsNoObjectAndDoubledKeys) {
  EXPECT_EQ(parse_error("[1]"), "[config] run.json: expected an object {…}, got [1]");
  EXPECT_EQ(parse_error(R"({"a": {"b": 1, "b": 2}})"), R"([config] run.json: the key "b" stands twice in one object)");
  EXPECT_EQ(parse_error(R"({"a": {"b": 1}, "b": 2})"), "no error");
}

TEST(Config, NamesAFileThatCannotBeRead) {
  try {
    Config::read_file("/nowhere/run.json");
    FAIL();
  } catch (const IoError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("/nowhere/run.json"));
  }
}

TEST(Config, OverridesReadJsonElseText) {
  Config config = Config::parse(R"({"a": {"b": 1, "c": [1, 2]}})");
  for (const char* assignment :
       {"a.b=3e-4", "a.c=[5]", "a.d=true", "e=runs/x", "f.g={\"h\":1}", "f.g={\"i\":2}", "j=", "k=007", "l=\"7\"", "m=a=b", "n=1e999", "o=null"}) {
    config = config.with_override(assignment);
  }
  EXPECT_EQ(config.dump(-1),
            R"({"a":{"b":0.0003,"c":[5],"d":true},"e":"runs/x","f":{"g":{"h":1,"i":2}},"j":"","k":"007","l":"7","m":"a=b","n":"1e999","o":null})");
}

TEST(Config, RefusesOverridesWithoutAKey) {
  const auto of = [](std::string_view assignment) { return error_of([&] { Config::parse(R"({"a": 1})").with_override(assignment); }); };
  for (const char* wrong : {"a", "=1", "a..b=1", ".a=1", "a.=1", "", "."}) {
    EXPECT_THAT(of(wrong), testing::StartsWith("[config] expected key=value with a dotted key, as in grpo.learning_rate=3e-4, got ")) << wrong;
  }
  EXPECT_EQ(of("a.b=1"), "[config] override a.b=1: a is no object but 1");
}

TEST(Config, MergesMapsAndReplacesLists) {
  const Config base = Config::parse(R"({"a": {"x": 1, "y": [1, 2]}, "b": 2})", "base.json");
  const Config merged = base.merged_with(Config::parse(R"({"a": {"y": [3], "z": 4}, "b": {"c": 5}})", "over.json"));
  EXPECT_EQ(merged.dump(-1), R"({"a":{"x":1,"y":[3],"z":4},"b":{"c":5}})");
  EXPECT_EQ(base.dump(-1), R"({"a":{"x":1,"y":[1,2]},"b":2})");
}

TEST(Config, NamesWhereEachValueCameFrom) {
  Inner inner;
  const auto of = [&](const Config& config) { return error_of([&] { read_config(config, inner); }); };
  const Config base = Config::parse(R"({"share": 2, "max_tokens": 1})", "base.json").with_override("max_tokens=true");
  EXPECT_EQ(of(base), "[config] override max_tokens=true: max_tokens: expected an integer of at least -1, got true");
  EXPECT_EQ(of(base.with_override("max_tokens=3")), "[config] base.json: share: expected a number from 0 to 1, got 2");
  const Config merged = base.merged_with(Config::parse(R"({"max_tokens": "no"})", "over.json"));
  EXPECT_EQ(of(merged), R"([config] over.json: max_tokens: expected an integer of at least -1, got "no")");
}

TEST(ReadConfig, LeavesWhatIsAbsent) {
  const Options options = read(R"({"max_steps": 5, "thinking": {"share": 0.25}})");
  EXPECT_EQ(options.max_steps, 5);
  EXPECT_EQ(options.thinking.share, 0.25);
  EXPECT_EQ(options.thinking.max_tokens, -1);
  EXPECT_EQ(options.learning_rate, 3e-4);
  EXPECT_THAT(options.budgets, ElementsAre(7, 12));
}

TEST(ReadConfig, TakesIntegersInAnyExactSpelling) {
  EXPECT_EQ(read(R"({"max_steps": 3e2})").max_steps, 300);
  EXPECT_EQ(read(R"({"max_steps": 12.0})").max_steps, 12);
  EXPECT_EQ(read(R"({"seed": 18446744073709551615})").seed, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(read(R"({"learning_rate": 1})").learning_rate, 1.0);
  const std::string expected = "[config] run.json: max_steps: expected an integer from 1 to 1000000000, got ";
  EXPECT_EQ(read_error(R"({"max_steps": 1.5})"), expected + "1.5");
  EXPECT_EQ(read_error(R"({"max_steps": 0})"), expected + "0");
  EXPECT_EQ(read_error(R"({"max_steps": 18446744073709551615})"), expected + "18446744073709551615");
  EXPECT_EQ(read_error(R"({"max_steps": "5"})"), expected + "\"5\"");
  EXPECT_EQ(read_error(R"({"seed": -1})"), "[config] run.json: seed: expected an integer of at least 0, got -1");
  EXPECT_EQ(read_error(R"({"seed": 9007199254740993.0})"), "[config] run.json: seed: expected an integer of at least 0, got 9.007199254740992e+15");
}

TEST(ReadConfig, RefusesWrongTypesByName) {
  EXPECT_EQ(read_error(R"({"shuffle": 1})"), "[config] run.json: shuffle: expected true or false, got 1");
  EXPECT_EQ(read_error(R"({"learning_rate": "fast"})"), R"([config] run.json: learning_rate: expected a number of at least 0, got "fast")");
  EXPECT_EQ(read_error(R"({"output_dir": 7})"), "[config] run.json: output_dir: expected text in quotes, got 7");
  EXPECT_EQ(read_error(R"({"budgets": 7})"), "[config] run.json: budgets: expected a list of integers, got 7");
  EXPECT_EQ(read_error(R"({"budgets": [7, "x"]})"), R"([config] run.json: budgets[1]: expected an integer of at least 0, got "x")");
  EXPECT_EQ(read_error(R"({"betas": [0.9, 1.5]})"), "[config] run.json: betas[1]: expected a number from 0 to 1, got 1.5");
  EXPECT_EQ(read_error(R"({"betas": {}})"), "[config] run.json: betas: expected a list of numbers, got {}");
  EXPECT_EQ(read_error(R"({"targets": ["a", 1]})"), "[config] run.json: targets[1]: expected text in quotes, got 1");
  EXPECT_EQ(read_error(R"({"targets": "a"})"), R"([config] run.json: targets: expected a list of texts, got "a")");
  EXPECT_EQ(read_error(R"({"at_cap": "cut"})"), R"([config] run.json: at_cap: expected one of "close", "truncate", got "cut")");
  EXPECT_EQ(read_error(R"({"at_cap": 1})"), R"([config] run.json: at_cap: expected one of "close", "truncate", got 1)");
  EXPECT_EQ(read_error(R"({"thinking": 5})"), "[config] run.json: thinking: expected an object {…}, got 5");
  EXPECT_EQ(read_error(R"({"environment": "chain"})"), R"([config] run.json: environment: expected an object {…}, got "chain")");
  EXPECT_EQ(read_error(R"({"max_steps": null})"), "[config] run.json: max_steps: expected an integer from 1 to 1000000000, got null");
  EXPECT_EQ(read_error(R"({"shuffle": ")" + std::string(200, 'x') + "\"}").size(),
            std::string("[config] run.json: shuffle: expected true or false, got …").size() + 80);
}

TEST(ReadConfig, NamesTheNearestKnownKey) {
  EXPECT_EQ(read_error(R"({"max_step": 5})"), "[config] run.json: max_step is no known key; did you mean max_steps?");
  EXPECT_EQ(read_error(R"({"thinking": {"Max-Tokens": 5}})"), "[config] run.json: thinking.Max-Tokens is no known key; did you mean thinking.max_tokens?");
  EXPECT_EQ(read_error(R"({"thinking": {"colour": 5}})"), "[config] run.json: thinking.colour is no known key; known here: max_tokens, share");
}

TEST(ReadConfig, TakesRawObjectsAsTheyAre) {
  const Options options = read(R"({"environment": {"type": "chain", "anything": [1]}})");
  EXPECT_EQ(options.environment.text("type"), "chain");
  EXPECT_EQ(options.environment.path(), "environment");
  EXPECT_EQ(error_of([&] { options.environment.text("anything"); }), "[config] run.json: environment.anything: expected text in quotes, got [1]");
}

TEST(Config, LeavesOutKeysAndKeepsTheRest) {
  const Config config = Config::parse(R"({"type": "chain", "seed": 1, "weight": 2})", "run.json")
                            .section("absent")
                            .merged_with(Config::parse(R"({"type": "chain", "seed": true, "weight": 2})", "run.json"));
  const Config rest = config.without({"type", "weight", "nothing"});
  EXPECT_EQ(rest.dump(-1), R"({"seed":true})");
  EXPECT_EQ(rest.path(), "absent");
  EXPECT_EQ(error_of([&] { rest.text("seed"); }), "[config] run.json: absent.seed: expected text in quotes, got true");
  EXPECT_TRUE(config.has("type"));
}

TEST(WriteConfig, RoundTripsEveryFieldExactly) {
  Options options;
  options.shuffle = false;
  options.max_steps = 999999999;
  options.seed = 18446744073709551615ULL;
  options.output_dir = "a \"quoted\"\n\u00fc";
  options.budgets = {};
  options.betas = {0.1, 5e-324, 1.0 / 3.0};
  options.targets = {"q", ""};
  options.at_cap = Options::Kind::kTruncate;
  options.thinking.max_tokens = 7;
  options.environment = Config::parse(R"({"b": 1e-7, "a": [1, null]})");
  for (const double rate : {3e-4, 0.1, 1.0 / 3.0, std::nextafter(1.0, 2.0), 1.7976931348623157e308, 2.2250738585072014e-308, 0.0, 123456789012345680.0}) {
    options.learning_rate = rate;
    Options back;
    read_config(Config::parse(write_config(options).dump()), back);
    EXPECT_EQ(back.learning_rate, rate);
    EXPECT_EQ(write_config(back).dump(), write_config(options).dump());
    EXPECT_EQ(back.betas, options.betas);
    EXPECT_EQ(back.seed, options.seed);
    EXPECT_EQ(back.output_dir, options.output_dir);
    EXPECT_TRUE(back.budgets.empty());
    EXPECT_EQ(back.at_cap, Options::Kind::kTruncate);
    EXPECT_EQ(back.environment.dump(-1), R"({"b":1e-07,"a":[1,null]})");
  }
}

TEST(WriteConfig, RefusesWhatJsonCannotHold) {
  Options options;
  options.learning_rate = std::numeric_limits<double>::infinity();
  EXPECT_EQ(error_of([&] { write_config(options); }), "[config] learning_rate: expected a finite number, got inf");
  options.learning_rate = 1;
  options.output_dir = "\xff";
  EXPECT_EQ(error_of([&] { write_config(options).dump(); }), "[config] config: expected text in UTF-8 in every value, got bytes that are none");
}

TEST(DocumentConfig, ShowsEveryFieldOnce) {
  std::vector<std::string> lines;
  for (const OptionDoc& option : document_config<Options>()) {
    lines.push_back(option.name + "|" + option.type + "|" + option.default_value + "|" + option.range + "|" + option.doc);
  }
  EXPECT_THAT(lines, ElementsAre("shuffle|bool|true||Shuffle.", "max_steps|integer|100|from 1 to 1000000000|Steps.", "seed|integer|1|of at least 0|Seed.",
                                 "learning_rate|number|0.0003|of at least 0|Rate.", "output_dir|text|\"runs/x\"||Folder.",
                                 "budgets|integers|[7,12]|of at least 0|Budgets.", "betas|numbers|[0.9,0.999]|from 0 to 1|Decays.", "targets|texts|[]||Names.",
                                 "at_cap|choice|\"close\"|one of \"close\", \"truncate\"|What happens at the cap.",
                                 "thinking.max_tokens|integer|-1|of at least -1|Tokens of thinking.", "thinking.share|number|0.5|from 0 to 1|Share of all.",
                                 "environment|object|{}||Its own options."));
}

TEST(NearestName, CountsEditsSwapsAndSpelling) {
  const std::vector<std::string> known{"learning_rate", "max_steps", "seed", "temperature"};
  EXPECT_EQ(nearest_name("learning-rate", known), "learning_rate");
  EXPECT_EQ(nearest_name("LEARNING_RATE", known), "learning_rate");
  EXPECT_EQ(nearest_name("leraning_rate", known), "learning_rate");
  EXPECT_EQ(nearest_name("sede", known), "seed");
  EXPECT_EQ(nearest_name("temprature", known), "temperature");
  EXPECT_EQ(nearest_name("lr", known), std::nullopt);
  EXPECT_EQ(nearest_name("", known), std::nullopt);
  EXPECT_EQ(nearest_name("seed", {}), std::nullopt);
}

}  // namespace
}  // namespace lydian
