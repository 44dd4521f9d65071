// What stands in a checkpoint and its folder is believed only where it fits.
#include "train/checkpoint_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "lydian/core/durable_file.h"
#include "lydian/train/run_folder.h"
#include "train/refusal.h"
#include "train/tiny_run.h"

namespace lydian {
namespace {

using testing::HasSubstr;

TransformerConfig shape(std::int64_t max_positions = 32, bool learned_positions = false) {
  return {.vocab_size = 8, .hidden_size = 4, .num_layers = 1, .num_heads = 1, .max_positions = max_positions, .learned_positions = learned_positions};
}

/// The folder of a checkpoint of a policy of this shape.
std::string saved(const TemporaryFolder& folder, const TransformerConfig& config) {
  RunFolder run = RunFolder::create(folder / "run", {.console = false});
  StateInventory inventory;
  run.add_state(inventory);
  run.save_checkpoint(1, TransformerPolicy(config, 1), "t", inventory);
  return RunFolder::checkpoint_path(folder / "run", 1);
}

/// Changes a JSON file.
void change(const std::string& path, const std::function<void(nlohmann::ordered_json&)>& edit) {
  auto json = nlohmann::ordered_json::parse(read_whole_file(path));
  edit(json);
  write_file_durably(path, json.dump());
}

TEST(InitFrom, WantsAPolicyThatComputesTheSame) {
  const TemporaryFolder folder;
  const std::string checkpoint = saved(folder, shape());
  TransformerConfig other = shape(64);
  other.initializer_range = 0.5;
  TransformerPolicy longer(other, 2);
  copy_weights(checkpoint, longer);
  EXPECT_EQ(longer.weights().sha256(), TransformerPolicy(shape(), 1).weights().sha256())
      << "positions without weights, and what drew the first ones, may differ";
  TransformerConfig words = shape(), wide = shape();
  words.vocab_size = 9;
  wide.intermediate_size = 32;
  for (const TransformerConfig& wrong : {words, wide, shape(32, true)}) {
    TransformerPolicy policy(wrong, 2);
    const std::string before = policy.weights().sha256();
    EXPECT_THAT(refusal([&] { copy_weights(checkpoint, policy); }), HasSubstr("the policy section to have the shape of"));
    EXPECT_EQ(policy.weights().sha256(), before);
  }
}

TEST(InitFrom, WantsEqualLearnedPositionsAndAWholeCheckpoint) {
  const TemporaryFolder folder;
  const std::string checkpoint = saved(folder, shape(32, true));
  TransformerPolicy longer(shape(64, true), 2), equal(shape(32, true), 2);
  EXPECT_THAT(refusal([&] { copy_weights(checkpoint, longer); }), HasSubstr("the policy section to have the shape of"));
  EXPECT_EQ(refusal([&] { copy_weights(checkpoint, equal); }), "nothing was refused");
  const std::string model = checkpoint + "/model.safetensors";
  std::string bytes = read_whole_file(model);
  bytes[bytes.size() - 3] = static_cast<char>(bytes[bytes.size() - 3] ^ 1);
  write_file_durably(model, bytes);
  EXPECT_THAT(refusal([&] { copy_weights(checkpoint, equal); }), HasSubstr("model.safetensors"));
}

TEST(InitFrom, NamesTheFieldsThatDifferAndNoOthers) {
  const TemporaryFolder folder;
  const std::string checkpoint = saved(folder, shape());
  TransformerConfig other = shape();
  other.hidden_size = 8;
  other.num_layers = 3;
  TransformerPolicy policy(other.resolved(), 2);
  const std::string sentence = refusal([&] { copy_weights(checkpoint, policy); });
  for (const char* theirs :
       {"(hidden_size 4, num_layers 1, head_dim 4, intermediate_size 16)", "got hidden_size 8, num_layers 3, head_dim 8, intermediate_size 32"}) {
    EXPECT_THAT(sentence, HasSubstr(theirs));
  }
  EXPECT_THAT(sentence, testing::Not(HasSubstr("vocab_size")));
}

TEST(InitFrom, TellsAFolderThatIsNoCheckpoint) {
  const TemporaryFolder folder;
  const std::string checkpoint = saved(folder, shape()), run = folder / "run", file = folder / "file";
  write_file_durably(file, "text");
  std::filesystem::create_directory(folder / "empty");
  TransformerPolicy policy(shape(), 2);
  EXPECT_THAT(refusal([&] { copy_weights(run, policy); }), HasSubstr("got the run folder " + run + "; its newest checkpoint is " + checkpoint));
  EXPECT_THAT(refusal([&] { copy_weights(folder / "empty", policy); }), HasSubstr("empty, which has no config.json"));
  for (const std::string& path : {file, folder / "nowhere"})
    EXPECT_THAT(refusal([&] { copy_weights(path, policy); }), HasSubstr(path + ", which is no folder"));
}

TEST(Checkpoint, SaysWhereAFileIsBrokenInASentence) {
  const TemporaryFolder folder;
  const std::string checkpoint = saved(folder, shape()), manifest = checkpoint + "/manifest.json", whole = read_whole_file(manifest);
  TransformerPolicy policy(shape(), 2);
  const auto broken = [&](const std::string& text) {
    write_file_durably(manifest, text);
    const std::string sentence = refusal([&] { load_checkpoint(checkpoint, policy); });
    EXPECT_THAT(sentence, HasSubstr(manifest));
    EXPECT_THAT(sentence, testing::Not(HasSubstr("json.exception")));
    return sentence;
  };
  EXPECT_THAT(broken("{\n \"files\": oops}"), HasSubstr("manifest.json, line 2, column "));
  EXPECT_THAT(broken("[]"), HasSubstr("of schema version 1, got none"));
  EXPECT_THAT(broken(R"({"schema_version": 1})"), HasSubstr("to list files, each with size and sha256"));
  EXPECT_THAT(broken(R"({"schema_version": 1, "files": {"state.json": 3}})"), HasSubstr("to list files, each with size and sha256"));
  write_file_durably(manifest, whole);
  write_file_durably(checkpoint + "/state.json", "{");
  EXPECT_THAT(refusal([&] { load_checkpoint(checkpoint, policy); }), HasSubstr("state.json"));
  EXPECT_THAT(refusal([&] { StateInventory::read_text(checkpoint, "run/best"); }), HasSubstr("state.json, line 1, column "));
}

TEST(Checkpoint, NamesTheFileThatIsMissingOrOfAnotherTime) {
  const TemporaryFolder folder;
  const std::string checkpoint = saved(folder, shape());
  const std::string manifest = checkpoint + "/manifest.json", state = checkpoint + "/state.json";
  change(manifest, [](auto& json) { json["schema_version"] = 2; });
  EXPECT_THAT(refusal([&] { check_manifest(checkpoint); }), HasSubstr("manifest.json of schema version 1, got 2"));
  change(manifest, [](auto& json) { json["schema_version"] = 1; });
  check_manifest(checkpoint);
  std::filesystem::rename(state, checkpoint + "/elsewhere.json");
  EXPECT_THAT(refusal([&] { check_manifest(checkpoint); }), HasSubstr("state.json (it stands in the manifest), got no such file"));
}

TEST(StateInventory, TakesOnlyWhatItKnowsInTheFormThatItKnows) {
  const TemporaryFolder folder;
  std::vector<float> moments(4, 1.0F);
  StateInventory inventory;
  inventory.text(
      "step", [] { return std::string("7"); }, [](const std::string&) {});
  inventory.array("moments", [&] { return std::span<float>(moments); });
  inventory.save(folder.path());
  const std::string state = folder / "state.json";
  const auto load = [&] { return refusal([&] { inventory.load(folder.path()); }); };
  EXPECT_EQ(load(), "nothing was refused");
  moments.push_back(2.0F);
  EXPECT_THAT(load(), HasSubstr("moments in " + folder.path() + "/optimizer.safetensors with 5 values, got 4"));
  moments.pop_back();
  change(state, [](auto& json) { json["items"]["later/thing"] = 1; });
  EXPECT_THAT(load(), HasSubstr("only known items in " + state + ", got later/thing"));
  change(state, [](auto& json) { json["items"].erase("later/thing"); });
  change(state, [](auto& json) { json["schema_version"] = 2; });
  EXPECT_THAT(load(), HasSubstr("state.json of schema version 1, got 2"));
}

}  // namespace
}  // namespace lydian
