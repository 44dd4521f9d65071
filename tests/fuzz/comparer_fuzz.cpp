#include "fuzz/fuzz.h"
#include "lydian/verify/math_verifier.h"

// Two answers with a line's end between them.
int fuzz_one(std::string_view input) {
  static const lydian::MathVerifier verifier;
  const std::size_t line = input.find('\n');
  if (line == std::string_view::npos) return 0;
  const lydian::MathGrade grade = verifier.grade(input.substr(0, line), input.substr(line + 1), lydian::MathKind::kAnswer);
  if (grade.cost > verifier.options().max_cost + 4000) __builtin_trap();
  return 0;
}
