#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "verify/math/tree.h"

namespace lydian::math {

enum class Tok : std::uint8_t {
  kEnd,
  kNumber,    ///< text: digits with at most one point, separators removed; payload: exponent of a scientific literal is inside the text
  kWord,      ///< A run of ASCII letters without a backslash
  kSymbol,    ///< payload: index of a letter that has a name (\alpha); text: the name
  kFunction,  ///< payload: Function
  kConstant,  ///< payload: Constant
  kText,      ///< text: what stands in \text{…}
  kOperatorName,
  kFrac,
  kSqrt,
  kBinom,
  kOverline,
  kAccent,
  kBoxed,
  kGroupCommand,
  kBegin,
  kEndEnvironment,  ///< text: name of the environment
  kAmpersand,
  kNewRow,
  kOpen,
  kClose,  ///< payload: Delimiter
  kBar,
  kDoubleBar,
  kPlus,
  kMinus,
  kTimes,
  kSlash,
  kCaret,
  kUnderscore,
  kBang,
  kPercent,
  kDegree,
  kPrime,
  kComma,
  kSemicolon,
  kColon,
  kDot,
  kRelation,  ///< payload: Relation
  kUnion,
  kIntersection,
  kSetMinus,
  kPlusMinus,
  kMinusPlus,
  kCurrency,  ///< text: short name
  kOr,
  kAnd,
  kSum,
  kProduct,
  kIntegral,
  kLimit,
  kEllipsis,
  kMod,
  kSuperscript,  ///< kSuperscript: text holds the ASCII of a run of Unicode superscripts
  kUnknown
};

enum class Delimiter : std::uint8_t { kRound, kSquare, kCurly, kGroup, kFloor, kCeil, kAngle, kAbs, kNorm };

struct Token {
  Tok kind = Tok::kEnd;
  bool space_before = false;  ///< Blank or spacing command before it.
  bool bold = false;          ///< Of words in bold type: vectors.
  bool thin_before = false;   ///< A spacing command (\, ~ …) before it: how units are set apart.
  std::uint32_t payload = 0;
  std::uint32_t at = 0;  ///< First byte in the text.
  std::string_view text;
};

struct LexOptions {
  bool commas_separate = false;  ///< 1,000 is a list of two.
  bool decimal_comma = false;
  std::int64_t max_tokens = 4096;
  std::int64_t max_digits = 4000;
};

/// Payload of a kNumber that stands directly behind a letter, as in x1.
inline constexpr std::uint32_t kAfterLetter = 1;

/// A text as tokens. Linear in its length.
struct Lexed {
  std::vector<Token> tokens;       ///< Ends with kEnd.
  std::vector<std::string> owned;  ///< Texts that do not stand in the source as they are.
  bool grouped_commas = false;     ///< A comma was read as grouping thousands that could also separate the elements of a list: no group begins with 0.
};

/// Throws LimitExceeded over a limit. Never fails otherwise: what is unknown becomes kUnknown.
void lex(std::string_view text, const LexOptions& options, Lexed& out);

struct CommandInfo {
  Tok kind;
  std::uint32_t payload;
};
/// What a LaTeX command without its backslash is; kUnknown where it is none that is known.
CommandInfo command_info(std::string_view name);
/// ASCII words that are no product of letters: functions, constants, Greek letters.
CommandInfo word_info(std::string_view word);
/// The ASCII or LaTeX spelling of a Unicode sign, or empty; `length` is its number of bytes (1 where the bytes are no UTF-8).
std::string_view unicode_spelling(std::string_view text, std::size_t at, std::size_t& length);

}  // namespace lydian::math
