#include "lydian/core/metrics.h"

#include <algorithm>

#include "lydian/core/error.h"

namespace lydian {

void Metrics::set(std::string_view name, double value) {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.first == name; });
  if (found != entries_.end()) {
    found->second = value;
  } else {
    entries_.emplace_back(name, value);
  }
}

std::optional<double> Metrics::get(std::string_view name) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.first == name; });
  if (found == entries_.end()) return std::nullopt;
  return found->second;
}

double Metrics::at(std::string_view name) const {
  const std::optional<double> value = get(name);
  if (!value) throw Error("metrics", "a metric named " + std::string(name), "none of that name");
  return *value;
}

void Metrics::merge(const Metrics& other, std::string_view prefix) {
  for (const auto& [name, value] : other.entries_) set(std::string(prefix) + name, value);
}

}  // namespace lydian
