#include "lydian/text/chat_template.h"

#include <gtest/gtest.h>

#include <vector>

namespace lydian {
namespace {

const std::vector<Message> kMessages{{"system", "Be brief."}, {"user", "2*3"}};

TEST(ChatTemplate, PlainPutsContentsOnLines) {
  EXPECT_EQ(render_messages(kMessages, ChatTemplate::kPlain), "Be brief.\n2*3");
  EXPECT_EQ(render_messages({}, ChatTemplate::kPlain), "");
}

TEST(ChatTemplate, ChatMlOpensTheAssistantsTurn) {
  EXPECT_EQ(render_messages(kMessages, ChatTemplate::kChatMl),
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n2*3<|im_end|>\n<|im_start|>assistant\n");
}

TEST(ChatTemplate, APlainPromptIsReadAsItIs) {
  Task task;
  task.prompt = "2+3=";
  EXPECT_EQ(render_prompt(task, ChatTemplate::kChatMl), "2+3=");
  task.messages = kMessages;
  EXPECT_EQ(render_prompt(task, ChatTemplate::kPlain), "Be brief.\n2*3");
}

}  // namespace
}  // namespace lydian
