// The math verifier against labeled rows: recall and false-positive rate by label class and category, every disagreement by id, and gold = gold.
//   math_score rows triples.jsonl [--all]        rows: {id, gold, prediction or response, kind?, expected, category?, label_type?}; --all prints every row's
//   verdict math_score self answers.jsonl                rows: {answer: text or list}: each must equal itself and be read whole
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "lydian/verify/math_verifier.h"

namespace {

using lydian::MathGrade;
using lydian::MathKind;
using lydian::MathVerifier;
using nlohmann::json;

struct Tally {
  int right = 0, wrong = 0, accepted_right = 0, accepted_wrong = 0;
  void add(bool expected, bool equal) {
    (expected ? right : wrong) += 1;
    if (equal) (expected ? accepted_right : accepted_wrong) += 1;
  }
  void print(const std::string& name) const {
    const int total = right + wrong, correct = accepted_right + wrong - accepted_wrong;
    std::printf("%-38s rows %5d  accuracy %.4f  recall %.4f (%d/%d)  false positives %.4f (%d/%d)\n", name.c_str(), total,
                total == 0 ? 1.0 : double(correct) / total, right == 0 ? 1.0 : double(accepted_right) / right, accepted_right, right,
                wrong == 0 ? 0.0 : double(accepted_wrong) / wrong, accepted_wrong, wrong);
  }
};

std::string shown(const std::string& text) {
  std::string out = json(text.size() > 160 ? "…" + text.substr(text.size() - 150) : text).dump(-1, ' ', false, json::error_handler_t::replace);
  return out;
}

int score(const char* path, bool all) {
  std::ifstream file(path);
  const MathVerifier verifier;
  std::map<std::string, Tally> by_label, by_category;
  double slowest = 0.0;
  std::string line, slowest_id;
  while (std::getline(file, line)) {
    const json row = json::parse(line);
    const bool response = row.contains("response") || row.value("kind", "answer") == "response";
    const auto prediction = row.contains("response") ? row["response"].get<std::string>() : row["prediction"].get<std::string>();
    const bool expected = row["expected"].get<bool>();
    const auto start = std::chrono::steady_clock::now();
    const MathGrade grade = verifier.grade(row["gold"].get<std::string>(), prediction, response ? MathKind::kResponse : MathKind::kAnswer);
    const double ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    const auto id = row.value("id", "");
    if (ms > slowest) {
      slowest = ms;
      slowest_id = id;
    }
    const auto label = row.value("label_type", "math"), category = row.value("category", "responses");
    by_label[category == "hostile" ? "hostile" : label].add(expected, grade.equal);
    by_category[label + " " + category].add(expected, grade.equal);
    if (all || grade.equal != expected) {
      std::printf("%s %s %s %s gold %s prediction %s extracted %s [%s %s: %s] %.2f ms cost %lld\n",
                  expected == grade.equal ? "ok  "
                  : expected              ? "MISS"
                                          : "FALSE",
                  id.c_str(), category.c_str(), label.c_str(), shown(row["gold"].get<std::string>()).c_str(), shown(prediction).c_str(),
                  shown(grade.extracted).c_str(), to_string(grade.status), to_string(grade.method), grade.reason.c_str(), ms,
                  static_cast<long long>(grade.cost));
    }
  }
  for (const auto& [name, tally] : by_category) tally.print(name);
  for (const auto& [name, tally] : by_label) tally.print("== " + name);
  std::printf("slowest %.2f ms (%s)\n", slowest, slowest_id.c_str());
  return 0;
}

int self(const char* path) {
  std::ifstream file(path);
  const MathVerifier verifier;
  int total = 0, equal = 0, whole = 0;
  std::string line;
  while (std::getline(file, line)) {
    const json row = json::parse(line);
    if (!row.contains("answer") || row["answer"].is_null()) continue;
    const auto answers = row["answer"].is_array() ? row["answer"].get<std::vector<std::string>>() : std::vector<std::string>{row["answer"].get<std::string>()};
    for (const std::string& answer : answers) {
      ++total;
      const MathGrade itself = verifier.grade_gold(answer);
      const bool same = itself.equal;
      const lydian::MathReading reading = verifier.read(answer);
      equal += same ? 1 : 0;
      whole += reading.whole ? 1 : 0;
      if (!same || !reading.whole)
        std::printf("%s %s: %s\n", same ? "not whole" : "NOT EQUAL TO ITSELF", shown(answer).c_str(), (same ? reading.reason : itself.reason).c_str());
    }
  }
  std::printf("%s: %d answers, equal to themselves %d (%.4f), read whole %d (%.4f)\n", path, total, equal, double(equal) / total, whole, double(whole) / total);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc >= 3 && std::strcmp(argv[1], "rows") == 0) return score(argv[2], argc > 3);
  if (argc >= 3 && std::strcmp(argv[1], "self") == 0) return self(argv[2]);
  std::fprintf(stderr, "usage: math_score rows FILE [--all] | self FILE\n");
  return 2;
}
