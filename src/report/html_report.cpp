#include "lydian/report/html_report.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "lydian/core/durable_file.h"
#include "report/append_file.h"
#include "report/budget_chart.h"
#include "report/curve_chart.h"
#include "report/html_text.h"
#include "report/page_assets.h"
#include "report/run_record.h"
#include "report/sample_table.h"

namespace lydian {
namespace {

std::string tile(const std::string& value, const std::string& meaning) {
  return "<div class=\"tile\"><b>" + value + "</b><span>" + meaning + "</span></div>";
}

/// A figure before and after the training stage, or the one of them that there is.
std::string change_tile(const std::optional<double>& before, const std::optional<double>& after, std::string (*text)(double), const std::string& meaning) {
  if (!before && !after) return "";
  if (!before || !after) return tile(text(before ? *before : *after), meaning + (after ? "" : ", after warm-up"));
  return tile("<small>" + text(*before) + " \u2192</small> " + text(*after), meaning);
}

std::string tokens(double value) {
  return short_number(value, 3);
}

std::string headline(const SummaryRecord& summary) {
  std::string html = change_tile(summary.warmup.pass_rate, summary.final.pass_rate, percent, "held-out pass rate, warm-up \u2192 final");
  html += change_tile(summary.warmup.greedy_pass_rate, summary.final.greedy_pass_rate, percent, "the same, greedy");
  std::string times;
  if (summary.warmup.thinking_mean.value_or(0) > 0 && summary.final.thinking_mean) {
    times = ", \u00D7" + short_number(*summary.final.thinking_mean / *summary.warmup.thinking_mean, 3);
  }
  html += change_tile(summary.warmup.thinking_mean, summary.final.thinking_mean, tokens, "mean thinking tokens" + times);
  if (summary.fit) {
    const std::string correlation = summary.spearman ? ", rank correlation " + short_number(*summary.spearman) : "";
    html +=
        tile("R\u00B2 " + short_number(summary.fit->r2), "accuracy against log\u2082 budget from " + std::to_string(summary.fit->from_budget) + correlation);
  }
  if (summary.sampler_trainer_max_abs_diff) {
    const std::string compared = summary.tokens_compared ? " over " + grouped(*summary.tokens_compared) + " tokens" : "";
    html += tile(short_number(*summary.sampler_trainer_max_abs_diff, 3), "greatest difference of sampler and trainer" + compared);
  }
  if (!summary.wall_s.empty()) {
    double total = 0.0;
    std::string stages;
    for (const auto& [stage, wall] : summary.wall_s) {
      total += wall;
      stages += (stages.empty() ? "" : ", ") + escape_html(stage) + " " + seconds(wall);
    }
    html += tile(seconds(total), stages);
  }
  return html.empty() ? "" : "<div class=\"tiles\">" + html + "</div>\n";
}

std::string header(const RunRecord& run) {
  const std::string environment = run.summary ? run.summary->environment : "";
  std::string html = "<header><h1>" + escape_html(environment.empty() ? run.name : environment) + "</h1><p>lydian run " + escape_html(run.name);
  if (run.summary && !run.summary->seed.empty()) html += ", seed " + escape_html(run.summary->seed);
  if (!run.metrics.empty()) html += ", " + std::to_string(run.metrics.back().step) + " steps";
  return html + "</p></header>\n";
}

std::string section(std::string_view title, const std::string& content, std::string_view missing) {
  return "<section><h2>" + std::string(title) + "</h2>\n" + (content.empty() ? "<p class=\"missing\">" + std::string(missing) + "</p>" : content) +
         "</section>\n";
}

std::string body(const RunRecord& run) {
  std::string html = header(run);
  html += run.summary ? headline(*run.summary) : "<p class=\"missing\" style=\"margin-top:20px\">No summary.json: the run has not ended, or ended early.</p>\n";
  const std::string curves = curve_charts(run.metrics);
  html += section("Accuracy against thinking budget", run.summary ? budget_section(*run.summary) : "", "No sweep over thinking budgets in this run.");
  html += section("Learning", curves.empty() ? "" : "<div class=\"charts\">" + curves + "</div>", "No metrics in this run.");
  html += section("Sample completions", sample_section(run), "No rollouts were logged in this run.");
  if (!run.config_text.empty())
    html += "<section><h2>Configuration</h2><details><summary>config.json</summary><pre>" + escape_html(run.config_text) + "</pre></details></section>\n";
  if (run.summary && !run.summary->weights_sha256.empty())
    html += "<footer>SHA-256 of the weights: " + escape_html(run.summary->weights_sha256) + "</footer>\n";
  return html;
}

}  // namespace

void write_html_report(const std::string& run_folder, const std::string& html_path) {
  const RunRecord run = read_run(run_folder);
  const std::string html =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
      escape_html(run.name) + "</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>" + kPageStyle + "</style></head>\n<body><main>\n" + body(run) +
      "</main>\n<script>" + kPageScript + "</script></body></html>\n";
  ensure_folder(folder_of(html_path));
  write_file_durably(html_path, html);
}

}  // namespace lydian
