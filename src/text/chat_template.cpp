#include "lydian/text/chat_template.h"

namespace lydian {
namespace {

constexpr const char *kChatMlOpen = "<|im_start|>", *kChatMlClose = "<|im_end|>";

}  // namespace

std::string render_messages(std::span<const Message> messages, ChatTemplate chat_template) {
  std::string text;
  if (chat_template == ChatTemplate::kChatMl) {
    for (const Message& message : messages) text += kChatMlOpen + message.role + "\n" + message.content + kChatMlClose + "\n";
    return text + kChatMlOpen + "assistant\n";
  }
  for (const Message& message : messages) text += (&message == &messages.front() ? "" : "\n") + message.content;
  return text;
}

std::string render_prompt(const Task& task, ChatTemplate chat_template) {
  return task.messages.empty() ? task.prompt : render_messages(task.messages, chat_template);
}

std::vector<TokenId> encode_prompt(const Tokenizer& tokenizer, const Task& task, ChatTemplate chat_template) {
  if (task.messages.empty() || chat_template == ChatTemplate::kPlain) return tokenizer.encode_plain(render_prompt(task, chat_template));
  std::vector<TokenId> ids;
  const auto add = [&ids](const std::vector<TokenId>& more) { ids.insert(ids.end(), more.begin(), more.end()); };
  for (const Message& message : task.messages) {
    add(tokenizer.encode(kChatMlOpen));
    add(tokenizer.encode_plain(message.role + "\n" + message.content));
    add(tokenizer.encode(kChatMlClose));
    add(tokenizer.encode_plain("\n"));
  }
  add(tokenizer.encode(kChatMlOpen));
  add(tokenizer.encode_plain("assistant\n"));
  return ids;
}

}  // namespace lydian
