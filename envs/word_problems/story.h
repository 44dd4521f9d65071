#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lydian/core/random_stream.h"

namespace lydian {

/// One thing that happens: somebody adds (+), takes away (-) or doubles (*).
struct StoryEvent {
  std::string who, verb;
  char operation = '+';
  int amount = 0;  ///< 2 where it doubles.
};

/// A word problem, taken apart.
struct Story {
  std::string owner, things;
  int start = 0;
  std::vector<StoryEvent> events;

  std::string prompt() const;
  /// Step 0 states the start, step i what event i - 1 does to `before`.
  std::string step(std::size_t index, int before) const;
  std::size_t steps() const { return events.size() + 1; }
  /// The first `count` steps, each going on from the one before.
  std::string trace(std::size_t count) const;
  int answer() const;
};

/// The stories' amounts.
constexpr int kMostThings = 20;

int happens(int before, const StoryEvent& event);
Story draw_story(std::int64_t events, RandomStream& stream);
/// The story that a prompt tells. Throws Error on a prompt that is none of ours.
Story story_of(const std::string& prompt);

}  // namespace lydian
