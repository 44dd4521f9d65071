#include "report/curve_chart.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "report/html_text.h"
#include "report/plot_axis.h"

namespace lydian {
namespace {

using Points = std::vector<std::pair<double, double>>;

/// A metric in a picture. Evaluations are few and exact, so they get markers and are not smoothed.
struct CurveSource {
  std::string_view metric, label;
  bool markers = false;
};

struct ChartSource {
  std::string_view title, unit;
  std::vector<CurveSource> curves;
  bool from_zero = true;
  bool in_percent = false;
  bool by_stage = false;  ///< One picture for each stage: the sizes have nothing to do with each other.
};

const std::vector<ChartSource>& chart_sources() {
  static const std::vector<ChartSource> sources = {
      {"Reward and pass rate",
       "",
       {{"reward", "reward, training"},
        {"eval/pass_rate", "pass rate, dev split", true},
        {"test/pass_rate", "pass rate, test split", true},
        {"test/greedy_pass_rate", "greedy, test split", true}}},
      {"Thinking length",
       "tokens",
       {{"thinking/mean_length", "training"}, {"eval/thinking_mean", "dev split", true}, {"test/thinking_mean", "test split", true}}},
      {"Entropy", "nats", {{"entropy", "entropy"}}},
      {"Loss", "", {{"loss", "loss"}}, false, false, true},
      {"Gradient norm", "", {{"grad_norm", "gradient norm"}}},
      {"Skill before reinforcement", "", {{"step_accuracy", "steps right", true}, {"answer_copy", "answer read off the thinking", true}}, true, true},
      {"Signs of trouble",
       "",
       {{"frac_reward_zero_std", "groups without spread"},
        {"thinking/forced_ratio", "thinking closed by force"},
        {"completions/clipped_ratio", "cut off"},
        {"verifier/fault_ratio", "verifier faults"}},
       true,
       true},
  };
  return sources;
}

struct Curve {
  std::string_view label;
  bool markers;
  Points points;
};

struct StageSpan {
  std::string name;
  double first, last;
};

/// A stage is what stands in more than one line; evaluations lie within the others.
std::vector<StageSpan> stage_spans(const std::vector<MetricLine>& metrics) {
  std::vector<StageSpan> spans;
  for (const MetricLine& line : metrics) {
    const auto step = static_cast<double>(line.step);
    const auto found = std::find_if(spans.begin(), spans.end(), [&](const StageSpan& span) { return span.name == line.stage; });
    if (found == spans.end()) {
      spans.push_back({line.stage, step, step});
    } else {
      found->last = std::max(found->last, step);
    }
  }
  std::erase_if(spans, [](const StageSpan& span) { return span.name == "eval" || span.first == span.last; });
  return spans;
}

std::vector<Curve> curves_of(const ChartSource& source, const std::vector<MetricLine>& metrics, const std::string* stage) {
  std::vector<Curve> curves;
  for (const CurveSource& wanted : source.curves) {
    Curve curve{wanted.label, wanted.markers, {}};
    for (const MetricLine& line : metrics) {
      const auto value = line.metrics.get(wanted.metric);
      if (value && (stage == nullptr || line.stage == *stage)) curve.points.emplace_back(static_cast<double>(line.step), *value);
    }
    if (!curve.points.empty()) curves.push_back(std::move(curve));
  }
  return curves;
}

/// Mean over a window of about a thirtieth of the points.
Points smoothed(const Points& points) {
  const auto count = static_cast<std::int64_t>(points.size()), reach = std::max<std::int64_t>(count / 60, 1);
  Points means;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t first = std::max<std::int64_t>(i - reach, 0), last = std::min(i + reach, count - 1);
    double sum = 0.0;
    for (std::int64_t j = first; j <= last; ++j) sum += points[static_cast<std::size_t>(j)].second;
    means.emplace_back(points[static_cast<std::size_t>(i)].first, sum / static_cast<double>(last - first + 1));
  }
  return means;
}

class ChartDrawing {
 public:
  ChartDrawing(const ChartSource& source, std::string title, std::vector<Curve> curves, std::vector<StageSpan> spans)
      : source_(source), title_(std::move(title)), curves_(std::move(curves)), spans_(std::move(spans)) {
    double low = std::numeric_limits<double>::infinity(), high = -low, x_low = low, x_high = -low;
    for (const Curve& curve : curves_) {
      for (const auto& [x, y] : curve.points) {
        x_low = std::min(x_low, x), x_high = std::max(x_high, x), low = std::min(low, y), high = std::max(high, y);
      }
    }
    if (source_.from_zero) low = std::min(low, 0.0), high = std::max(high, source_.in_percent ? 0.1 : 0.0);
    y_ticks_ = nice_ticks(low, high, 4);
    y_ = {y_ticks_.front(), y_ticks_.back(), kArea.inner_bottom(), kArea.top};
    if (x_low == x_high) x_low -= 1, x_high += 1;
    x_ = {x_low, x_high, kArea.left, kArea.inner_right()};
  }

