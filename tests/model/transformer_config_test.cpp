#include "lydian/model/transformer_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "lydian/core/config.h"
#include "lydian/core/error.h"
#include "lydian/model/transformer_policy.h"
#include "model/drawn_transformer.h"
#include "model/transformer_network.h"

namespace lydian {
namespace {

using testing::HasSubstr;

std::string architecture(const TransformerConfig& config) {
  return nlohmann::json::parse(to_hugging_face_json(config)).at("architectures").at(0);
}

template <typename Call>
std::string message_of(const Call& call) {
  try {
    call();
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no error";
}

TEST(TransformerConfig, ResolvesZerosAndRefusesWhatDoesNotFit) {
  const TransformerConfig config = TransformerConfig{.vocab_size = 10, .hidden_size = 48, .num_heads = 4}.resolved();
  EXPECT_EQ(config.num_kv_heads, 4);
  EXPECT_EQ(config.head_dim, 12);
  EXPECT_EQ(config.intermediate_size, 192);
  EXPECT_THAT(message_of([] { TransformerConfig{}.resolved(); }), HasSubstr("vocab_size"));
  EXPECT_THAT(message_of([] { TransformerConfig{.vocab_size = 2, .num_heads = 4, .num_kv_heads = 3}.resolved(); }), HasSubstr("num_kv_heads"));
  EXPECT_THAT(message_of([] { TransformerConfig{.vocab_size = 2, .num_heads = 1, .head_dim = 7}.resolved(); }), HasSubstr("head_dim"));
  EXPECT_THAT(message_of([] { TransformerConfig{.vocab_size = 2, .hidden_size = 10, .num_heads = 4}.resolved(); }), HasSubstr("hidden_size"));
  EXPECT_THAT(message_of([] { TransformerConfig{.vocab_size = 2, .rms_norm_eps = 0.0}.resolved(); }), HasSubstr("rms_norm_eps"));
}

TEST(TransformerConfig, ParametersAreTheStores) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    RandomStream random = drawn::stream(seed);
    const TransformerConfig config = drawn::config(random);
    EXPECT_EQ(config.parameters(), TransformerPolicy(config, 1).weights().parameters()) << drawn::describe(config);
  }
}

TEST(TransformerConfig, ConfigurationRoundTrips) {
  const TransformerConfig config{.vocab_size = 9, .feed_forward = FeedForward::kSwiglu, .rope_theta = 5e5, .query_key_norm = true};
  TransformerConfig read;
  read_config(write_config(config), read);
  EXPECT_EQ(to_hugging_face_json(read), to_hugging_face_json(config));
}

TEST(HuggingFaceConfig, EveryShapeRoundTrips) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    RandomStream random = drawn::stream(seed);
    const TransformerConfig config = drawn::config(random);
    const std::string text = to_hugging_face_json(config);
    const TransformerConfig read = from_hugging_face_json(text, "config.json");
    EXPECT_EQ(to_hugging_face_json(read), text);
    EXPECT_EQ(read.query_key_norm, config.query_key_norm) << text;
    EXPECT_EQ(read.attention_bias, config.attention_bias) << text;
    EXPECT_EQ(read.attention_output_bias, config.attention_output_bias) << text;
    EXPECT_EQ(read.mlp_bias, config.mlp_bias) << text;
    EXPECT_EQ(read.rotary_positions, config.rotary_positions) << text;
    EXPECT_EQ(read.learned_positions, config.learned_positions) << text;
    EXPECT_EQ(read.feed_forward, config.feed_forward) << text;
    EXPECT_EQ(read.head_dim, config.head_dim) << text;
  }
}

TEST(HuggingFaceConfig, NamesTheFamilyOfTheShape) {
  const TransformerConfig qwen3{.vocab_size = 8, .feed_forward = FeedForward::kSwiglu, .query_key_norm = true};
  EXPECT_EQ(architecture(qwen3), "Qwen3ForCausalLM");
  EXPECT_EQ(architecture({.vocab_size = 8, .feed_forward = FeedForward::kSwiglu, .attention_bias = true}), "Qwen2ForCausalLM");
  EXPECT_EQ(architecture({.vocab_size = 8, .feed_forward = FeedForward::kSwiglu}), "LlamaForCausalLM");
  EXPECT_EQ(architecture({.vocab_size = 8}), "LydianForCausalLM");
  EXPECT_EQ(architecture({.vocab_size = 8, .feed_forward = FeedForward::kSwiglu, .learned_positions = true}), "LydianForCausalLM");
}

