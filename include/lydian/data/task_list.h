#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lydian/data/demonstration.h"
#include "lydian/data/task.h"

namespace lydian {

/// Tasks in memory with their optional demonstrations. `demonstrations` is empty, or has an entry for each task.
struct TaskList {
  std::vector<Task> tasks;
  std::vector<std::optional<Demonstration>> demonstrations;
};

/// Reads one task a line:
///   {"id"?: text, "prompt": text or [{"role", "content"}…], "ground_truth": text or any JSON, "category"?: text, "metadata"?: {…},
///    "demonstration"?: {"thinking": text or [{"text", "weight"}…], "answer": the same}}
/// A missing id becomes the line number; a demonstration without "thinking" is one that does not think; empty lines are skipped. Throws IoError naming file,
/// line, field, what was expected and what stood there.
TaskList read_tasks_jsonl(const std::string& path);

}  // namespace lydian
