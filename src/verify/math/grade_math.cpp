#include "verify/math/grade_math.h"

#include <chrono>
#include <cstdio>
#include <map>
#include <utility>

#include "core/json_text.h"
#include "verify/grade_rows.h"

namespace lydian {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kGroupFields[] = {"label_type", "kind", "source", "category"};
constexpr std::int64_t kMostPlaces = 30;

std::string text_or_number(const Json& value, const std::string& field) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number()) return value.dump();
  throw RowMistake{field + ": expected text or a number, got " + shown(value)};
}

std::vector<std::string> golds_of(const Json& row) {
  if (!row.contains("gold")) throw RowMistake{"gold: expected text or a list of texts, got nothing"};
  const Json& gold = row["gold"];
  if (!gold.is_array()) return {text_or_number(gold, "gold")};
  if (gold.empty()) throw RowMistake{"gold: expected at least one, got []"};
  std::vector<std::string> golds;
  for (const Json& one : gold) golds.push_back(text_or_number(one, "gold"));
  return golds;
}

/// What is graded, and as what.
std::pair<std::string, MathKind> prediction_of(const Json& row) {
  const bool has_prediction = row.contains("prediction"), has_response = row.contains("response");
  if (has_prediction == has_response) throw RowMistake{"expected one of prediction and response, got " + std::string(has_prediction ? "both" : "neither")};
  if (has_response) return {text_or_number(row["response"], "response"), MathKind::kResponse};
  const std::string kind = row.contains("kind") && row["kind"].is_string() ? row["kind"].get<std::string>() : row.contains("kind") ? "" : "answer";
  if (kind != "answer" && kind != "response") throw RowMistake{R"(kind: expected "answer" or "response", got )" + shown(row["kind"])};
  return {text_or_number(row["prediction"], "prediction"), kind == "answer" ? MathKind::kAnswer : MathKind::kResponse};
}

class RowGrader {
 public:
  explicit RowGrader(const MathOptions& options) : verifier_(options) {}

  Json grade(const Json& row) const {
    const std::vector<std::string> golds = golds_of(row);
    const auto [prediction, kind] = prediction_of(row);
    if (row.contains("expected") && !row["expected"].is_boolean()) throw RowMistake{"expected: expected true or false, got " + shown(row["expected"])};
    const auto begin = std::chrono::steady_clock::now();
    const MathGrade grade = graded(row, golds, prediction, kind);
    const auto spent = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin);
    Json line{{"id", row.value("id", Json())},
              {"equal", grade.equal && grade.status != VerdictStatus::kVerifierFault},
              {"status", to_string(grade.status)},
              {"method", to_string(grade.method)},
              {"reason", grade.reason},
              {"extracted", grade.extracted},
              {"micros", spent.count()}};
    if (row.contains("expected")) line["expected"] = row["expected"];
    return line;
  }

 private:
  MathGrade graded(const Json& row, const std::vector<std::string>& golds, const std::string& prediction, MathKind kind) const {
    if (!row.contains("float_rounding")) return verifier_.grade(golds, prediction, kind);
    const Json& places = row["float_rounding"];
    if (!places.is_number_integer() || places.get<std::int64_t>() < 0 || places.get<std::int64_t>() > kMostPlaces) {
      throw RowMistake{"float_rounding: expected an integer from 0 to 30, got " + shown(places)};
    }
    MathOptions options = verifier_.options();
    options.decimal_places = places.get<std::int64_t>();
    return MathVerifier(options).grade(golds, prediction, kind);
  }

  MathVerifier verifier_;
};

Json broken_line(const Json& row, const std::string& error) {
  Json line{{"id", row.is_object() ? row.value("id", Json()) : Json()},
            {"equal", false},
            {"status", "broken_row"},
            {"method", "none"},
            {"reason", "the row cannot be read"},
            {"extracted", ""},
            {"micros", 0},
            {"error", error}};
  if (row.is_object() && row.contains("expected")) line["expected"] = row["expected"];
  return line;
}

void add(MathTally& tally, bool expected, bool equal) {
  ++(expected ? tally.positives : tally.negatives);
  if (equal) ++(expected ? tally.true_accepts : tally.false_accepts);
}

