#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "lydian/core/message.h"

namespace lydian::code {

/// What a row of any shape comes to.
struct ReadRow {
  std::string id;
  std::string source;  ///< The shape: "lydian", "humaneval", "mbpp", "humaneval_x", "stdio", "verl", "trl".
  std::string category;
  std::string language = "python";
  std::string statement;              ///< Of the prompt, without examples and without the instruction.
  std::string instruction;            ///< How to answer, in one sentence.
  std::vector<std::string> examples;  ///< Public tests as a prompt shows them.
  std::vector<Message> messages;      ///< The whole prompt, where the row has a conversation.
  std::optional<std::string> reference;
  nlohmann::ordered_json problem;  ///< As read_code_problem takes it.
};

struct ShapeOptions {
  bool fraction = false;     ///< Only hidden tests are judged, where there are any.
  bool other_cases = false;  ///< The row's cases came from elsewhere: its own tests are public.
};

/// Throws ConfigError naming the field that is missing or wrong, also where the fields show no known shape.
ReadRow read_row(const nlohmann::ordered_json& row, const ShapeOptions& options);

}  // namespace lydian::code