  std::string html() const {
    const std::string unit = source_.unit.empty() ? "" : " <span class=\"unit\">" + escape_html(source_.unit) + "</span>";
    return "<figure class=\"chart\" data-plot=\"" + escape_html(hover_data()) + "\"><figcaption>" + escape_html(title_) + unit + legend() + "</figcaption>" +
           "<svg viewBox=\"0 0 " + coordinate(kArea.width) + " " + coordinate(kArea.height) + "\" role=\"img\" aria-label=\"" + escape_html(title_) + "\">" +
           stage_marks() + svg_y_axis(kArea, y_, y_ticks_, source_.in_percent) + x_axis() + drawn_curves() + "</svg></figure>\n";
  }

 private:
  static constexpr PlotArea kArea{460, 214, 46, 12, 20, 24};
  static constexpr std::size_t kSmoothFrom = 60;  ///< With fewer points every one is worth seeing.

  std::string legend() const {
    if (curves_.size() < 2) return "";
    std::string html = "<span class=\"legend\">";
    for (std::size_t i = 0; i < curves_.size(); ++i) html += "<span class=\"key c" + std::to_string(i + 1) + "\">" + escape_html(curves_[i].label) + "</span>";
    return html + "</span>";
  }

  std::string stage_marks() const {
    std::string svg;
    for (std::size_t i = 0; i < spans_.size(); ++i) {
      const double first = std::clamp(x_.at(spans_[i].first), x_.from, x_.to), last = std::clamp(x_.at(spans_[i].last), x_.from, x_.to);
      if (last <= first) continue;
      if (i % 2 == 1) {
        svg += "<rect class=\"stage\" x=\"" + coordinate(first) + "\" y=\"" + coordinate(kArea.top) + "\" width=\"" + coordinate(last - first) +
               "\" height=\"" + coordinate(kArea.inner_bottom() - kArea.top) + "\"/>";
      }
      if (i > 0) svg += svg_line(first, kArea.top - 12, first, kArea.inner_bottom(), "boundary");
      svg += svg_text(first + 4, kArea.top - 6, TextAnchor::kStart, spans_[i].name, "stage-name");
    }
    return svg;
  }

  std::string x_axis() const {
    std::string svg;
    for (const double tick : nice_ticks(x_.low, x_.high, 6)) {
      if (tick < x_.low || tick > x_.high || tick != std::round(tick)) continue;
      svg += svg_text(x_.at(tick), kArea.inner_bottom() + 15, TextAnchor::kMiddle, short_number(tick, 9));
    }
    return svg;
  }

  Points placed(const Points& points) const {
    Points placed;
    for (const auto& [x, y] : points) placed.emplace_back(x_.at(x), y_.at(y));
    return placed;
  }

  std::string drawn_curves() const {
    std::string svg;
    for (std::size_t i = 0; i < curves_.size(); ++i) {
      const Curve& curve = curves_[i];
      const std::string color = "c" + std::to_string(i + 1);
      const bool smooth = !curve.markers && curve.points.size() >= kSmoothFrom;
      if (smooth) svg += svg_path(placed(curve.points), "raw " + color);
      // A line between two far measurements would say something of the time between them.
      if (!curve.markers || curve.points.size() > 2) svg += svg_path(placed(smooth ? smoothed(curve.points) : curve.points), "curve " + color);
      if (!curve.markers && curve.points.size() > 1) continue;
      for (const auto& [x, y] : placed(curve.points)) {
        svg += "<circle class=\"dot " + color + "\" cx=\"" + coordinate(x) + "\" cy=\"" + coordinate(y) + "\" r=\"" +
               (curve.points.size() > 40 ? "1.6" : "2.6") + "\"/>";
      }
    }
    return svg;
  }

  /// What the page's script needs to show the values under the pointer.
  std::string hover_data() const {
    std::string json = "{\"left\":" + coordinate(100 * x_.from / kArea.width) + ",\"right\":" + coordinate(100 * x_.to / kArea.width) +
                       ",\"low\":" + short_number(x_.low, 9) + ",\"high\":" + short_number(x_.high, 9) + ",\"curves\":[";
    for (const Curve& curve : curves_) {
      json += (&curve == &curves_.front() ? "{\"label\":\"" : ",{\"label\":\"") + std::string(curve.label) + "\",\"points\":[";
      for (std::size_t i = 0; i < curve.points.size(); ++i) {
        json += (i == 0 ? "[" : ",[") + short_number(curve.points[i].first, 9) + "," + short_number(curve.points[i].second, 5) + "]";
      }
      json += "]}";
    }
    return json + "]}";
  }

  const ChartSource& source_;
  std::string title_;
  std::vector<Curve> curves_;
  std::vector<StageSpan> spans_;
  std::vector<double> y_ticks_;
  PlotAxis x_, y_;
};

}  // namespace

std::string curve_charts(const std::vector<MetricLine>& metrics) {
  const std::vector<StageSpan> spans = stage_spans(metrics);
  std::string html;
  for (const ChartSource& source : chart_sources()) {
    if (!source.by_stage) {
      std::vector<Curve> curves = curves_of(source, metrics, nullptr);
      if (!curves.empty()) html += ChartDrawing(source, std::string(source.title), std::move(curves), spans).html();
      continue;
    }
    for (const StageSpan& span : spans) {
      std::vector<Curve> curves = curves_of(source, metrics, &span.name);
      if (!curves.empty()) html += ChartDrawing(source, std::string(source.title) + ", " + span.name, std::move(curves), {}).html();
    }
  }
  return html;
}

}  // namespace lydian
