#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lydian {

/// The numbers of one step, in the order in which they were set. Names are TRL's (docs/metrics.md); what may differ between two equal
/// runs begins with `time/` or `perf/`.
class Metrics {
 public:
  using Entry = std::pair<std::string, double>;

  /// Sets `name`; a second call replaces the value and keeps the place.
  void set(std::string_view name, double value);
  std::optional<double> get(std::string_view name) const;
  /// Throws Error naming the metric where it is absent.
  double at(std::string_view name) const;
  /// Sets all of `other`, each name behind `prefix`.
  void merge(const Metrics& other, std::string_view prefix = {});

  const std::vector<Entry>& entries() const { return entries_; }
  bool empty() const { return entries_.empty(); }

 private:
  std::vector<Entry> entries_;
};

}  // namespace lydian
