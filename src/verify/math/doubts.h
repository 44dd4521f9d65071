#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "verify/math/characters.h"
#include "verify/math/plain_math.h"

namespace lydian::math {

inline constexpr std::size_t kSentenceBytes = 1000;  // What stands farther away says nothing about an answer.

inline bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const std::size_t to = at + word.size();
    if ((at == 0 || !letter(text[at - 1])) && (to == text.size() || !letter(text[to]))) return true;
  }
  return false;
}

template <std::size_t N>
bool has_any_word(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return has_word(text, word); });
}

/// Words that offer a further answer.
inline constexpr std::array<std::string_view, 18> kOffers = {
    "otherwise", "else",       "maybe",  "perhaps",  "possibly",       "alternatively",       "alternately",       "unless",      "could be", "could also",
    "might be",  "might also", "may be", "may also", "another option", "another possibility", "another candidate", "second guess"};

/// Whether the words of a sentence around the answer that was found in it say that it is not the value: a choice, a bound, a denial, a question, a part or a
/// power of it. Arithmetic that leads to the answer begins at `from`, at most `begin`.
bool taken_back(std::string_view sentence, std::size_t begin, std::size_t end, std::size_t from = std::string_view::npos);
/// Whether the words right beside a box or its formula say that it is not the value: "isn't □", "half of □", "□, which is wrong", "□ or maybe", "□?"
bool denied(std::string_view text, TextSpan place);
/// The number word that "or" joins to a box: "□ or five"; empty where there is none.
std::string_view number_word_behind(std::string_view text, TextSpan place);
/// What a sentence says, without the reason that follows, or what it sets apart: "5, since 6 is even", "42, not 43", "1/3, or about 0.33".
std::string_view without_reason(std::string_view sentence);
/// "less than x", "more than twice the radius" behind a number; "more than Bob" compares with no number.
bool compares(std::string_view after);
/// Whether a sentence does nothing but leave open what was said before it: "Or maybe not.", "If that is wrong, try this."
bool doubts(std::string_view sentence);
/// Whether what stands before "the answer is" in its sentence makes it no statement: "Suppose the answer is".
bool supposes(std::string_view before);
/// The letter of the option that the last sentence with one chooses; npos where it chooses none, or more than one.
std::size_t chosen_option(std::string_view text);
/// The first capital letter that stands alone, as the letter of an option; npos where there is none. "A" before a word and "I" are no options.
std::size_t option_letter(std::string_view text);

}  // namespace lydian::math
