#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lydian/verify/verifier.h"

namespace lydian {

class ConfigVisitor;

/// Conventions of grading, each with an example, gold first. The defaults are made for training: what is not surely equal is unequal.
struct MathOptions {
  // Where the answer stands in a whole response: the first of these rules that finds something decides, and within a rule the last place.
  bool drop_thinking = true;  ///< What stands before the last </think> is not read; a <think> that is never closed holds no answer.
  bool answer_tag = true;     ///< <answer>42</answer>
  bool boxed = true;          ///< \boxed{42}, \fbox{42}, \boxed 4, and a box that is never closed, up to the end.
  bool several_boxes = true;  ///< \boxed{1} and \boxed{2} are read as the list 1, 2, but only where the gold has several values too.
  bool hash_marks = true;     ///< #### 42
  bool answer_phrase = true;  ///< "the answer is 42", "Final answer: 42", "**Answer:** 42", "答案是 42"
  bool last_formula = true;   ///< The last $…$, \(…\), \[…\]; of a chain of = its last exact side.
  bool last_number = true;    ///< The last number, arithmetic term or option letter of the text.

  // What counts as the same.
  std::int64_t decimal_places = 6;      ///< 1/3 = 0.333333: where one side is written as a decimal, both are rounded to so many places; 0: exactly equal only.
  bool assignment_prefix = true;        ///< 5 = "x = 5", also f(x) = …, x \in …; never the other way, so that the question restated earns nothing.
  bool percent_sign_optional = true;    ///< 40\% = 40
  bool percent_as_fraction = true;      ///< 40\% = 0.4 = 2/5
  bool unit_optional = true;            ///< 36\text{ cm} = 36 and 36 = "36 cm"; 36 cm is never 36 m. Single bare letters are variables: 17s is never 17.
  bool currency_optional = true;        ///< \$18.90 = 18.9
  bool degree_optional = true;          ///< 30^\circ = 30 (but inside sin, cos, tan … the sign counts)
  bool base_optional = true;            ///< 664_7 = 664 (never 664_8); off: the base must be written.
  bool modulus_optional = true;         ///< 17 \pmod{20} = 17 (never 17 \pmod{21}); x \equiv 17 \pmod{20} keeps its modulus.
  bool ignore_case = true;              ///< \text{Friday} = friday
  bool option_letter_with_text = true;  ///< (C) = "(C) Plane", 42 = "(C) 42"
  bool list_order_free = true;          ///< 1, 2 = 2, 1 for lists without brackets; sets are always unordered, tuples always ordered.
  bool inequality_as_interval = true;   ///< x < 3 = (-\infty, 3); a gold interval never accepts an inequality unless `interval_as_inequality`.
  bool interval_as_inequality = true;   ///< (-\infty, 3) = "x < 3", where the prediction has one variable and solved bounds only.
  bool tuple_as_list = true;            ///< (1, 3) = "1, 3" = "x = 1, y = 3", in this order.
  bool column_as_tuple = true;          ///< A column vector = the tuple of its entries.
  bool real_roots = true;               ///< -2 = (-8)^{1/3}: the real root where the denominator is odd.
  bool log_is_natural = true;           ///< \log x = \ln x, and where that is unequal \log 1000 = 3; off: \log is to base 10 only.
  bool decimal_comma = false;           ///< 3,5 = 3.5, as in many European languages; off: a comma followed by three digits groups thousands, others separate.

