#include "report/plot_axis.h"

#include <array>
#include <cmath>

#include "report/html_text.h"

namespace lydian {

std::vector<double> nice_ticks(double low, double high, int count) {
  if (!(high > low)) {
    const double pad = low == 0.0 ? 1.0 : std::fabs(low) * 0.5;
    low -= pad;
    high += pad;
  }
  const double raw = (high - low) / count;
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  const double mantissa = raw / power;
  const double step = (mantissa <= 1.5 ? 1.0 : mantissa <= 3.0 ? 2.0 : mantissa <= 7.0 ? 5.0 : 10.0) * power;
  const double first = std::floor(low / step + 1e-9), last = std::ceil(high / step - 1e-9);
  std::vector<double> ticks;
  for (double index = first; index <= last; ++index) ticks.push_back(index * step);
  return ticks;
}

std::string svg_text(double x, double y, TextAnchor anchor, std::string_view text, std::string_view css_class) {
  constexpr std::array kAnchors = {"start", "middle", "end"};
  return "<text x=\"" + coordinate(x) + "\" y=\"" + coordinate(y) + "\" text-anchor=\"" + kAnchors[static_cast<std::size_t>(anchor)] + "\" class=\"" +
         std::string(css_class) + "\">" + escape_html(text) + "</text>";
}

std::string svg_line(double x1, double y1, double x2, double y2, std::string_view css_class) {
  return "<line x1=\"" + coordinate(x1) + "\" y1=\"" + coordinate(y1) + "\" x2=\"" + coordinate(x2) + "\" y2=\"" + coordinate(y2) + "\" class=\"" +
         std::string(css_class) + "\"/>";
}

std::string svg_path(const std::vector<std::pair<double, double>>& points, std::string_view css_class) {
  std::string steps;
  bool joined = false;
  for (const auto& [x, y] : points) {
    if (!std::isfinite(x) || !std::isfinite(y)) {
      joined = false;
      continue;
    }
    steps += (joined ? "L" : "M") + coordinate(x) + " " + coordinate(y);
    joined = true;
  }
  return "<path class=\"" + std::string(css_class) + "\" d=\"" + steps + "\"/>";
}

std::string svg_y_axis(const PlotArea& area, const PlotAxis& y, const std::vector<double>& ticks, bool in_percent) {
  std::string svg;
  for (const double tick : ticks) {
    const double at = y.at(tick);
    svg += svg_line(area.left, at, area.inner_right(), at, tick == ticks.front() ? "axis" : "grid");
    svg += svg_text(area.left - 6, at + 3.5, TextAnchor::kEnd, in_percent ? short_number(100 * tick) + "%" : short_number(tick));
  }
  return svg;
}

}  // namespace lydian
