#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "cli/component.h"
#include "cli/program.h"
#include "folders.h"
#include "lydian/core/durable_file.h"
#include "lydian/core/error.h"
#include "lydian/envs/chain_environment.h"

namespace lydian::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// The sentence of a call that must be refused as a mistake of the caller: one line, nothing on standard output.
std::string refusal(const std::vector<std::string>& words, const Catalog& catalog = Catalog::shipped()) {
  const Outcome outcome = call(words, catalog);
  EXPECT_EQ(outcome.code, 2) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  return outcome.err.substr(0, outcome.err.find('\n'));
}

std::string file(const std::string& name, std::string_view text) {
  const std::string path = testing::TempDir() + "cli_" + name;
  write_file_durably(path, text);
  return path;
}

TEST(CommandLine, ShowsTheOverview) {
  const Outcome nothing = call({});
  EXPECT_EQ(nothing.code, 2);
  EXPECT_EQ(nothing.out, "");
  const Outcome help = call({"--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_EQ(help.out, nothing.err);
  EXPECT_EQ(call({"help"}).out, help.out);
  for (const Command& command : commands()) EXPECT_THAT(help.out, HasSubstr("\n  " + std::string(command.name) + " ")) << command.name;
}

TEST(CommandLine, ShowsHelpForEachSubcommand) {
  for (const Command& command : commands()) {
    const std::string name(command.name);
    const Outcome help = call({name, "--help"});
    EXPECT_EQ(help.code, 0) << name;
    EXPECT_EQ(help.err, "") << name;
    EXPECT_THAT(help.out, StartsWith("lydian " + name + " ")) << name;
    for (const Flag& flag : command.flags) EXPECT_THAT(help.out, HasSubstr("--" + std::string(flag.name))) << name;
    EXPECT_EQ(call({"help", name}).out, help.out);
  }
  EXPECT_THAT(call({"train", "-h"}).out, HasSubstr("grpo.learning_rate=0.0003"));
  EXPECT_THAT(call({"eval", "--help"}).out, HasSubstr("eval.thinking.max_tokens=-1"));
  EXPECT_EQ(refusal({"help", "nothing"}), "[lydian] there is no subcommand nothing (lydian --help)");
  EXPECT_EQ(refusal({"help", "trian"}), "[lydian] there is no subcommand trian; did you mean lydian train? (lydian --help)");
}

TEST(CommandLine, ShowsVersions) {
  const Outcome version = call({"--version"});
  EXPECT_EQ(version.code, 0);
  EXPECT_THAT(version.out, testing::ContainsRegex("^lydian [0-9]+\\.[0-9]+\\.[0-9]+\n"));
  EXPECT_THAT(version.out, testing::ContainsRegex("torch +2\\.11"));
  EXPECT_THAT(version.out, testing::ContainsRegex("instruction set +(plain|avx2|avx512)\n"));
  EXPECT_THAT(version.out, testing::ContainsRegex("commit +([0-9a-f]+|unknown)\n"));
}

TEST(CommandLine, NamesTheNearestSubcommandAndOption) {
  EXPECT_EQ(refusal({"trian"}), "[lydian] there is no subcommand trian; did you mean lydian train? (lydian --help)");
  EXPECT_EQ(refusal({"frobnicate"}), "[lydian] there is no subcommand frobnicate (lydian --help)");
  EXPECT_EQ(refusal({"--nonsense"}), "[lydian] there is no option --nonsense (lydian --help)");
  EXPECT_EQ(refusal({"train", "--resum", "x"}), "[train] there is no option --resum; did you mean --resume? (lydian train --help)");
  EXPECT_EQ(refusal({"train", "--learning_rate=1"}), "[train] there is no option --learning_rate; settings are written key=value (lydian train --help)");
  EXPECT_EQ(refusal({"report", "-x"}), "[report] there is no option --x (lydian report --help)");
}

TEST(CommandLine, RefusesOptionsWithoutOrWithWrongValues) {
  EXPECT_EQ(refusal({"train", "--resume"}), "[train] --resume needs a value: --resume RUN (lydian train --help)");
  EXPECT_EQ(refusal({"train", "--quiet=1"}), "[train] --quiet takes no value (lydian train --help)");
  EXPECT_EQ(refusal({"train", "--quiet", "--quiet"}), "[train] --quiet stands twice (lydian train --help)");
  for (const char* wrong : {"x", "-1", "", "1.5", "99999999999999999999"}) {
    EXPECT_EQ(refusal({"env", "show", "chain", "--tasks", wrong}),
              std::string("[env] --tasks: expected an integer of at least 0, got \"") + wrong + "\" (lydian env --help)");
  }
}

TEST(CommandLine, RefusesTooFewAndTooManyWords) {
  EXPECT_EQ(refusal({"sweep"}), "[sweep] expected lydian sweep RUN | CONFIG [key=value …], got 0 words");
  EXPECT_EQ(refusal({"report", "a", "b"}), "[report] expected lydian report RUN, got 2 words");
  EXPECT_THAT(refusal({"train"}), HasSubstr("got no configuration file"));
  EXPECT_THAT(refusal({"env", "show"}), HasSubstr("expected list, show NAME or check NAME, got lydian env show"));
  EXPECT_THAT(refusal({"env", "list", "chain"}), HasSubstr("got lydian env list chain"));
}

TEST(TrainCommandLine, TakesPathsWithEqualsSigns) {
  EXPECT_EQ(refusal({"train", "no/where=1.json"}), "[train] expected a configuration file, got no/where=1.json, which does not exist");
  const std::string config = file("a=1.json", R"({"environment": {"type": "chain"}, "report": {}})");
  EXPECT_EQ(call({"train", config, "--print-config"}).code, 0);
}

TEST(TrainCommandLine, RefusesFilesThatCannotBeUsed) {
  EXPECT_EQ(refusal({"train", "nowhere.json"}), "[train] expected a configuration file, got nowhere.json, which does not exist");
  EXPECT_THAT(refusal({"train", testing::TempDir()}), HasSubstr("to go on with a run: lydian train --resume"));
  const std::string broken = file("broken.json", "{\n  \"seed\": 1,,\n}");
  EXPECT_THAT(refusal({"train", broken}), StartsWith("[config] " + broken + ", line 2, column 13: syntax error"));
}

TEST(TrainCommandLine, RefusesKeysAndValuesByName) {
  const std::string never = testing::TempDir() + "cli_never";
  std::filesystem::remove_all(never);
  const std::string config = file("small.json", R"({"environment": {"type": "chain"}, "grpo": {"max_steps": 1}})");
  EXPECT_EQ(refusal({"train", config, "sede=7"}), "[config] override sede=7: sede is no known key; did you mean seed?");
  EXPECT_EQ(refusal({"train", config, "grpo.learning-rate=1"}),
            "[config] override grpo.learning-rate=1: grpo.learning-rate is no known key; did you mean grpo.learning_rate?");
  EXPECT_EQ(refusal({"train", "grpo.max-steps=1", config}), "[config] override grpo.max-steps=1: grpo.max-steps is no known key; did you mean grpo.max_steps?");
  EXPECT_EQ(refusal({"train", config, "grpo/max_steps=1"}).substr(0, 60), "[config] override grpo/max_steps=1: grpo/max_steps is no kno");
  EXPECT_THAT(refusal({"train", config, "seed[0]=1"}), StartsWith("[config] override seed[0]=1: seed[0] is no known key; known here: seed, "));
  EXPECT_EQ(refusal({"train", config, "seed =1"}), "[config] override seed =1: seed  is no known key; did you mean seed?");
  EXPECT_EQ(refusal({"env", "show", "chain", "max-operands=3"}), "[config] override max-operands=3: max-operands is no known key; did you mean max_operands?");
  EXPECT_EQ(refusal({"train", config, "grpo.max_step=7"}), "[config] override grpo.max_step=7: grpo.max_step is no known key; did you mean grpo.max_steps?");
  EXPECT_THAT(refusal({"train", config, "grpo.learning_rate=fast"}),
              StartsWith("[config] override grpo.learning_rate=fast: grpo.learning_rate: expected a number"));
  EXPECT_THAT(refusal({"train", config, "seed=-1"}), StartsWith("[config] override seed=-1: seed: expected an integer of at least 0, got -1"));
  EXPECT_THAT(refusal({"train", config, "grpo=5"}), HasSubstr("grpo: expected an object {…}, got 5"));
  EXPECT_THAT(refusal({"train", config, "environment.type=chian"}), HasSubstr("there is no environment named \"chian\"; did you mean chain?"));
  EXPECT_THAT(refusal({"train", config, "environment.min_operand=3", "output_dir=" + never}),
              HasSubstr("environment.min_operand is no known key; did you mean environment.min_operands?"));
  EXPECT_THAT(refusal({"train", config, "sweep.items=5", "output_dir=" + never}), HasSubstr("settings of stages that stand in " + config));
  EXPECT_FALSE(std::filesystem::exists(never)) << "nothing is written before everything is understood";
}

TEST(TrainCommandLine, PrintsNoConfigurationThatTrainWouldRefuse) {
  const std::string config = file("refused.json", R"({"environment": {"type": "chain"}, "grpo": {"max_steps": 1}, "sweep": {}})");
  for (const char* wrong :
       {"grpo.objective.epsilon=0", "sweep.budgets=[7,2]", "tokenizer.alphabet=ab", "output_dir=", "environment.test_share=0", "init_from=/nowhere"}) {
    EXPECT_NE(refusal({"train", config, "--print-config", wrong}), "") << wrong;
  }
  EXPECT_THAT(refusal({"train", file("no_stage.json", R"({"environment": {"type": "chain"}})"), "--print-config"}), HasSubstr("at least one stage section"));
}

TEST(TrainCommandLineDeathTest, AWrongNumberOfThreadsIsRefusedBeforeThereIsAFolder) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // In a process whose threads are still to be made.
  const std::string never = testing::TempDir() + "cli_threads";
  std::filesystem::remove_all(never);
  const auto train = [&] {
    setenv("LYDIAN_THREADS", "abc", 1);
    std::exit(exit_code({"train", source_file("examples/chain.json"), "output_dir=" + never}));
  };
  EXPECT_EXIT(train(), testing::ExitedWithCode(2), "LYDIAN_THREADS");
  EXPECT_FALSE(std::filesystem::exists(never));
}

TEST(TrainCommandLine, PrintsAConfigurationThatIsItselfAnInput) {
  const std::string config = file("print.json", R"({"seed": 3, /* stages */ "environment": {"type": "chain"}, "sweep": {}, "sft": {"max_steps": 2}})");
  const Outcome printed = call({"train", config, "--print-config", "sft.learning_rate=1e-2", "output_dir=runs/a=b"});
  ASSERT_EQ(printed.code, 0) << printed.err;
  EXPECT_THAT(printed.out, HasSubstr("\"learning_rate\": 0.01"));
  EXPECT_THAT(printed.out, HasSubstr("\"output_dir\": \"runs/a=b\""));
  EXPECT_LT(printed.out.find("\"sweep\": {"), printed.out.find("\"sft\": {")) << "stages stay in file order";
  const Outcome again = call({"train", file("printed.json", printed.out), "--print-config"});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(again.out, printed.out);
}

TEST(TrainCommandLine, ResumesUnderTheRunsOwnConfigurationOnly) {
  EXPECT_THAT(refusal({"train", "--resume", "runs/x", "seed=7"}), HasSubstr("since a run goes on under its own configuration, got seed=7"));
  EXPECT_THAT(refusal({"train", "x.json", "--resume", "runs/x"}), HasSubstr("got x.json"));
  EXPECT_EQ(refusal({"train", "--resume", "/nowhere/run"}), "[run_folder] expected a run folder, got /nowhere/run, which is none");
}

TEST(SftCommandLine, WantsAnSftSection) {
  const std::string config = file("no_sft.json", R"({"environment": {"type": "chain"}, "grpo": {}})");
  EXPECT_EQ(refusal({"sft", config}), "[sft] expected a configuration with an sft section, got " + config + " without one");
}

TEST(UseCommandLine, WantsAPolicy) {
  const std::string config = file("no_policy.json", R"({"environment": {"type": "chain"}})");
  for (const char* command : {"eval", "sweep", "generate"}) {
    EXPECT_EQ(refusal({command, config}),
              std::string("[") + command + "] expected a run folder, or a configuration file with init_from=CHECKPOINT, got " + config);
    EXPECT_THAT(refusal({command, "/nowhere"}),
                HasSubstr("expected a run folder with its config.json, or a configuration file, got /nowhere, which does not exist"));
  }
  EXPECT_THAT(refusal({"eval", "--rescore", "run"}), HasSubstr("expected --rescore RUN STEP, got no STEP"));
  EXPECT_THAT(refusal({"eval", "--rescore", "run", "3", "eval.items=2"}), HasSubstr("without settings, got eval.items=2"));
  EXPECT_THAT(refusal({"eval", "--rescore", "run", "x"}), HasSubstr("STEP: expected an integer of at least 1, got \"x\""));
  EXPECT_EQ(refusal({"eval", "--rescore", "/nowhere/run", "3"}), "[run_folder] expected a run folder, got /nowhere/run, which is none");
}

TEST(UseCommandLine, RefusesSettingsThatOnlyOthersRead) {
  const std::string config = file("others.json", R"({"environment": {"type": "chain"}, "sft": {}, "grpo": {}, "sweep": {}})");
  EXPECT_THAT(refusal({"train", config, "--print-config", "eval.items=3"}), HasSubstr("got eval.items=3, which is for lydian eval"));
  EXPECT_THAT(refusal({"sft", config, "--print-config", "generate.samples=3"}), HasSubstr("got generate.samples=3, which is for lydian generate"));
  EXPECT_THAT(refusal({"eval", config, "sweep.temperature=0"}), HasSubstr("got sweep.temperature=0, which is for lydian train and lydian sweep"));
  EXPECT_THAT(refusal({"sweep", config, "eval.items=3"}), HasSubstr("got eval.items=3, which is for lydian eval"));
  EXPECT_THAT(refusal({"generate", config, "grpo.temperature=2"}), HasSubstr("got grpo.temperature=2, which is for lydian train"));
}

TEST(ReportCommandLine, NamesWhatIsMissing) {
  EXPECT_EQ(refusal({"report", "/nowhere/run"}), "[run_folder] expected a run folder, got /nowhere/run, which is none");
}

TEST(EnvCommandLine, ListsShowsAndChecks) {
  EXPECT_THAT(call({"env", "list"}).out, StartsWith("chain\nword_problems\n"));
  const Outcome shown = call({"env", "show", "chain", "--tasks", "2", "max_operands=3"});
  EXPECT_EQ(shown.code, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("min_operands=2"));
  EXPECT_THAT(shown.out, testing::ContainsRegex("prompt +a[0-9]b"));
  EXPECT_THAT(shown.out, testing::ContainsRegex("ground truth +[0-9]\n"));
  const Outcome checked = call({"env", "check", "chain", "--tasks", "20"});
  EXPECT_EQ(checked.code, 0) << checked.out << checked.err;
  EXPECT_THAT(checked.out, HasSubstr("passed   gold scores right"));
}

TEST(EnvCommandLine, RefusesNamesAndOptions) {
  EXPECT_EQ(refusal({"env", "show", "chein"}), "[catalog] there is no environment named \"chein\"; did you mean chain?");
  EXPECT_THAT(refusal({"env", "check", "unheard_of"}), StartsWith("[catalog] there is no environment named \"unheard_of\"; known are: chain, word_problems"));
  EXPECT_EQ(refusal({"env", "show", "chain", "max_operand=3"}), "[config] override max_operand=3: max_operand is no known key; did you mean max_operands?");
  EXPECT_THAT(refusal({"env", "show", "chain", "max_operands=many"}), StartsWith("[config] override max_operands=many: max_operands: expected an integer"));
}

// A verifier for which everything is right breaks the contract.
struct Flattering final : Verifier {
  Verdict verify(const Task&, const Completion&) const override { return Verdict::scored(1.0); }
};
struct FlatteringChain final : Environment {
  ChainEnvironment chain;
  Flattering flattering;
  std::string name() const override { return "flattering"; }
  std::int64_t size(Split split) const override { return chain.size(split); }
  Task task(Split split, std::int64_t index) const override { return chain.task(split, index); }
  const Verifier& verifier() const override { return flattering; }
};

TEST(EnvCommandLine, FailsWhereTheContractIsBroken) {
  Catalog catalog = Catalog::shipped();
  catalog.add("flattering", [](const Config&) { return std::make_shared<FlatteringChain>(); });
  EXPECT_EQ(call({"env", "list"}, catalog).out, call({"env", "list"}).out + "flattering\n");
  const Outcome checked = call({"env", "check", "flattering", "--tasks", "5"}, catalog);
  EXPECT_EQ(checked.code, 1);
  EXPECT_THAT(checked.out, HasSubstr("FAILED   "));
}

TEST(Catalog, RefusesANameThatIsTaken) {
  Catalog catalog = Catalog::shipped();
  EXPECT_THROW(catalog.add("chain", [](const Config&) { return nullptr; }), ConfigError);
}

TEST(Program, TurnsWhateverEscapesIntoASentence) {
  Catalog catalog;
  catalog.add("broken", [](const Config&) -> std::shared_ptr<Environment> { throw std::runtime_error("no such table"); });
  const Outcome outcome = call({"env", "show", "broken"}, catalog);
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.err, "[lydian] no such table\n");
}

TEST(Reference, IsThePageInTheDocuments) {
  if (components().size() < 2) GTEST_SKIP() << "built without lydian::math or lydian::code, whose environments are on the page";
  const std::string path = source_file("docs/configuration.md");
  EXPECT_EQ(read_whole_file(path), reference_page(Catalog::shipped())) << "write it anew: build/bin/lydian help --reference > docs/configuration.md";
}

}  // namespace
}  // namespace lydian::cli
