// Two answers with a line's end between them: bounded work, one verdict, an answer equals itself, values are equal both ways, and what is equal agrees in
// numbers.
#include <string>
#include <tuple>

#include "fuzz/fuzz.h"
#include "lydian/verify/math_verifier.h"
#include "verify/math/evaluate.h"
#include "verify/math/parser.h"
#include "verify/math/text_answer.h"

namespace {

using namespace lydian;
using namespace lydian::math;

const MathVerifier& verifier() {
  static const MathVerifier only;
  return only;
}

MathGrade graded(std::string_view gold, std::string_view prediction) {
  MathGrade grade = verifier().grade(gold, prediction, MathKind::kAnswer);
  if (grade.cost > verifier().options().max_cost + 4000) __builtin_trap();
  return grade;
}

// A value of letters and numbers without conventions: no decimals, units, percent, degrees, bases, words, \log; no functions by name only.
bool is_plain_value(const Tree& tree, NodeId id) {
  return is_scalar(tree, id) && !any(tree, id, [](const Node& node, NodeId) {
           const bool decimal = node.op == Op::kNumber && node.flag == kDecimal;
           const bool log = node.op == Op::kCall && static_cast<Function>(node.payload) == Function::kLog;
           return decimal || log || node.op > Op::kSum || node.op == Op::kBased || node.op == Op::kApply || node.op == Op::kPlusMinus ||
                  node.op == Op::kDegree || node.op == Op::kPercent || node.op == Op::kUnit;
         });
}

// The values at a point do not meet.
bool differ(const Tree& tree, NodeId a, NodeId b, Point point) {
  try {
    const EvaluateOptions precise{.precision = 256};
    Budget budget(2000);
    Folder folder(tree, verifier().options().max_bits, budget);
    const Ball x = Evaluator(folder, precise, point).value(a), y = Evaluator(folder, precise, point).value(b);
    if (!x.is_finite() || !y.is_finite() || !x.is_real() || !y.is_real()) return false;
    return arb_overlaps(x.real(), y.real()) == 0;
  } catch (const Undefined&) {
    return false;
  } catch (const LimitExceeded&) {
    return false;
  }
}

void check_values(std::string_view gold, std::string_view prediction, const MathGrade& grade) {
  if (grade.status != VerdictStatus::kScored || is_option_letter(gold) || is_option_letter(prediction)) return;
  Tree tree;
  NodeId a = kNoNode, b = kNoNode;
  try {
    a = parse(gold, {}, tree).root;
    b = parse(prediction, {}, tree).root;
  } catch (const LimitExceeded&) {
    return;
  }
  if (a == kNoNode || b == kNoNode || !is_plain_value(tree, a) || !is_plain_value(tree, b)) return;
  const MathGrade turned = graded(prediction, gold);
  // The answer may have values where the gold has none, never the other way round.
  const auto one_sided = [](const MathGrade& one) {
    return one.reason.find("no value") != std::string::npos || one.reason.find("not exist") != std::string::npos;
  };
  if (turned.status == VerdictStatus::kScored && grade.equal != turned.equal && !one_sided(grade) && !one_sided(turned)) __builtin_trap();
  if (!grade.equal || grade.method == MathMethod::kText) return;
  for (std::uint32_t i = 0; i < 8; ++i) {
    for (const std::uint32_t first : {0U, Point::kMixed, Point::kWide}) {
      if (differ(tree, a, b, {first + 100 + i})) __builtin_trap();
    }
  }
}

}  // namespace

int fuzz_one(std::string_view input) {
  const std::size_t line = input.find('\n');
  if (line == std::string_view::npos) return 0;
  const std::string_view gold = input.substr(0, line), prediction = input.substr(line + 1);
  const MathGrade grade = graded(gold, prediction), again = graded(gold, prediction);
  if (std::tie(grade.equal, grade.status, grade.method, grade.reason, grade.cost) !=
      std::tie(again.equal, again.status, again.method, again.reason, again.cost)) {
    __builtin_trap();
  }
  // What can be a gold is equal to itself, read and compared.
  const MathGrade own = verifier().grade_gold(gold);
  if (own.status == VerdictStatus::kScored && !own.equal) __builtin_trap();
  if (own.equal && !graded(gold, gold).equal) __builtin_trap();
  check_values(gold, prediction, grade);
  return 0;
}
