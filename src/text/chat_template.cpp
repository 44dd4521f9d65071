#include "lydian/text/chat_template.h"

namespace lydian {

std::string render_messages(std::span<const Message> messages, ChatTemplate chat_template) {
  std::string text;
  if (chat_template == ChatTemplate::kChatMl) {
    for (const Message& message : messages) text += "<|im_start|>" + message.role + "\n" + message.content + "<|im_end|>\n";
    return text + "<|im_start|>assistant\n";
  }
  for (const Message& message : messages) text += (&message == &messages.front() ? "" : "\n") + message.content;
  return text;
}

std::string render_prompt(const Task& task, ChatTemplate chat_template) {
  return task.messages.empty() ? task.prompt : render_messages(task.messages, chat_template);
}

}  // namespace lydian
