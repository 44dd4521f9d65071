#include "lydian/data/task_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "lydian/core/durable_file.h"
#include "lydian/core/error.h"

namespace lydian {
namespace {

class ReadTasks : public testing::Test {
 protected:
  TaskList read(std::string_view text) {
    write_file_durably(path_, text);
    return read_tasks_jsonl(path_);
  }
  /// The sentence behind the file's name.
  std::string error(std::string_view text) {
    try {
      read(text);
    } catch (const IoError& error) {
      const std::string prefix = "[task_list] " + path_ + ", ";
      const std::string sentence = error.what();
      return sentence.starts_with(prefix) ? sentence.substr(prefix.size()) : sentence;
    }
    return "no error";
  }
  void TearDown() override { std::filesystem::remove(path_); }

  std::string path_ = testing::TempDir() + "tasks_" + testing::UnitTest::GetInstance()->current_test_info()->name() + ".jsonl";
};

TEST_F(ReadTasks, ReadsEveryField) {
  const TaskList list = read(
      "{\"id\": \"a\", \"prompt\": \"2+3=\", \"ground_truth\": \"5\", \"category\": \"sum\", \"metadata\": {\"level\": 2, \"by\": \"us\"}}\n"
      "\n"
      "{\"prompt\": [{\"role\": \"system\", \"content\": \"Be brief.\"}, {\"role\": \"user\", \"content\": \"2*3\"}], \"ground_truth\": {\"b\": [6], \"a\": "
      "null},"
      " \"demonstration\": {\"thinking\": [{\"text\": \"2*3=\", \"weight\": 0}, {\"text\": \"6\"}], \"answer\": \"6\"}}\r\n"
      "{\"prompt\": \"x\", \"ground_truth\": 7, \"demonstration\": {\"answer\": \"7\"}}");
  ASSERT_EQ(list.tasks.size(), 3U);
  EXPECT_EQ(list.tasks[0].id, "a");
  EXPECT_EQ(list.tasks[0].prompt, "2+3=");
  EXPECT_EQ(list.tasks[0].ground_truth, "5");
  EXPECT_EQ(list.tasks[0].category, "sum");
  EXPECT_THAT(list.tasks[0].metadata, testing::ElementsAre(testing::Pair("by", "us"), testing::Pair("level", "2")));
  EXPECT_EQ(list.tasks[1].id, "3") << "the number of the line";
  ASSERT_EQ(list.tasks[1].messages.size(), 2U);
  EXPECT_EQ(list.tasks[1].messages[1].role, "user");
  EXPECT_EQ(list.tasks[1].messages[1].content, "2*3");
  EXPECT_EQ(list.tasks[1].ground_truth, R"({"b":[6],"a":null})");
  EXPECT_EQ(list.tasks[2].ground_truth, "7");
  ASSERT_EQ(list.demonstrations.size(), 3U);
  EXPECT_FALSE(list.demonstrations[0].has_value());
  ASSERT_TRUE(list.demonstrations[1].has_value());
  EXPECT_TRUE(list.demonstrations[1]->think);
  ASSERT_EQ(list.demonstrations[1]->thinking.size(), 2U);
  EXPECT_EQ(list.demonstrations[1]->thinking[0].text, "2*3=");
  EXPECT_EQ(list.demonstrations[1]->thinking[0].weight, 0.0);
  EXPECT_EQ(list.demonstrations[1]->thinking[1].weight, 1.0);
  EXPECT_EQ(list.demonstrations[1]->answer[0].text, "6");
  ASSERT_TRUE(list.demonstrations[2].has_value());
  EXPECT_FALSE(list.demonstrations[2]->think);
}

TEST_F(ReadTasks, HasNoDemonstrationsWhereNoLineHasOne) {
  EXPECT_TRUE(read(R"({"prompt": "x", "ground_truth": "y"})").demonstrations.empty());
  EXPECT_TRUE(read("").tasks.empty());
}

TEST_F(ReadTasks, NamesLineFieldAndWhatStoodThere) {
  const std::string good = "{\"prompt\": \"x\", \"ground_truth\": \"y\"}\n";
  EXPECT_EQ(error(good + "{\"prompt\": }"), "line 2, column 12: syntax error while parsing value - unexpected '}'; expected '[', '{', or a literal");
  EXPECT_EQ(error(good + "[1]"), "line 2: expected an object {…}, got [1]");
  EXPECT_EQ(error(R"({"ground_truth": "y"})"), "line 1: prompt: expected text, or a list of messages {\"role\", \"content\"}, not empty, got \"nothing\"");
  EXPECT_EQ(error(R"({"prompt": "", "ground_truth": "y"})"),
            "line 1: prompt: expected text, or a list of messages {\"role\", \"content\"}, not empty, got \"\"");
  EXPECT_EQ(error(R"({"prompt": [], "ground_truth": "y"})"), "line 1: prompt: expected text, or a list of messages {\"role\", \"content\"}, not empty, got []");
  EXPECT_EQ(error(R"({"prompt": [5], "ground_truth": "y"})"), "line 1: prompt[0]: expected a message {\"role\", \"content\"}, got 5");
  EXPECT_EQ(error(R"({"prompt": [{"role": "bot", "content": ""}], "ground_truth": "y"})"),
            R"(line 1: prompt[0].role: expected one of "system", "user", "assistant", "tool", got "bot")");
  EXPECT_EQ(error(R"({"prompt": [{"role": "user"}], "ground_truth": "y"})"), R"(line 1: prompt[0].content: expected text in quotes, got "nothing")");
  EXPECT_EQ(error(R"({"prompt": "x"})"), "line 1: ground_truth: expected text or a JSON value, got \"nothing\"");
  EXPECT_EQ(error(R"({"prompt": "x", "ground_truth": null})"), "line 1: ground_truth: expected text or a JSON value, got null");
  EXPECT_EQ(error(R"({"prompt": "x", "ground_truth": 100000000000000000000})"),
            "line 1: ground_truth: expected quotes around a number beyond 64 bits, got 1e+20");
  EXPECT_EQ(error(R"({"prompt": "x", "ground_truth": "y", "id": 5})"), "line 1: id: expected text in quotes, got 5");
  EXPECT_EQ(error(R"({"prompt": "x", "ground_truth": "y", "category": 5})"), "line 1: category: expected text in quotes, got 5");
  EXPECT_EQ(error(R"({"prompt": "x", "ground_truth": "y", "metadata": 5})"), "line 1: metadata: expected an object {…}, got 5");
}

TEST_F(ReadTasks, RefusesFieldsThatItWouldLose) {
  EXPECT_EQ(error(R"({"prompt": "x", "ground_truth": "y", "demonstrations": {}})"), "line 1: demonstrations is no known field; did you mean demonstration?");
  EXPECT_EQ(error(R"({"prompt": "x", "ground_truth": "y", "source": 1})"), "line 1: source is no known field; fields of your own go under metadata");
  EXPECT_EQ(error(R"({"prompt": "x", "prompt": "z", "ground_truth": "y"})"), R"(line 1: the key "prompt" stands twice in one object)");
}

TEST_F(ReadTasks, RefusesBrokenDemonstrations) {
  const auto of = [&](const std::string& demonstration) { return error(R"({"prompt": "x", "ground_truth": "y", "demonstration": )" + demonstration + "}"); };
  EXPECT_EQ(of("5"), "line 1: demonstration: expected an object {…}, got 5");
  EXPECT_EQ(of("{}"), R"(line 1: demonstration.answer: expected text in quotes, or a list of segments, got "nothing")");
  EXPECT_EQ(of(R"({"answer": 5})"), R"(line 1: demonstration.answer: expected text in quotes, or a list of segments {"text", "weight"}, got 5)");
  EXPECT_EQ(of(R"({"answer": [5]})"), R"(line 1: demonstration.answer[0]: expected a segment {"text", "weight"}, got 5)");
  EXPECT_EQ(of(R"({"answer": [{"text": "a", "weight": -1}]})"), "line 1: demonstration.answer[0].weight: expected a number of at least 0, got -1");
  EXPECT_EQ(of(R"({"answer": [{"weight": 1}]})"), R"(line 1: demonstration.answer[0].text: expected text in quotes, got "nothing")");
  EXPECT_EQ(of(R"({"answer": "a", "thinkin": "b"})"), "line 1: demonstration.thinkin is no known field; did you mean demonstration.thinking?");
}

TEST(ReadTasksFile, NamesAFileThatCannotBeRead) {
  EXPECT_THROW(read_tasks_jsonl("/nowhere/tasks.jsonl"), IoError);
}

}  // namespace
}  // namespace lydian
