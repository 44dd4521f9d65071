#include <nlohmann/json.hpp>
#include <string>

#include "lydian/core/error.h"
#include "lydian/model/transformer_config.h"

namespace lydian {
namespace {

using Json = nlohmann::ordered_json;

enum class Family : std::uint8_t { kQwen3, kQwen2, kLlama, kLydian };

struct FamilyName {
  Family family;
  const char* architecture;
  const char* model_type;
};
constexpr FamilyName kFamilies[] = {{Family::kQwen3, "Qwen3ForCausalLM", "qwen3"},
                                    {Family::kQwen2, "Qwen2ForCausalLM", "qwen2"},
                                    {Family::kLlama, "LlamaForCausalLM", "llama"},
                                    {Family::kLydian, "LydianForCausalLM", "lydian"}};

/// Their attention_bias covers q, k, v and the output alike, except Qwen2, which always has it on q, k and v only.
Family family_of(const TransformerConfig& config) {
  const bool common = config.feed_forward == FeedForward::kSwiglu && config.rotary_positions && !config.learned_positions;
  const bool even_bias = config.attention_bias == config.attention_output_bias;
  if (!common) return Family::kLydian;
  if (config.query_key_norm) return even_bias && !config.mlp_bias ? Family::kQwen3 : Family::kLydian;
  if (config.attention_bias && !config.attention_output_bias && !config.mlp_bias) return Family::kQwen2;
  return even_bias ? Family::kLlama : Family::kLydian;
}

/// Reads fields by name, so that every message names the file and the field.
class Reader {
 public:
  Reader(const std::string& text, const std::string& origin) : origin_(origin), json_(Json::parse(text, nullptr, false)) {
    if (!json_.is_object())
      throw ConfigError("hugging_face_config", origin + ": a JSON object", json_.is_discarded() ? "text that is no JSON" : json_.type_name());
  }

  bool has(const char* name) const { return json_.contains(name) && !json_.at(name).is_null(); }
  const Json& at(const char* name) const { return json_.at(name); }

  template <typename T>
  T required(const char* name) const {
    if (!has(name)) throw ConfigError("hugging_face_config", origin_ + ": field " + name, "none");
    return value<T>(json_.at(name), name);
  }
  template <typename T>
  T optional(const char* name, T fallback) const {
    return has(name) ? value<T>(json_.at(name), name) : fallback;
  }

  [[noreturn]] void refuse(const std::string& field, const std::string& expected, const std::string& got) const {
    throw ConfigError("hugging_face_config", origin_ + ": " + field + " " + expected, got);
  }

  template <typename T>
  T value(const Json& json, const char* name) const {
    const bool fits = std::is_same_v<T, bool>          ? json.is_boolean()
                      : std::is_same_v<T, std::string> ? json.is_string()
                      : std::is_integral_v<T>          ? json.is_number_integer()
                                                       : json.is_number();
    if (!fits) refuse(name, "of another type", json.dump());
    return json.get<T>();
  }

