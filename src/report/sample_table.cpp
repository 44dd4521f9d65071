#include "report/sample_table.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "lydian/report/rollout_log.h"
#include "report/html_text.h"

namespace lydian {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxSteps = 12;
constexpr std::size_t kMaxRolloutsPerStep = 32;

/// At most `count` of `files`, evenly spread, the first and the last among them.
std::vector<std::pair<std::int64_t, std::string>> spread(const std::vector<std::pair<std::int64_t, std::string>>& files, std::size_t count) {
  if (files.size() <= count) return files;
  std::vector<std::pair<std::int64_t, std::string>> chosen;
  for (std::size_t i = 0; i < count; ++i) chosen.push_back(files[i * (files.size() - 1) / (count - 1)]);
  return chosen;
}

std::string prompt_text(const Task& task) {
  if (task.messages.empty()) return task.prompt;
  std::string text;
  for (const Message& message : task.messages) text += (text.empty() ? "" : "\n") + message.role + ": " + message.content;
  return text;
}

/// JSON numbers of few digits: the page is for reading, the rollout file has every bit.
Json rounded(double value) {
  return std::isfinite(value) ? Json(std::round(value * 1e4) / 1e4) : Json(nullptr);
}

Json sample_json(const Rollout& rollout, double advantage) {
  const Completion& completion = rollout.completion;
  Json log_probs = Json::array(), sources = Json::array(), thinking_spans = Json::array();
  for (const TokenSpan& span : completion.thinking_spans) thinking_spans.push_back({span.begin, span.end});
  for (const float log_prob : completion.log_probs) log_probs.push_back(rounded(log_prob));
  for (const TokenSource source : completion.sources) sources.push_back(static_cast<int>(source));
  return {{"prompt", prompt_text(*rollout.task)},
          {"truth", rollout.task->ground_truth},
          {"category", rollout.task->category},
          {"group", rollout.group},
          {"sample", rollout.sample},
          {"thinking", completion.thinking},
          {"answer", completion.answer},
          {"status", to_string(rollout.verdict.status)},
          {"valid", rollout.verdict.valid()},
          {"reward", rounded(rollout.verdict.reward)},
          {"reason", rollout.verdict.reason},
          {"advantage", rounded(advantage)},
          {"finish", to_string(completion.finish_reason)},
          {"thinkingTokens", completion.thinking_tokens},
          {"budget", completion.budget.max_tokens},
          {"open", completion.budget.open},
          {"close", completion.budget.close},
          {"stopped", completion.stopped},
          {"thinkingSpans", std::move(thinking_spans)},
          {"answerSpan", {completion.answer_span.begin, completion.answer_span.end}},
          {"ids", completion.token_ids},
          {"logProbs", std::move(log_probs)},
          {"sources", std::move(sources)}};
}

Json steps_json(const std::vector<std::pair<std::int64_t, std::string>>& files) {
  Json steps = Json::array();
  for (const auto& [step, path] : files) {
    const LoggedRollouts logged = read_rollouts(path);
    Json samples = Json::array();
    for (std::size_t i = 0; i < std::min(logged.rollouts.size(), kMaxRolloutsPerStep); ++i)
      samples.push_back(sample_json(logged.rollouts[i], logged.advantage[i]));
    steps.push_back({{"step", step}, {"total", logged.rollouts.size()}, {"samples", std::move(samples)}});
  }
  return steps;
}

constexpr const char* kControls = R"html(<div class="controls" id="sample-controls" hidden>
<button type="button" id="earlier" aria-label="earlier step">&#8592;</button>
<label>step <select id="step"></select></label>
<button type="button" id="later" aria-label="later step">&#8594;</button>
<label>show <select id="filter"><option value="all">all</option><option value="rewarded">reward above 0</option>
<option value="unrewarded">reward 0 or below</option><option value="fault">verifier faults</option></select></label>
<span class="scale" aria-hidden="true">likely<i></i>surprising</span>
<span class="t forced" aria-hidden="true">forced</span><span class="t environment" aria-hidden="true">environment</span>
<span class="quiet" id="shown"></span></div>
<div class="scroll"><table class="samples">
<thead><tr><th>#</th><th>prompt</th><th>thinking</th><th>answer</th><th>verdict</th><th>advantage</th></tr></thead>
<tbody id="samples"></tbody></table></div>
<noscript><p class="missing">The samples need JavaScript; everything else does not.</p></noscript>
)html";

}  // namespace

std::string sample_section(const RunRecord& run) {
  if (run.rollout_files.empty()) return "";
  const auto files = spread(run.rollout_files, kMaxSteps);
  std::string html = "<p class=\"quiet\">" + std::to_string(files.size()) + " of " + std::to_string(run.rollout_files.size()) + " logged steps, at most " +
                     std::to_string(kMaxRolloutsPerStep) +
                     " completions of each. The darker a token, the less likely the policy held it; point at one for its id and log-prob.</p>";
  const std::string json = steps_json(files).dump(-1, ' ', false, Json::error_handler_t::replace);
  return html + kControls + "<script type=\"application/json\" id=\"sample-data\">" + escape_script_json(json) + "</script>\n";
}

}  // namespace lydian