/// Collects a summary row by row.
class Collector {
 public:
  void see(const Json& row, const Json& line) {
    ++summary_.rows;
    const auto status = line.at("status").get<std::string>();
    if (status == to_string(VerdictStatus::kUnparsable)) ++summary_.unparsable;
    if (status == to_string(VerdictStatus::kResourceLimit)) ++summary_.resource_limit;
    if (status == to_string(VerdictStatus::kVerifierFault)) ++summary_.fault;
    if (status == "broken_row") ++summary_.broken;
    const bool judged = status != to_string(VerdictStatus::kVerifierFault) && status != "broken_row";
    if (!judged && summary_.first_mistake.empty()) {
      summary_.first_mistake = line.value("error", line.at("reason").get<std::string>());
    }
    const bool equal = line.at("equal") == Json(true);
    if (equal) ++summary_.equal;
    // What could not be judged at all counts as not accepted: a recall that left it out would be too good.
    if (!line.contains("expected") || !line["expected"].is_boolean()) return;
    const bool expected = line["expected"].get<bool>();
    add(all_, expected, equal);
    for (const char* field : kGroupFields) {
      if (row.contains(field) && row[field].is_string()) add(groups_[field][row[field].get<std::string>()], expected, equal);
    }
  }

  MathGradingSummary finish() {
    if (all_.rows() > 0) summary_.groups.push_back({"", "", all_});
    for (const char* field : kGroupFields) {
      for (const auto& [value, tally] : groups_[field]) summary_.groups.push_back({field, value, tally});
    }
    return std::move(summary_);
  }

 private:
  MathGradingSummary summary_;
  MathTally all_;
  std::map<std::string, std::map<std::string, MathTally>> groups_;
};

Json share(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? Json() : Json(static_cast<double>(part) / static_cast<double>(whole));
}

std::string percent(std::int64_t part, std::int64_t whole) {
  if (whole == 0) return "       -";
  char text[32];
  std::snprintf(text, sizeof text, "%8.2f", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
  return text;
}

}  // namespace

std::string MathGradingSummary::table() const {
  std::string text = std::to_string(rows) + " rows: " + std::to_string(equal) + " equal, " + std::to_string(unparsable) + " unparsable, " +
                     std::to_string(resource_limit) + " over a limit, " + std::to_string(fault) + " with a gold that cannot be used, " +
                     std::to_string(broken) + " broken\n";
  if (groups.empty()) return text;
  text += "\n    rows  accuracy  recall  false positives, %\n";
  std::string field;
  for (const Group& group : groups) {
    if (group.field != field) text += "by " + group.field + "\n";
    field = group.field;
    const MathTally& tally = group.tally;
    char count[32];
    std::snprintf(count, sizeof count, "%8lld", static_cast<long long>(tally.rows()));
    text += count + percent(tally.right(), tally.rows()) + percent(tally.true_accepts, tally.positives) + percent(tally.false_accepts, tally.negatives) + "  " +
            (group.value.empty() ? "all" : group.value) + "\n";
  }
  return text;
}

std::string MathGradingSummary::json() const {
  Json list = Json::array();
  for (const Group& group : groups) {
    const MathTally& tally = group.tally;
    list.push_back({{"field", group.field},
                    {"value", group.value},
                    {"rows", tally.rows()},
                    {"accuracy", share(tally.right(), tally.rows())},
                    {"recall", share(tally.true_accepts, tally.positives)},
                    {"false_positive_rate", share(tally.false_accepts, tally.negatives)},
                    {"false_accepts", tally.false_accepts},
                    {"false_refusals", tally.positives - tally.true_accepts}});
  }
  return Json{{"rows", rows},         {"equal", equal}, {"unparsable", unparsable}, {"resource_limit", resource_limit}, {"verifier_fault", fault},
              {"broken_row", broken}, {"groups", list}}
      .dump(2, ' ', false, Json::error_handler_t::replace);
}

MathGradingSummary grade_math_file(const std::string& input, const std::string& output, const MathOptions& options, int threads) {
  const RowGrader grader(options);
  Collector collector;
  grade_rows({.input = input,
              .output = output,
              .threads = threads,
              .keep_digits = true,
              .grade = [&grader](const Json& row) { return grader.grade(row); },
              .broken = broken_line,
              .see = [&collector](const Json& row, const Json& line) { collector.see(row, line); }});
  return collector.finish();
}

}  // namespace lydian
