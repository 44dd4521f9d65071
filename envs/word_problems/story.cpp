#include "story.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include "lydian/core/error.h"

namespace lydian {
namespace {

// Owners' names begin with letters after those of the helpers. The helpers come by the alphabet, one of three names a letter.
constexpr std::array<std::string_view, 8> kOwners{"Max", "Ned", "Pia", "Ray", "Sue", "Tom", "Una", "Zoe"};
constexpr std::array<std::array<std::string_view, 3>, 12> kHelpers{{{"Ann", "Amy", "Ali"},
                                                                    {"Bob", "Ben", "Bea"},
                                                                    {"Cal", "Cam", "Cleo"},
                                                                    {"Dan", "Dot", "Dora"},
                                                                    {"Eve", "Eli", "Emma"},
                                                                    {"Fay", "Flo", "Finn"},
                                                                    {"Gus", "Gil", "Gina"},
                                                                    {"Hal", "Hans", "Hope"},
                                                                    {"Ida", "Ivy", "Ian"},
                                                                    {"Jim", "Joe", "Jane"},
                                                                    {"Kim", "Kit", "Kate"},
                                                                    {"Lea", "Lou", "Liam"}}};
constexpr std::array<std::string_view, 8> kThings{"figs", "nuts", "pens", "cups", "hats", "eggs", "keys", "toys"};
constexpr std::array<std::string_view, 4> kAddingVerbs{"adds", "gives", "brings", "finds"};
constexpr std::array<std::string_view, 4> kTakingVerbs{"takes", "eats", "uses", "loses"};
constexpr std::string_view kDoubles = "doubles";

template <typename List>
std::string drawn(const List& list, RandomStream& stream) {
  return std::string(list[stream.below(list.size())]);
}

bool is_in(std::span<const std::string_view> list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

/// Takes the text before `end` off the front; empty where `end` does not follow.
std::string_view taken(std::string_view& text, std::string_view end) {
  const std::size_t at = text.find(end);
  if (at == std::string_view::npos) return {};
  const std::string_view word = text.substr(0, at);
  text.remove_prefix(at + end.size());
  return word;
}

int number_of(std::string_view text) {
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

StoryEvent draw_event(std::size_t index, int before, RandomStream& stream) {
  StoryEvent event{.who = drawn(kHelpers[index], stream)};
  for (;;) {
    event.operation = "++--*"[stream.below(5)];
    event.amount = event.operation == '*' ? 2 : static_cast<int>(stream.between(1, 9));
    const int after = happens(before, event);
    if (after >= 0 && after <= kMostThings && !(event.operation == '*' && before == 0)) break;
  }
  event.verb = event.operation == '*' ? std::string(kDoubles) : event.operation == '+' ? drawn(kAddingVerbs, stream) : drawn(kTakingVerbs, stream);
  return event;
}

}  // namespace

int happens(int before, const StoryEvent& event) {
  return event.operation == '+' ? before + event.amount : event.operation == '-' ? before - event.amount : before * event.amount;
}

Story draw_story(std::int64_t events, RandomStream& stream) {
  Story story{.owner = drawn(kOwners, stream), .things = drawn(kThings, stream), .start = static_cast<int>(stream.between(1, 9))};
  int amount = story.start;
  while (static_cast<std::int64_t>(story.events.size()) < events) {
    story.events.push_back(draw_event(story.events.size(), amount, stream));
    amount = happens(amount, story.events.back());
  }
  return story;
}

std::string Story::prompt() const {
  std::string text = owner + " has " + std::to_string(start) + " " + things + ". ";
  for (const StoryEvent& event : events) {
    text += event.who + " " + event.verb + " " + (event.operation == '*' ? "it" : std::to_string(event.amount)) + ". ";
  }
  return text + "How many " + things + "?";
}

std::string Story::step(std::size_t index, int before) const {
  if (index == 0) return owner + " " + std::to_string(start) + ";";
  const StoryEvent& event = events[index - 1];
  return event.who + " " + std::to_string(before) + event.operation + std::to_string(event.amount) + "=" + std::to_string(happens(before, event)) + ";";
}

std::string Story::trace(std::size_t count) const {
  std::string text;
  int amount = start;
  for (std::size_t i = 0; i < count; ++i) {
    text += step(i, amount);
    if (i > 0) amount = happens(amount, events[i - 1]);
  }
  return text;
}

int Story::answer() const {
  int amount = start;
  for (const StoryEvent& event : events) amount = happens(amount, event);
  return amount;
}

Story story_of(const std::string& prompt) {
  std::string_view rest = prompt;
  Story story;
  story.owner = taken(rest, " has ");
  story.start = number_of(taken(rest, " "));
  story.things = taken(rest, ". ");
  while (!rest.starts_with("How many ") && story.events.size() <= kHelpers.size()) {
    StoryEvent event{.who = std::string(taken(rest, " ")), .verb = std::string(taken(rest, " "))};
    const std::string_view amount = taken(rest, ". ");
    event.operation = event.verb == kDoubles ? '*' : is_in(kTakingVerbs, event.verb) ? '-' : '+';
    event.amount = event.operation == '*' ? 2 : number_of(amount);
    const bool known = event.operation == '*' || is_in(kAddingVerbs, event.verb) || is_in(kTakingVerbs, event.verb);
    if (!known) break;
    story.events.push_back(std::move(event));
  }
  if (story.events.empty() || story.prompt() != prompt) throw Error("word_problems", "a prompt like \"Tom has 7 figs. Ann gives 3. How many figs?\"", prompt);
  return story;
}

}  // namespace lydian
