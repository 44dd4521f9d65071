#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lydian {

/// One direction of a plot: values low … high lie at positions from … to, in SVG units.
struct PlotAxis {
  double low = 0.0, high = 1.0, from = 0.0, to = 1.0;
  double at(double value) const { return from + (value - low) / (high - low) * (to - from); }
};

/// Round values, about `count` of them, that cover low … high.
std::vector<double> nice_ticks(double low, double high, int count);

/// Where a plot's drawing area lies within its viewBox.
struct PlotArea {
  double width, height, left, right, top, bottom;
  double inner_right() const { return width - right; }
  double inner_bottom() const { return height - bottom; }
};

enum class TextAnchor { kStart, kMiddle, kEnd };
std::string svg_text(double x, double y, TextAnchor anchor, std::string_view text, std::string_view css_class = "tick");
std::string svg_line(double x1, double y1, double x2, double y2, std::string_view css_class);
/// A path through the points, in SVG units; a point that is not finite breaks it.
std::string svg_path(const std::vector<std::pair<double, double>>& points, std::string_view css_class);

/// Horizontal grid lines with their labels at the left.
std::string svg_y_axis(const PlotArea& area, const PlotAxis& y, const std::vector<double>& ticks, bool in_percent);

}  // namespace lydian
