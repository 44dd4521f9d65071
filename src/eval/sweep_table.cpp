#include <cstdarg>
#include <cstdio>
#include <string>

#include "lydian/eval/thinking_sweep.h"

namespace lydian {
namespace {

[[gnu::format(printf, 1, 2)]] std::string line(const char* format, ...) {
  char text[160];
  va_list values;
  va_start(values, format);
  std::vsnprintf(text, sizeof text, format, values);
  va_end(values);
  return text;
}

}  // namespace

std::string ThinkingSweep::table(const std::vector<SweepRow>& before) const {
  std::string text = line("%8s %7s %9s %16s %9s %8s %7s", "budget", "items", "accuracy", "95 % interval", "thinking", "forced", "law");
  text += before.empty() ? "\n" : line(" %7s\n", "before");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const SweepRow& row = rows[i];
    text += line("%8lld %7lld %9.3f %7.3f .. %5.3f %9.1f %6.1f %%", static_cast<long long>(row.budget), static_cast<long long>(row.items), row.accuracy,
                 row.low, row.high, row.thinking_mean, 100.0 * row.forced_share);
    text += row.law < 0.0 ? line(" %7s", "-") : line(" %7.3f", row.law);
    text += i < before.size() ? line(" %7.3f\n", before[i].accuracy) : "\n";
  }
  text += line("rank correlation of budget and accuracy %.3f\n", spearman);
  text += line("accuracy = %.3f %+.3f log2(budget) from %lld tokens up, R2 %.3f\n", fit.intercept, fit.slope, static_cast<long long>(fit_from_budget), fit.r2);
  if (reruns_compared > 0) {
    text += line("cuts compared with runs from scratch: %lld, different: %lld\n", static_cast<long long>(reruns_compared),
                 static_cast<long long>(reruns_different));
  }
  return text;
}

}  // namespace lydian
