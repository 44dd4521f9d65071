#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lydian/verify/math_verifier.h"

namespace lydian {

/// Gold and verdict of the rows that say what is expected.
struct MathTally {
  std::int64_t positives = 0, negatives = 0;         ///< Expected true, expected false.
  std::int64_t true_accepts = 0, false_accepts = 0;  ///< Of these, graded equal.
  std::int64_t rows() const { return positives + negatives; }
  std::int64_t right() const { return true_accepts + negatives - false_accepts; }
};

/// What a graded file showed.
struct MathGradingSummary {
  struct Group {
    std::string field, value;  ///< "source", "carp"; both empty for all rows.
    MathTally tally;
  };
  std::int64_t rows = 0, equal = 0, unparsable = 0, resource_limit = 0, fault = 0, broken = 0;
  std::string first_mistake;  ///< Of the first row that could not be judged (fault or broken): why.
  std::vector<Group> groups;  ///< All rows, then each value of label_type, kind, source and category, in the order of their names.

  bool nothing_judged() const { return rows > 0 && fault + broken == rows; }
  std::string table() const;
  std::string json() const;
};

/// `lydian grade math`: grades rows with
///   gold        text, a number, or a list of golds that are each acceptable
///   prediction  with "kind": "answer" (a bare answer, also where there is no kind) or "response" (a text in which it must be found first); or
///   response    a whole response
/// and writes for each: id, equal (true or false; false too where nothing could be judged, as the status says), status (scored, unparsable, resource_limit,
/// verifier_fault, broken_row), method, reason, extracted, micros; of a row that cannot be read also error, which names file and line. `expected` is repeated
/// where a row has it. `float_rounding` of a row is its own decimal_places. Throws IoError where a file cannot be read or written.
MathGradingSummary grade_math_file(const std::string& input, const std::string& output, const MathOptions& options, int threads);

}  // namespace lydian
