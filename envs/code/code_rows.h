#pragma once

#include <string>
#include <string_view>

#include "lydian/data/task_list.h"
#include "lydian/envs/code_environment.h"

namespace lydian::code {

/// Tasks from the text of a JSON Lines file, each row in whichever shape its fields show; `origin` names the text in messages. Throws IoError naming the line
/// and what is wrong with it.
TaskList read_code_tasks(std::string_view text, const std::string& origin, const CodeOptions& options);

/// The text of the file that the option `key` names. Throws IoError naming both where it cannot be read.
std::string read_rows_file(const std::string& path, const char* key);

/// The tasks that come with lydian: lydian's own rows, public domain (CC0).
std::string_view shipped_tasks();

}  // namespace lydian::code