 private:
  std::string origin_;
  Json json_;
};

Family read_family(const Reader& reader) {
  std::string found = reader.optional<std::string>("model_type", "");
  if (reader.has("architectures") && reader.at("architectures").is_array() && reader.at("architectures").size() == 1) {
    found = reader.value<std::string>(reader.at("architectures")[0], "architectures");
  }
  for (const FamilyName& name : kFamilies) {
    if (found == name.architecture || found == name.model_type) return name.family;
  }
  reader.refuse("architectures", "of one out of Qwen3ForCausalLM, Qwen2ForCausalLM, LlamaForCausalLM and LydianForCausalLM", "\"" + found + "\"");
}

/// transformers 5 keeps the base within rope_parameters, version 4 beside it.
void read_rope(const Reader& reader, TransformerConfig& config) {
  config.rope_theta = reader.optional<double>("rope_theta", 10000.0);
  for (const char* name : {"rope_parameters", "rope_scaling"}) {
    if (!reader.has(name)) continue;
    const Json& rope = reader.at(name);
    if (!rope.is_object()) reader.refuse(name, "as an object", rope.dump());
    for (const char* kind : {"rope_type", "type"}) {
      if (!rope.contains(kind) || rope.at(kind) == "default") continue;
      if (rope.at(kind) != "llama3") reader.refuse(name, "of type default or llama3", rope.at(kind).dump());
      const auto field = [&](const char* key) -> const Json& {
        if (!rope.contains(key)) reader.refuse(name, std::string("with field ") + key, rope.dump());
        return rope.at(key);
      };
      config.rope_scaling = {
          .factor = reader.value<double>(field("factor"), "factor"),
          .low_freq_factor = reader.value<double>(field("low_freq_factor"), "low_freq_factor"),
          .high_freq_factor = reader.value<double>(field("high_freq_factor"), "high_freq_factor"),
          .original_max_positions = reader.value<std::int64_t>(field("original_max_position_embeddings"), "original_max_position_embeddings")};
    }
    if (rope.contains("rope_theta")) config.rope_theta = reader.value<double>(rope.at("rope_theta"), "rope_theta");
  }
}

void read_biases(const Reader& reader, Family family, TransformerConfig& config) {
  const bool attention = reader.optional<bool>("attention_bias", false);
  config.attention_bias = family == Family::kQwen2 || attention;
  config.attention_output_bias = family == Family::kLydian ? reader.optional<bool>("attention_output_bias", false) : family != Family::kQwen2 && attention;
  config.mlp_bias = (family == Family::kLlama || family == Family::kLydian) && reader.optional<bool>("mlp_bias", false);
}

/// The first two give relu squared and gated silu under the names that transformers uses.
void read_activation(const Reader& reader, TransformerConfig& config) {
  const std::string activation = reader.optional<std::string>("hidden_act", "silu");
  if (activation != "silu" && activation != "relu2") reader.refuse("hidden_act", "of silu or relu2", "\"" + activation + "\"");
  config.feed_forward = activation == "silu" ? FeedForward::kSwiglu : FeedForward::kReluSquared;
}

}  // namespace

std::string to_hugging_face_json(const TransformerConfig& unresolved) {
  const TransformerConfig config = unresolved.resolved();
  const Family family = family_of(config);
  Json json;
  for (const FamilyName& name : kFamilies) {
    if (name.family != family) continue;
    json["architectures"] = {name.architecture};
    json["model_type"] = name.model_type;
  }
  json["vocab_size"] = config.vocab_size;
  json["hidden_size"] = config.hidden_size;
  json["intermediate_size"] = config.intermediate_size;
  json["num_hidden_layers"] = config.num_layers;
  json["num_attention_heads"] = config.num_heads;
  json["num_key_value_heads"] = config.num_kv_heads;
  json["head_dim"] = config.head_dim;
  json["hidden_act"] = config.feed_forward == FeedForward::kSwiglu ? "silu" : "relu2";
  json["max_position_embeddings"] = config.max_positions;
  json["rope_theta"] = config.rope_theta;
  const RopeScaling& scaling = config.rope_scaling;
  if (scaling.factor != 1.0) {
    json["rope_scaling"] = {{"rope_type", "llama3"},
                            {"factor", scaling.factor},
                            {"low_freq_factor", scaling.low_freq_factor},
                            {"high_freq_factor", scaling.high_freq_factor},
                            {"original_max_position_embeddings", scaling.original_max_positions}};
  }
  json["rms_norm_eps"] = config.rms_norm_eps;
  json["initializer_range"] = config.initializer_range;
  json["tie_word_embeddings"] = config.tie_word_embeddings;
  json["attention_bias"] = config.attention_bias;
  if (family == Family::kLlama || family == Family::kLydian) json["mlp_bias"] = config.mlp_bias;
  if (family == Family::kLydian) {
    json["attention_output_bias"] = config.attention_output_bias;
    json["rotary_positions"] = config.rotary_positions;
    json["learned_positions"] = config.learned_positions;
    json["query_key_norm"] = config.query_key_norm;
  }
  json["dtype"] = "float32";
  return json.dump(2) + "\n";
}

TransformerConfig from_hugging_face_json(const std::string& text, const std::string& origin) {
  const Reader reader(text, origin);
  const Family family = read_family(reader);
  TransformerConfig config;
  config.vocab_size = reader.required<std::int64_t>("vocab_size");
  config.hidden_size = reader.required<std::int64_t>("hidden_size");
  config.intermediate_size = reader.required<std::int64_t>("intermediate_size");
  config.num_layers = reader.required<std::int64_t>("num_hidden_layers");
  config.num_heads = reader.required<std::int64_t>("num_attention_heads");
  config.num_kv_heads = reader.optional<std::int64_t>("num_key_value_heads", family == Family::kQwen3 ? 32 : 0);
  config.head_dim = reader.optional<std::int64_t>("head_dim", family == Family::kQwen3 ? 128 : 0);
  config.max_positions = reader.required<std::int64_t>("max_position_embeddings");
  read_rope(reader, config);
  config.rms_norm_eps = reader.optional<double>("rms_norm_eps", 1e-6);
  config.initializer_range = reader.optional<double>("initializer_range", 0.0);
  config.tie_word_embeddings = reader.optional<bool>("tie_word_embeddings", false);
  read_activation(reader, config);
  read_biases(reader, family, config);
  if (reader.optional<bool>("use_sliding_window", false)) reader.refuse("use_sliding_window", "of false", "true");
  config.query_key_norm = family == Family::kQwen3 || reader.optional<bool>("query_key_norm", false);
  config.rotary_positions = family != Family::kLydian || reader.optional<bool>("rotary_positions", true);
  config.learned_positions = family == Family::kLydian && reader.optional<bool>("learned_positions", false);
  return config.resolved();
}

}  // namespace lydian
