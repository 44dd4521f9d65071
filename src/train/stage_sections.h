#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "lydian/train/run.h"
#include "lydian/train/stage.h"

namespace lydian {

/// A kind of stage: how its section of a configuration is called, read, written and documented, and what runs it. The one list of them.
struct StageSection {
  std::string_view name;
  std::string_view doc;
  void (*read)(const Config& section, StageChoice& choice);
  Config (*write)(const StageChoice& choice);
  std::vector<OptionDoc> (*document)();
  /// Null for a stage without steps of its own.
  std::unique_ptr<Stage> (*open)(const StageChoice& choice, TrainablePolicy& policy, const RunObjects& objects, ChatTemplate chat_template);
};

/// By StageChoice::Kind, whose values are its indices.
std::span<const StageSection> stage_sections();
const StageSection& section_of(StageChoice::Kind kind);

}  // namespace lydian
