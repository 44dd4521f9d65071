#include "lydian/core/config.h"
#include "lydian/verify/math_verifier.h"

namespace lydian {

void describe(ConfigVisitor& visitor, MathOptions& options) {
  visitor.field({"drop_thinking", "What stands before the last </think> is not read; a <think> that is never closed holds no answer"}, options.drop_thinking);
  visitor.field({"answer_tag", "<answer>42</answer>"}, options.answer_tag);
  visitor.field({"boxed", "\\boxed{42}, \\fbox{42}, \\boxed 4, and a box that is never closed, up to the end"}, options.boxed);
  visitor.field({"several_boxes", "\\boxed{1} and \\boxed{2} are read as the list 1, 2, but only where the gold has several values too"},
                options.several_boxes);
  visitor.field({"hash_marks", "#### 42"}, options.hash_marks);
  visitor.field({"answer_phrase", "\"the answer is 42\", \"Final answer: 42\", \"**Answer:** 42\", \"答案是 42\""}, options.answer_phrase);
  visitor.field({"last_formula", "The last $…$, \\(…\\), \\[…\\]; of a chain of = its last exact side"}, options.last_formula);
  visitor.field({"last_number", "The last number, arithmetic term or option letter of the text"}, options.last_number);
  visitor.field({"decimal_places", "1/3 = 0.333333: where one side is written as a decimal, both are rounded to so many places; 0: exactly equal only", 0, 30},
                options.decimal_places);
  visitor.field({"assignment_prefix", "5 = \"x = 5\", also f(x) = …, x \\in …; never the other way, so that the question restated earns nothing"},
                options.assignment_prefix);
  visitor.field({"percent_sign_optional", "40\\% = 40"}, options.percent_sign_optional);
  visitor.field({"percent_as_fraction", "40\\% = 0.4 = 2/5"}, options.percent_as_fraction);
  visitor.field({"unit_optional", "36\\text{ cm} = 36 and 36 = \"36 cm\"; 36 cm is never 36 m. Single bare letters are variables: 17s is never 17"},
                options.unit_optional);
  visitor.field({"currency_optional", "\\$18.90 = 18.9"}, options.currency_optional);
  visitor.field({"degree_optional", "30^\\circ = 30 (but inside sin, cos, tan … the sign counts)"}, options.degree_optional);
  visitor.field({"base_optional", "664_7 = 664 (never 664_8); off: the base must be written"}, options.base_optional);
  visitor.field({"modulus_optional", "17 \\pmod{20} = 17 (never 17 \\pmod{21}); x \\equiv 17 \\pmod{20} keeps its modulus"}, options.modulus_optional);
  visitor.field({"ignore_case", "\\text{Friday} = friday"}, options.ignore_case);
  visitor.field({"option_letter_with_text", "(C) = \"(C) Plane\", 42 = \"(C) 42\""}, options.option_letter_with_text);
  visitor.field({"list_order_free", "1, 2 = 2, 1 for lists without brackets; sets are always unordered, tuples always ordered"}, options.list_order_free);
  visitor.field({"inequality_as_interval", "x < 3 = (-\\infty, 3); a gold interval never accepts an inequality unless `interval_as_inequality`"},
                options.inequality_as_interval);
  visitor.field({"interval_as_inequality", "(-\\infty, 3) = \"x < 3\", where the prediction has one variable and solved bounds only"},
                options.interval_as_inequality);
  visitor.field({"tuple_as_list", "(1, 3) = \"1, 3\" = \"x = 1, y = 3\", in this order"}, options.tuple_as_list);
  visitor.field({"column_as_tuple", "A column vector = the tuple of its entries"}, options.column_as_tuple);
  visitor.field({"real_roots", "-2 = (-8)^{1/3}: the real root where the denominator is odd"}, options.real_roots);
  visitor.field({"log_is_natural", "\\log x = \\ln x, and where that is unequal \\log 1000 = 3; off: \\log is to base 10 only"}, options.log_is_natural);
  visitor.field({"decimal_comma", "3,5 = 3.5, as in many European languages; off: a comma followed by three digits groups thousands, others separate"},
                options.decimal_comma);
  visitor.field({"max_bytes", "Of a response its last so many are read; a longer answer is a resource limit", 1, 16777216}, options.max_bytes);
  visitor.field({"max_tokens", "Of one expression", 1, 65536}, options.max_tokens);
  visitor.field({"max_depth", "Of nesting", 1, 512}, options.max_depth);
  visitor.field({"max_digits", "Of one number literal", 1, 20000}, options.max_digits);
  visitor.field({"max_bits", "Of any exact integer that must be written out: 9^{9^9}+1 is a resource limit", 64, 1000000}, options.max_bits);
  visitor.field({"max_cost", "Counted units of work of one comparison, about a microsecond each at most", 1, 1e+09}, options.max_cost);
}

}  // namespace lydian
