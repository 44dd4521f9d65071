#include "sandbox/broker/deadline.h"

#include <algorithm>

#include "sandbox/protocol.h"

namespace lydian::sandbox {
namespace {

// Share of the limit: a run that used less, and waited for a processor longer, was kept from it by others.
constexpr double kStarvedUse = 0.7, kStarvedWait = 0.25;
// What such a run is given above its limit: little at first, since what loads the machine may pass, then as many limits more.
constexpr double kFirstExtension_s = 0.75, kLastExtension = 3.0;
static_assert(1 + (1 + kLastExtension) < kMostWalls);

}  // namespace

DeadlineVerdict at_deadline(const ProcessorTime& time, double wall_s, double elapsed_s, double deadline_s, int attempts) {
  const double had = elapsed_s - time.waiting;
  if (time.used >= kStarvedUse * wall_s || time.waiting <= kStarvedWait * wall_s || had >= wall_s) return {};
  const double last = wall_s + (attempts == 1 ? kFirstExtension_s : kLastExtension * wall_s);
  if (deadline_s >= last) return {DeadlineVerdict::Kind::kStarved};
  return {DeadlineVerdict::Kind::kWait, std::min(elapsed_s + wall_s - had, last)};
}

}  // namespace lydian::sandbox
