#include "report/budget_chart.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "report/html_text.h"
#include "report/plot_axis.h"

namespace lydian {
namespace {

constexpr PlotArea kArea{960, 400, 46, 16, 14, 44};

/// log2 of a budget; a budget of 0 stands one doubling left of 1, where the axis is labeled 0.
double place(std::int64_t budget) {
  return budget > 0 ? std::log2(static_cast<double>(budget)) : -1.0;
}

std::string tooltip(const std::string& name, const BudgetRow& row) {
  return "<title>" +
         escape_html(name + ", budget " + std::to_string(row.budget) + ": " + percent(row.accuracy) + " (" + percent(row.low) + " to " + percent(row.high) +
                     ", " + std::to_string(row.items) + " items), " + short_number(row.thinking_mean) + " thinking tokens used, " + percent(row.forced_share) +
                     " closed by force") +
         "</title>";
}

class BudgetDrawing {
 public:
  explicit BudgetDrawing(const SummaryRecord& summary) : summary_(summary) {
    double low = 1e300, high = -1e300;
    for (const auto* rows : {&summary.sweep, &summary.sweep_warmup}) {
      for (const BudgetRow& row : *rows) low = std::min(low, place(row.budget)), high = std::max(high, place(row.budget));
    }
    x_ = {low - 0.15, high + 0.15, kArea.left, kArea.inner_right()};
    y_ = {0.0, 1.0, kArea.inner_bottom(), kArea.top};
  }

  std::string svg() const {
    return "<svg viewBox=\"0 0 " + coordinate(kArea.width) + " " + coordinate(kArea.height) +
           "\" role=\"img\" aria-label=\"Accuracy against thinking budget\">" + svg_y_axis(kArea, y_, {0.0, 0.2, 0.4, 0.6, 0.8, 1.0}, true) + x_axis() + law() +
           policy("warm-up policy", summary_.sweep_warmup, "warmup") + policy("trained policy", summary_.sweep, "final") + fit() + "</svg>";
  }

 private:
  std::string x_axis() const {
    std::string svg;
    double free_from = 0.0;
    for (const BudgetRow& row : summary_.sweep.empty() ? summary_.sweep_warmup : summary_.sweep) {
      const double x = x_.at(place(row.budget));
      svg += svg_line(x, kArea.inner_bottom(), x, kArea.inner_bottom() + 4, "axis");
      if (x < free_from) continue;
      svg += svg_text(x, kArea.inner_bottom() + 17, TextAnchor::kMiddle, std::to_string(row.budget));
      free_from = x + 22;
    }
    return svg +
           svg_text((kArea.left + kArea.inner_right()) / 2, kArea.height - 6, TextAnchor::kMiddle, "thinking budget, tokens (log\u2082 scale)", "axis-name");
  }

  std::string law() const {
    std::vector<std::pair<double, double>> points;
    for (const BudgetRow& row : summary_.sweep) {
      if (row.law) points.emplace_back(x_.at(place(row.budget)), y_.at(*row.law));
    }
    return points.empty() ? "" : svg_path(points, "law");
  }

  std::string fit() const {
    if (!summary_.fit || summary_.sweep.empty()) return "";
    const double first = place(std::max(summary_.fit->from_budget, summary_.sweep.front().budget)), last = place(summary_.sweep.back().budget);
    const auto at = [&](double log_budget) { return y_.at(summary_.fit->intercept + summary_.fit->slope * log_budget); };
    return svg_line(x_.at(first), at(first), x_.at(last), at(last), "fit");
  }

  std::string policy(const std::string& name, const std::vector<BudgetRow>& rows, const std::string& css_class) const {
    std::vector<std::pair<double, double>> points;
    std::string marks;
    for (const BudgetRow& row : rows) {
      const double x = x_.at(place(row.budget)), low = y_.at(row.low), high = y_.at(row.high);
      points.emplace_back(x, y_.at(row.accuracy));
      marks += "<g class=\"" + css_class + "\">" + tooltip(name, row) + svg_line(x, low, x, high, "interval") + svg_line(x - 4, low, x + 4, low, "interval") +
               svg_line(x - 4, high, x + 4, high, "interval") + "<circle cx=\"" + coordinate(x) + "\" cy=\"" + coordinate(y_.at(row.accuracy)) +
               "\" r=\"4\"/></g>";
    }
    return rows.empty() ? "" : svg_path(points, "budget-curve " + css_class) + marks;
  }

  const SummaryRecord& summary_;
  PlotAxis x_, y_;
};

/// With a real minus sign; `plus` stands before what is not negative.
std::string signed_number(double value, const char* plus) {
  return (value < 0 ? " \u2212 " : plus) + short_number(std::fabs(value), 3);
}

std::string legend(const SummaryRecord& summary) {
  std::string html = "<span class=\"legend\">";
  if (!summary.sweep.empty()) html += "<span class=\"key final\">trained policy</span>";
  if (!summary.sweep_warmup.empty()) html += "<span class=\"key warmup\">warm-up policy</span>";
  if (std::any_of(summary.sweep.begin(), summary.sweep.end(), [](const BudgetRow& row) { return row.law.has_value(); })) {
    html += "<span class=\"key law\">law: whole thinking fits</span>";
  }
  if (summary.fit) {
    html += "<span class=\"key fit\">fit from " + std::to_string(summary.fit->from_budget) + ": " + signed_number(summary.fit->intercept, "") +
            signed_number(summary.fit->slope, " + ") + " log\u2082 budget, R\u00B2 " + short_number(summary.fit->r2) + "</span>";
  }
  return html + "</span>";
}

std::string interval(const BudgetRow& row) {
  return percent(row.accuracy) + " <span class=\"quiet\">" + percent(row.low) + " \u2013 " + percent(row.high) + "</span>";
}

std::string table(const SummaryRecord& summary) {
  const bool both = !summary.sweep.empty() && !summary.sweep_warmup.empty();
  const std::vector<BudgetRow>& rows = summary.sweep.empty() ? summary.sweep_warmup : summary.sweep;
  std::string html =
      "<div class=\"scroll\"><table class=\"numbers\"><thead><tr><th>budget</th><th>accuracy, 95 %</th><th>law</th><th>thinking used</th><th>closed by "
      "force</th>";
  if (both) html += "<th>warm-up accuracy, 95 %</th>";
  html += "</tr></thead><tbody>";
  for (const BudgetRow& row : rows) {
    html += "<tr><td>" + std::to_string(row.budget) + "</td><td>" + interval(row) + "</td><td>" + (row.law ? percent(*row.law) : "\u2013") + "</td><td>" +
            short_number(row.thinking_mean) + "</td><td>" + percent(row.forced_share) + "</td>";
    if (both) {
      const auto found =
          std::find_if(summary.sweep_warmup.begin(), summary.sweep_warmup.end(), [&](const BudgetRow& other) { return other.budget == row.budget; });
      html += "<td>" + (found == summary.sweep_warmup.end() ? "\u2013" : interval(*found)) + "</td>";
    }
    html += "</tr>";
  }
  return html + "</tbody></table></div>";
}

}  // namespace

std::string budget_section(const SummaryRecord& summary) {
  if (summary.sweep.empty() && summary.sweep_warmup.empty()) return "";
  return "<figure class=\"wide\"><figcaption>Held-out accuracy" + legend(summary) + "</figcaption>" + BudgetDrawing(summary).svg() + "</figure>" +
         table(summary);
}

}  // namespace lydian
