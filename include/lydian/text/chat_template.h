#pragma once

#include <span>
#include <string>
#include <vector>

#include "lydian/core/message.h"
#include "lydian/data/task.h"
#include "lydian/text/tokenizer.h"

namespace lydian {

/// How a conversation becomes one text.
enum class ChatTemplate {
  kPlain,   ///< The contents one after another, a newline between two.
  kChatMl,  ///< `<|im_start|>role\ncontent<|im_end|>\n` and the opening of the assistant's turn (Qwen).
};

/// The turns of a conversation in their order as one text. Edges: kPlain gives an empty text without messages.
std::string render_messages(std::span<const Message> messages, ChatTemplate chat_template);

/// What the policy reads for a task: its plain prompt, or its messages rendered.
std::string render_prompt(const Task& task, ChatTemplate chat_template);

/// Its ids: special tokens are the template's own alone, never what stands in a task's words.
std::vector<TokenId> encode_prompt(const Tokenizer& tokenizer, const Task& task, ChatTemplate chat_template);

}  // namespace lydian
