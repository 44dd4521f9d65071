#include "verify/code/program_extraction.h"

#include <algorithm>

namespace lydian::code {
namespace {

struct Fence {
  char mark = '`';
  std::size_t length = 0;
  std::string_view rest;  ///< What follows the marks, without blanks around.
};

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::optional<Fence> fence_of(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(' ');
  if (begin == std::string_view::npos || begin > 3 || (line[begin] != '`' && line[begin] != '~')) return std::nullopt;
  Fence fence{line[begin], 0, {}};
  const std::size_t end = std::min(line.find_first_not_of(fence.mark, begin), line.size());
  fence.length = end - begin;
  fence.rest = trimmed(line.substr(end));
  if (fence.length < 3) return std::nullopt;
  // ```code``` within a line is no fence.
  if (fence.mark == '`' && fence.rest.find('`') != std::string_view::npos) return std::nullopt;
  return fence;
}

/// The first word of what follows an opening fence, in small letters: "```Python title=x" and "```{.python}" name python.
std::string tag_of(std::string_view rest) {
  while (!rest.empty() && (rest.front() == '{' || rest.front() == '.' || rest.front() == ' ')) rest.remove_prefix(1);
  std::string tag(rest.substr(0, rest.find_first_of(" \t,:{}")));
  for (char& c : tag) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return tag;
}

bool names(std::string_view tag, ProgramLanguage language) {
  if (language == ProgramLanguage::kPython) return tag == "python" || tag == "py" || tag == "python3";
  return tag == "cpp" || tag == "c++" || tag == "cc" || tag == "cxx";
}

}  // namespace

std::optional<std::string> extract_program(std::string_view response, const ExtractionOptions& options) {
  std::optional<Fence> open;
  std::size_t content = 0;
  bool any_fence = false;
  std::optional<std::string> named, unnamed;
  for (std::size_t begin = 0; begin < response.size();) {
    const std::size_t end = std::min(response.find('\n', begin), response.size());
    const std::optional<Fence> fence = fence_of(response.substr(begin, end - begin));
    if (fence && !open) {
      any_fence = true;
      open = fence;
      content = std::min(end + 1, response.size());
    } else if (fence && fence->mark == open->mark && fence->length >= open->length && fence->rest.empty()) {
      const std::string tag = tag_of(open->rest);
      if (names(tag, options.language)) named = response.substr(content, begin - content);
      if (tag.empty()) unnamed = response.substr(content, begin - content);
      open.reset();
    }
    begin = end + 1;
  }
  if (named) return named;
  if (unnamed) return unnamed;
  if (options.bare_program && !any_fence) return std::string(response);
  return std::nullopt;
}

}  // namespace lydian::code
