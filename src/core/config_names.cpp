#include <algorithm>

#include "core/config_node.h"
#include "lydian/core/error.h"

namespace lydian {
namespace {

// What people confuse without noticing costs nothing: upper case, and - for _.
char plain(char letter) {
  if (letter >= 'A' && letter <= 'Z') return static_cast<char>(letter - 'A' + 'a');
  return letter == '-' ? '_' : letter;
}

// Optimal string alignment: insertions, deletions, replacements, and swaps of neighbors.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool equal = plain(a[i - 1]) == plain(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (equal ? 0 : 1)});
      if (i > 1 && j > 1 && plain(a[i - 1]) == plain(b[j - 2]) && plain(a[i - 2]) == plain(b[j - 1])) row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row[b.size()];
}

}  // namespace

std::optional<std::string> nearest_name(std::string_view wrong, const std::vector<std::string>& known) {
  std::optional<std::string> nearest;
  std::size_t fewest = 0;
  for (const std::string& name : known) {
    const std::size_t count = edits(wrong, name);
    const bool near = count <= std::max<std::size_t>(1, std::max(wrong.size(), name.size()) / 3);
    if (near && (!nearest || count < fewest)) {
      nearest = name;
      fewest = count;
    }
  }
  return nearest;
}

namespace config_detail {

void refuse_key(const Config& config, const std::string& key, const std::vector<std::string>& known) {
  const std::string path = join(config.path(), key);
  std::string sentence = origin_of(config.node(), path) + ": " + path + " is no known key";
  if (const auto nearest = nearest_name(key, known)) {
    sentence += "; did you mean " + join(config.path(), *nearest) + "?";
  } else if (!known.empty()) {
    sentence += "; known here:";
    for (const std::string& name : known) sentence += (&name == &known.front() ? " " : ", ") + name;
  }
  throw ConfigError("config", sentence);
}

}  // namespace config_detail
}  // namespace lydian