TEST(HuggingFaceConfig, ReadsPublishedForms) {
  // Fields as the published Qwen2.5 0.5B and transformers 5 write them.
  const TransformerConfig qwen =
      from_hugging_face_json(R"({"architectures": ["Qwen2ForCausalLM"], "hidden_act": "silu", "hidden_size": 896, "intermediate_size": 4864,
    "max_position_embeddings": 32768, "model_type": "qwen2", "num_attention_heads": 14, "num_hidden_layers": 24, "num_key_value_heads": 2, "rms_norm_eps": 1e-06,
    "rope_theta": 1000000.0, "tie_word_embeddings": true, "use_sliding_window": false, "vocab_size": 151936})",
                             "config.json");
  EXPECT_TRUE(qwen.attention_bias && qwen.tie_word_embeddings && !qwen.attention_output_bias);
  EXPECT_EQ(qwen.head_dim, 64);
  EXPECT_EQ(qwen.parameters(), 494032768);
  const TransformerConfig llama = from_hugging_face_json(R"({"model_type": "llama", "hidden_size": 64, "intermediate_size": 96, "max_position_embeddings": 128,
    "num_attention_heads": 4, "num_hidden_layers": 2, "vocab_size": 32, "rope_parameters": {"rope_type": "default", "rope_theta": 500000.0}})",
                                                         "config.json");
  EXPECT_EQ(llama.rope_theta, 500000.0);
  EXPECT_EQ(llama.num_kv_heads, 4);
}

TEST(HuggingFaceConfig, ReadsLlamaFrom31On) {
  // Fields as the published Llama 3.2 1B has them.
  const std::string text = R"({"architectures": ["LlamaForCausalLM"], "head_dim": 64, "hidden_act": "silu", "hidden_size": 2048, "intermediate_size": 8192,
    "max_position_embeddings": 131072, "model_type": "llama", "num_attention_heads": 32, "num_hidden_layers": 16, "num_key_value_heads": 8,
    "rms_norm_eps": 1e-05, "rope_scaling": {"factor": 32.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0, "original_max_position_embeddings": 8192,
    "rope_type": "llama3"}, "rope_theta": 500000.0, "tie_word_embeddings": true, "vocab_size": 128256})";
  TransformerConfig config = from_hugging_face_json(text, "config.json");
  EXPECT_EQ(config.parameters(), 1235814400);
  EXPECT_EQ(architecture(config), "LlamaForCausalLM");
  const std::string written = to_hugging_face_json(config);
  EXPECT_EQ(to_hugging_face_json(from_hugging_face_json(written, "config.json")), written);
  // The published formula by wave lengths, worked out apart in Python; 15 to 17 lie between the two bounds.
  const std::pair<int, double> published[] = {{0, 1.0},
                                              {14, 0.0032114459947525913},
                                              {15, 0.001290547928209264},
                                              {16, 0.00042955679655936815},
                                              {17, 9.70828780262767e-05},
                                              {18, 1.9461638184831125e-05},
                                              {31, 9.418306725434909e-08}};
  for (const auto& [i, frequency] : published) EXPECT_NEAR(rotary_frequency(config, i) / frequency, 1.0, 1e-13) << i;
  config.rope_scaling = {};
  EXPECT_NEAR(rotary_frequency(config, 16), 0.001414213562373095, 1e-16);
}

TEST(TransformerConfig, RefusesAScalingThatDoesNotFit) {
  const auto refused = [](const RopeScaling& scaling) { return message_of([&] { TransformerConfig{.vocab_size = 2, .rope_scaling = scaling}.resolved(); }); };
  EXPECT_THAT(refused({.factor = 0.5}), HasSubstr("rope_scaling.factor"));
  EXPECT_THAT(refused({.factor = 2.0, .low_freq_factor = 4.0}), HasSubstr("low_freq_factor"));
  EXPECT_THAT(refused({.factor = 2.0, .original_max_positions = 0}), HasSubstr("original_max_positions"));
}

TEST(HuggingFaceConfig, RefusesByFieldAndFile) {
  const auto read = [](const char* changed) {
    auto json =
        nlohmann::json::parse(R"({"model_type": "llama", "hidden_size": 64, "intermediate_size": 96, "max_position_embeddings": 128, "num_attention_heads": 4,
      "num_hidden_layers": 2, "vocab_size": 32})");
    json.merge_patch(nlohmann::json::parse(changed));
    return message_of([&] { from_hugging_face_json(json.dump(), "dir/config.json"); });
  };
  EXPECT_EQ(read("{}"), "no error");
  EXPECT_THAT(read(R"({"vocab_size": null})"), testing::AllOf(HasSubstr("dir/config.json"), HasSubstr("vocab_size")));
  EXPECT_THAT(read(R"({"hidden_size": "64"})"), HasSubstr("hidden_size"));
  EXPECT_THAT(read(R"({"hidden_act": "gelu"})"), HasSubstr("hidden_act"));
  EXPECT_THAT(read(R"({"model_type": "gpt2"})"), HasSubstr("gpt2"));
  EXPECT_THAT(read(R"({"rope_scaling": {"rope_type": "yarn", "factor": 8.0}})"), HasSubstr("rope_scaling of type default or llama3"));
  EXPECT_THAT(read(R"({"rope_scaling": {"rope_type": "llama3", "factor": 8.0}})"), HasSubstr("rope_scaling with field low_freq_factor"));
  EXPECT_THAT(read(R"({"use_sliding_window": true})"), HasSubstr("use_sliding_window"));
  EXPECT_THAT(message_of([] { from_hugging_face_json("{", "c.json"); }), HasSubstr("c.json"));
}

}  // namespace
}  // namespace lydian
