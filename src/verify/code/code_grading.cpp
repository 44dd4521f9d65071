#include "verify/code/code_grading.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>
#include <vector>

#include "core/json_text.h"
#include "lydian/core/durable_file.h"
#include "lydian/core/error.h"
#include "verify/code/code_judge.h"
#include "verify/code/code_problem.h"

namespace lydian::code {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kMostWorkers = 512;  // As many cells as the sandbox makes.

Json id_of(const Json& row, const std::string& place) {
  for (const char* name : {"id", "task_id"}) {
    if (row.is_object() && row.contains(name)) return row[name];
  }
  return place;
}

ProgramJudgement fault(const std::string& place, const std::string& reason) {
  ProgramJudgement judgement;
  judgement.reason = place + ": " + reason;
  return judgement;
}

ProgramJudgement judge_row(const Json& row, const std::string& place, ProgramRunner& runner, const GradingOptions& options) {
  try {
    const CodeProblem problem = read_code_problem(row);
    return judge_program(problem, read_program(row), runner, options.fraction);
  } catch (const std::exception& error) {
    return fault(place, error.what());
  }
}

Json reward_of(const ProgramJudgement& judged, const GradingOptions& options) {
  if (!judged.has_reward()) return nullptr;
  if (judged.verdict == ProgramVerdict::kAccepted) return 1.0;
  if (!options.fraction || judged.total == 0) return 0.0;
  return static_cast<double>(judged.passed) / static_cast<double>(judged.total);
}

struct Row {
  std::string_view text;
  std::string place;
  std::string verdict_line, verdict;
  bool judged = false;
};

std::vector<Row> rows_of(std::string_view file, const std::string& path) {
  std::vector<Row> rows;
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < file.size();) {
    const std::size_t end = std::min(file.find('\n', begin), file.size());
    const std::string_view text = file.substr(begin, end - begin);
    begin = end + 1;
    ++number;
    if (text.find_first_not_of(" \t\r") != std::string_view::npos) rows.push_back({text, path + ", line " + std::to_string(number), {}, {}, false});
  }
  return rows;
}

}  // namespace

std::string grade_row(std::string_view text, const std::string& place, ProgramRunner& runner, const GradingOptions& options, std::string* verdict) {
  Json row;
  ProgramJudgement judged;
  try {
    row = parse_json(text);
    judged = judge_row(row, place, runner, options);
  } catch (const JsonMistake& mistake) {
    judged = fault(place, (mistake.place.empty() ? "" : mistake.place + ": ") + mistake.sentence);
  } catch (const std::exception& error) {
    judged = fault(place, error.what());
  }
  Json line{{"id", id_of(row, place)},
            {"verdict", to_string(judged.verdict)},
            {"reward", reward_of(judged, options)},
            {"passed", judged.passed},
            {"total", judged.total},
            {"wall_s", judged.wall_s},
            {"cpu_s", judged.cpu_s},
            {"peak_mib", judged.peak_mib},
            {"reason", judged.reason},
            {"layers", judged.layers}};
  if (options.keep_output) {
    line["stdout"] = judged.stdout_text;
    line["stderr"] = judged.stderr_text;
    line["compile_log"] = judged.compile_log;
  }
  if (verdict) *verdict = to_string(judged.verdict);
  // What a program printed need not be UTF-8.
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

namespace {

/// Writes verdicts in the order of the rows as far as all rows before have one, so that whoever looks at the file, or stops the work, has what is done.
class VerdictFile {
 public:
  VerdictFile(const std::string& path, std::vector<Row>& rows) : path_(path), rows_(rows), file_(path, std::ios::binary | std::ios::trunc) { check(); }

  void judged(Row& row, std::string line, std::string verdict) {
    const std::lock_guard<std::mutex> lock(mutex_);
    row.verdict_line = std::move(line);
    row.verdict = std::move(verdict);
    row.judged = true;
    for (; next_ < rows_.size() && rows_[next_].judged; ++next_) file_ << rows_[next_].verdict_line << '\n';
    file_.flush();
  }
  void check() const {
    if (!file_) throw IoError("grade_code", "verdicts cannot be written to " + path_);
  }

 private:
  const std::string& path_;
  std::vector<Row>& rows_;
  std::mutex mutex_;
  std::ofstream file_;
  std::size_t next_ = 0;
};

void check_paths(const std::string& input, const std::string& output) {
  std::error_code absent;
  if (std::filesystem::equivalent(input, output, absent)) throw ConfigError("grade_code", "an output that is not the input", output);
}

}  // namespace

GradingSummary grade_file(const std::string& input, const std::string& output, ProgramRunner& runner, const GradingOptions& options) {
  if (options.workers < 1 || options.workers > kMostWorkers) throw ConfigError("grade_code", "workers from 1 to 512", std::to_string(options.workers));
  check_paths(input, output);
  const std::string file = read_whole_file(input);
  std::vector<Row> rows = rows_of(file, input);
  if (rows.empty()) throw ConfigError("grade_code", "an input with at least one row", input);
  // Before hours of work, not after: the output can be written.
  write_file_durably(output, "");
  VerdictFile verdicts(output, rows);
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < rows.size(); i = next++) {
      std::string verdict;
      std::string line = grade_row(rows[i].text, rows[i].place, runner, options, &verdict);
      verdicts.judged(rows[i], std::move(line), std::move(verdict));
    }
  };
  std::vector<std::thread> workers;
  for (int i = 1; i < options.workers; ++i) workers.emplace_back(work);
  work();
  for (std::thread& worker : workers) worker.join();

  verdicts.check();
  GradingSummary summary;
  std::string lines;
  for (const Row& row : rows) {
    lines += row.verdict_line;
    lines += '\n';
    ++summary.by_verdict[row.verdict];
    ++summary.rows;
  }
  write_file_durably(output, lines);
  return summary;
}

}  // namespace lydian::code
