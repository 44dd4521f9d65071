#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

namespace lydian {

/// A row that cannot be graded; the sentence says what was expected and what stood there.
struct RowMistake {
  std::string sentence;
};

/// Grades a file of JSON lines on threads.
struct RowGrading {
  std::string input, output;
  int threads = 1;
  bool keep_digits = false;  ///< Numbers that JSON values cannot hold arrive as text.
  /// The output line of a row. Called from several threads; throws RowMistake for a row that cannot be graded.
  std::function<nlohmann::ordered_json(const nlohmann::ordered_json& row)> grade;
  /// The output line of a row that cannot be graded (null where it is no JSON); `error` names file and line.
  std::function<nlohmann::ordered_json(const nlohmann::ordered_json& row, const std::string& error)> broken;
  /// Each row and its output line, in the order of the file, from the caller's thread.
  std::function<void(const nlohmann::ordered_json& row, const nlohmann::ordered_json& graded)> see;
};

/// A line of output for each line of input that is not empty, in their order, whatever the number of threads. The output appears under its name when it is
/// whole. A row that cannot be graded stops nothing. Throws IoError where a file cannot be read or written.
void grade_rows(const RowGrading& grading);

}  // namespace lydian
