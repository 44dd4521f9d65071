#pragma once

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <string>
#include <vector>

#include "verify_code/sandboxed.h"

namespace lydian::code_test {

/// The project's own programs, right, wrong and hostile, in the shapes of rows that `lydian grade code` reads, each with the verdicts that are right for it.
inline std::vector<Json> program_rows() {
  std::ifstream file(source_file("tests/verify_code/data/program_rows.jsonl"));
  std::vector<Json> rows;
  for (std::string line; std::getline(file, line);) rows.push_back(Json::parse(line));
  return rows;
}

inline void expect_right_verdict(const Json& row) {
  const Json line = graded(row);
  const auto& words = row["accept_verdicts"];
  EXPECT_NE(std::find(words.begin(), words.end(), line["verdict"]), words.end())
      << row["id"] << ": " << line["verdict"] << ": " << line["reason"] << line["stderr"] << line["compile_log"];
}

}  // namespace lydian::code_test