  // Limits, counted, never timed: equal inputs give equal verdicts on every machine.
  std::int64_t max_bytes = 65536;  ///< Of a response its last so many are read; a longer answer is a resource limit.
  std::int64_t max_tokens = 4096;  ///< Of one expression.
  std::int64_t max_depth = 128;    ///< Of nesting.
  std::int64_t max_digits = 4000;  ///< Of one number literal.
  std::int64_t max_bits = 20000;   ///< Of any exact integer that must be written out: 9^{9^9}+1 is a resource limit.
  std::int64_t max_cost = 20000;   ///< Counted units of work of one comparison, about a microsecond each at most.
};

void describe(ConfigVisitor& visitor, MathOptions& options);

/// Whether a prediction is a bare answer or a text in which the answer must be found first.
enum class MathKind : std::uint8_t { kAnswer, kResponse };

/// What decided.
enum class MathMethod : std::uint8_t {
  kNone,       ///< Nothing could be compared: no answer, unreadable, over a limit, or of different kinds.
  kText,       ///< Equal or unequal as text.
  kExact,      ///< Exact rational arithmetic.
  kCanonical,  ///< Equal canonical forms: polynomials and rational functions over the rationals and kernels.
  kAlgebraic,  ///< Algebraic numbers, by a bound below which no difference of theirs other than 0 can lie.
  kNumeric,    ///< Balls that do not meet (a proof of difference), or rounding to `decimal_places`.
  kUndecided,  ///< Neither equality nor difference could be proved: counts as unequal.
};

const char* to_string(MathMethod method);

/// The judgement of one prediction and why.
struct MathGrade {
  bool equal = false;
  /// kScored: both sides were read. kUnparsable: no answer, or one that cannot be read. kResourceLimit: the prediction is over a limit. kVerifierFault: the
  /// gold itself cannot be used (empty, over a limit), so `equal` means nothing.
  VerdictStatus status = VerdictStatus::kScored;
  MathMethod method = MathMethod::kNone;
  std::string reason;      ///< One sentence; empty where equal without any convention.
  std::string extracted;   ///< The text that was compared.
  std::int64_t begin = 0;  ///< Its bytes in the prediction: [begin, end). Several boxes: from the first to the last.
  std::int64_t end = 0;
  std::int64_t gold = -1;  ///< Index of the gold that is equal; -1 where none is.
  std::int64_t cost = 0;   ///< Counted units of work.
};

/// Whether a text reads as mathematics, for checks of data sets.
struct MathReading {
  bool whole = false;  ///< All of it was read as mathematics, an option letter or words; false: compared as text only.
  std::string type;    ///< number, expression, equation, inequality, set, list, tuple, interval, matrix, text, option, …
  std::string reason;  ///< Why not, with the byte.
};

/// Grades mathematical answers: finds the answer in a response, reads LaTeX, ASCII and Unicode notation, and decides equality by the type of the gold.
///
/// Equal is said only with a certificate (equal canonical forms, or a difference that is proved to be 0); difference is proved with exact and ball arithmetic;
/// what can be neither is unequal with method kUndecided. No evaluation of text as a program, no unbounded recursion, no clock.
/// Threads: const members may be called from any number of threads. Deterministic. Never throws for what a model wrote.
/// Cost: microseconds for numbers, tens to hundreds for symbols, at most options.max_cost units.
class MathVerifier final : public Verifier {
 public:
  MathVerifier();
  /// Throws ConfigError where a limit is below 1 or decimal_places is outside 0 … 30.
  explicit MathVerifier(MathOptions options);
  ~MathVerifier() override;

  /// Equal to any of the golds? Each gold is one acceptable answer: a bare answer, or a text with a box, $…$ or #### around it.
  MathGrade grade(std::span<const std::string> golds, std::string_view prediction, MathKind kind) const;
  MathGrade grade(std::string_view gold, std::string_view prediction, MathKind kind) const;
  /// Whether a gold can be used: read and compared with itself, without the short way of equal texts. Words can be used as words. kVerifierFault where not.
  MathGrade grade_gold(std::string_view gold) const;
  /// Reads without comparing.
  MathReading read(std::string_view answer) const;

  /// Reward 1 or 0. task.ground_truth is the gold, or a JSON list of texts that are each acceptable; completion.answer is graded as a response. The part
  /// "parsed" says whether an answer was found and read.
  Verdict verify(const Task& task, const Completion& completion) const override;

  const MathOptions& options() const { return options_; }

 private:
  MathOptions options_;
};

}  // namespace lydian
