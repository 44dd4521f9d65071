#include "verify/grade_rows.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>
#include <vector>

#include "core/json_text.h"
#include "lydian/core/error.h"
#include "lydian/core/thread_pool.h"

namespace lydian {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kComponent = "grade";
constexpr std::size_t kRowsTogether = 4096;  // Held in memory; a file may be larger than it.
constexpr std::size_t kRowsOfAPart = 16;

struct Row {
  std::size_t number = 0;
  std::string line;
  Json row, graded;
};

/// The next rows of the file; none at its end.
std::vector<Row> next_rows(std::ifstream& file, std::size_t& number, const std::string& path) {
  std::vector<Row> rows;
  std::string line;
  while (rows.size() < kRowsTogether && std::getline(file, line)) {
    ++number;
    if (line.find_first_not_of(" \t\r") != std::string::npos) rows.push_back({number, std::move(line), {}, {}});
  }
  if (file.bad()) throw IoError(kComponent, path + ": cannot read: " + std::generic_category().message(errno));
  return rows;
}

void grade_row(const RowGrading& grading, Row& row) {
  const std::string place = grading.input + ", line " + std::to_string(row.number);
  try {
    row.row = grading.keep_digits ? parse_json_keeping_digits(row.line) : parse_json(row.line);
    if (!row.row.is_object()) throw RowMistake{"expected an object {…}, got " + shown(row.row)};
    row.graded = grading.grade(row.row);
  } catch (const JsonMistake& mistake) {
    const std::size_t column = mistake.place.find("column");
    row.graded = grading.broken({}, place + (column == std::string::npos ? "" : ", " + mistake.place.substr(column)) + ": " + mistake.sentence);
  } catch (const RowMistake& mistake) {
    row.graded = grading.broken(row.row, place + ": " + mistake.sentence);
  }
}

/// A file under a temporary name until it is whole; a device or a pipe is written as it is.
class OutputFile {
 public:
  explicit OutputFile(const std::string& path)
      : path_(path), replaces_(!std::filesystem::is_other(path)), written_(replaces_ ? path + ".partial" : path), file_(written_, std::ios::binary) {
    if (!file_) fail("write");
  }
  ~OutputFile() {
    if (replaces_ && !published_) std::remove(written_.c_str());
  }
  void write(const std::string& text) {
    if (!file_.write(text.data(), static_cast<std::streamsize>(text.size()))) fail("write");
  }
  void publish() {
    file_.close();
    if (!file_ || (replaces_ && std::rename(written_.c_str(), path_.c_str()) != 0)) fail("write");
    published_ = true;
  }

 private:
  [[noreturn]] void fail(const char* action) const { throw IoError(kComponent, path_ + ": cannot " + action + ": " + std::generic_category().message(errno)); }

  std::string path_;
  bool replaces_;  ///< Not a device or a pipe, in whose place a rename would put a file.
  std::string written_;
  std::ofstream file_;
  bool published_ = false;
};

}  // namespace

void grade_rows(const RowGrading& grading) {
  std::ifstream input(grading.input, std::ios::binary);
  if (!input) throw IoError(kComponent, grading.input + ": cannot open: " + std::generic_category().message(errno));
  OutputFile output(grading.output);
  ThreadPool pool(grading.threads);
  std::size_t number = 0;
  for (std::vector<Row> rows = next_rows(input, number, grading.input); !rows.empty(); rows = next_rows(input, number, grading.input)) {
    const std::size_t parts = (rows.size() + kRowsOfAPart - 1) / kRowsOfAPart;
    pool.run(static_cast<int>(parts), [&](int part) {
      const std::size_t begin = static_cast<std::size_t>(part) * kRowsOfAPart;
      for (std::size_t i = begin; i < std::min(begin + kRowsOfAPart, rows.size()); ++i) grade_row(grading, rows[i]);
    });
    for (const Row& row : rows) {
      output.write(row.graded.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
      if (grading.see) grading.see(row.row, row.graded);
    }
  }
  output.publish();
}

}  // namespace lydian
