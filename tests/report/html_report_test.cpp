#include "lydian/report/html_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "lydian/core/error.h"
#include "report/synthetic_run.h"
#include "temporary_folder.h"

namespace lydian {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::size_t count(const std::string& text, const std::string& wanted) {
  std::size_t found = 0;
  for (std::size_t at = text.find(wanted); at != std::string::npos; at = text.find(wanted, at + 1)) ++found;
  return found;
}

class HtmlReportTest : public ::testing::Test {
 protected:
  std::string report() const {
    write_html_report(folder_.path(), folder_ / "report.html");
    return read_whole_file(folder_ / "report.html");
  }
  TemporaryFolder folder_;
  SyntheticRun run_{folder_.path()};
};

TEST_F(HtmlReportTest, WholeRunShowsEveryPart) {
  run_.write_all();
  const std::string html = report();
  EXPECT_THAT(html, HasSubstr("<h1>chain</h1>"));
  EXPECT_THAT(html, HasSubstr("<small>40.2\u202F% \u2192</small> 98.5\u202F%"));
  EXPECT_THAT(html, HasSubstr("mean thinking tokens, \u00D73.38"));
  EXPECT_THAT(html, HasSubstr("over 1\u202F234\u202F567 tokens"));
  EXPECT_THAT(html, HasSubstr("R\u00B2 0.9931"));
  for (const char* title :
       {"Reward and pass rate", "Thinking length", "Entropy", "Loss, sft", "Loss, grpo", "Gradient norm", "Accuracy against thinking budget"}) {
    EXPECT_THAT(html, HasSubstr("aria-label=\"" + std::string(title) + "\""));
  }
  for (const char* curve : {"pass rate, dev split", "pass rate, test split", "greedy, test split"}) EXPECT_THAT(html, HasSubstr(curve));
  EXPECT_THAT(html, HasSubstr("class=\"law\""));
  EXPECT_EQ(count(html, "<title>trained policy, budget "), 8U);
  EXPECT_EQ(count(html, "<title>warm-up policy, budget "), 8U);
  EXPECT_THAT(html, HasSubstr("&quot;learning_rate&quot;: 3e-4"));
  EXPECT_THAT(html, Not(HasSubstr("class=\"missing\">No ")));
}

TEST_F(HtmlReportTest, NeedsNothingFromOutside) {
  run_.write_all();
  const std::string html = report();
  for (const char* outside : {"http:", "https:", "src=", "@import", "url("}) EXPECT_THAT(html, Not(HasSubstr(outside)));
}

TEST_F(HtmlReportTest, SamplesAreSpreadOverTheRunWithTheirTokens) {
  run_.write_all();
  const std::string html = report();
  const std::string opening = "id=\"sample-data\">";
  const std::size_t begin = html.find(opening) + opening.size();
  const auto steps = nlohmann::json::parse(html.substr(begin, html.find("</script>", begin) - begin));
  ASSERT_EQ(steps.size(), 12U);
  EXPECT_EQ(steps.front()["step"], 301);
  EXPECT_EQ(steps.back()["step"], 413);
  const auto& sample = steps[0]["samples"][6];
  EXPECT_EQ(sample["ids"].size(), sample["logProbs"].size());
  EXPECT_EQ(sample["sources"].size(), sample["ids"].size());
  const std::size_t thinking = sample["thinking"].get<std::string>().size();
  EXPECT_EQ(sample["thinkingSpans"], (nlohmann::json{{1, 1 + thinking}}));
  EXPECT_EQ(sample["answerSpan"], (nlohmann::json{2 + thinking, 2 + thinking + sample["answer"].get<std::string>().size()}));
}

TEST_F(HtmlReportTest, MissingPiecesAreSaid) {
  run_.write_metrics();
  std::string html = report();
  EXPECT_THAT(html, HasSubstr("No summary.json"));
  EXPECT_THAT(html, HasSubstr("No sweep over thinking budgets in this run."));
  EXPECT_THAT(html, HasSubstr("No rollouts were logged in this run."));
  std::filesystem::remove(folder_ / "metrics.jsonl");
  write_file_durably(folder_ / "summary.json", "{}");
  html = report();
  EXPECT_THAT(html, HasSubstr("No metrics in this run."));
  EXPECT_THAT(html, Not(HasSubstr("No summary.json")));
}

TEST_F(HtmlReportTest, RunThatIsStillWritingCanBeRead) {
  run_.write_metrics();
  write_file_durably(folder_ / "metrics.jsonl", read_whole_file(folder_ / "metrics.jsonl") + "{\"stage\":\"gr");
  EXPECT_THAT(report(), HasSubstr("420 steps"));
}

TEST_F(HtmlReportTest, HostileTextStaysText) {
  const std::string attack = "</script><script>alert(1)</script><img src=x onerror='alert(2)'>\"<!--";
  Rollout rollout;
  Task task;
  task.id = task.prompt = task.ground_truth = task.category = attack;
  rollout.task = std::make_shared<Task>(task);
  rollout.environment = attack;
  rollout.completion.text = rollout.completion.thinking = rollout.completion.answer = attack;
  rollout.verdict = Verdict::unparsable(attack);
  write_rollouts(folder_ / "rollouts/1.jsonl", 1, std::vector{rollout}, std::vector{0.0});
  StepRecord record{attack, 1, 0, {}};
  record.metrics.set("loss", 1.0);
  {
    const auto sink = jsonl_sink(folder_ / "metrics.jsonl");
    sink->write(record);
    record.step = 2;
    sink->write(record);
  }
  write_file_durably(folder_ / "config.json", nlohmann::json(attack).dump());
  write_file_durably(folder_ / "summary.json",
                     nlohmann::json{{"environment", attack}, {"seed", attack}, {"weights_sha256", attack}, {"wall_s", {{attack, 1.0}}}}.dump());
  const std::string html = report();
  EXPECT_EQ(count(html, "<script"), 2U);  // The samples and the page's own.
  EXPECT_EQ(count(html, "</script"), 2U);
  EXPECT_THAT(html, Not(HasSubstr("<img")));
  EXPECT_THAT(html, Not(HasSubstr("<!--")));
  EXPECT_THAT(html, HasSubstr("Loss, &lt;/script&gt;"));
}

TEST_F(HtmlReportTest, MessagesNameWhatIsWrong) {
  const auto message = [&]() -> std::string {
    try {
      report();
    } catch (const IoError& error) {
      return error.what();
    }
    return "none";
  };
  EXPECT_THAT(message(), HasSubstr("expected a run folder with metrics.jsonl, summary.json or rollouts/, got none of them in " + folder_.path()));
  write_file_durably(folder_ / "metrics.jsonl", "{\"step\":1}\nnonsense\n{\"step\":2}\n");
  EXPECT_THAT(message(), HasSubstr("metrics.jsonl, line 2: expected an object with an integer \"step\""));
  write_file_durably(folder_ / "metrics.jsonl", "{\"step\":1}\n");
  write_file_durably(folder_ / "summary.json", "{\"final\": {\"pass_rate\": \"high\"}}");
  EXPECT_THAT(message(), HasSubstr("summary.json: final.pass_rate: expected a number, got \"high\""));
  write_file_durably(folder_ / "summary.json", "[]");
  EXPECT_THAT(message(), HasSubstr("summary.json: expected an object, got []"));
  write_file_durably(folder_ / "summary.json", "{\n\"final\": oops}");
  EXPECT_THAT(message(), HasSubstr("summary.json, line 2, column 10: "));
}

/// LYDIAN_REPORT_FOLDER=FOLDER keeps the synthetic run and its report, for looking at them.
TEST(HtmlReportPictureTest, SyntheticRunIsKeptWhereAsked) {
  const char* folder = std::getenv("LYDIAN_REPORT_FOLDER");
  if (folder == nullptr) GTEST_SKIP() << "LYDIAN_REPORT_FOLDER names no folder to keep the report in";
  std::filesystem::create_directories(folder);
  SyntheticRun(folder).write_all();
  write_html_report(folder, std::string(folder) + "/report.html");
  EXPECT_TRUE(std::filesystem::exists(std::string(folder) + "/report.html"));
}

}  // namespace
}  // namespace lydian
