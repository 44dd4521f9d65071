#pragma once

namespace lydian::sandbox {

/// What the processes of a run have had of the processors, in seconds.
struct ProcessorTime {
  double used = 0;     ///< All of them together, also those that are gone.
  double waiting = 0;  ///< The longest that one of them was ready to run and was kept from it by others than the cell's own processes.
  bool known = false;  ///< A control group counts it. Else `used` is of those that are there, and `waiting` is 0: it could be feigned.
};

/// What a deadline means for a run that is still there: it has had its time (kLate), it is given time until `next` (kWait), or the machine was too busy to
/// say anything about it (kStarved).
struct DeadlineVerdict {
  enum class Kind { kLate, kWait, kStarved } kind = Kind::kLate;
  double next = 0;  ///< In seconds from the run's beginning.
};

/// The limit `wall_s` is of the time that the machine let the run have. A run that used far less, and was kept from the processors by others, is given what it
/// waited for; a sleeping one waits for no processor. `elapsed_s`, `deadline_s`: from the run's beginning; `attempts`: 1, or 2 for the repetition.
DeadlineVerdict at_deadline(const ProcessorTime& time, double wall_s, double elapsed_s, double deadline_s, int attempts);

}  // namespace lydian::sandbox
