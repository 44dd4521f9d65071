#include <algorithm>
#include <map>
#include <string>

#include "lydian/core/durable_file.h"
#include "lydian/core/error.h"
#include "lydian/model/safetensors.h"
#include "model/transformer_implementation.h"

namespace lydian {
namespace {

constexpr char kConfigFile[] = "/config.json";
constexpr char kWeightsFile[] = "/model.safetensors";

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  return text + "]";
}

/// Tensors that old checkpoints carry and that follow from the configuration; a tied head is the embedding once more.
bool may_be_ignored(const std::string& name, bool tied) {
  return name.find("rotary_emb.inv_freq") != std::string::npos || (tied && name == "lm_head.weight");
}

}  // namespace

void TransformerPolicy::save(const std::string& folder) const {
  std::vector<NamedTensor> tensors;
  for (const WeightSegment& segment : weights().segments()) {
    const std::span<const float> values = weights().values(segment);
    tensors.push_back({segment.name, segment.shape, {values.begin(), values.end()}});
  }
  write_safetensors(folder + kWeightsFile, tensors, {{"format", "pt"}});
  write_file_durably(folder + kConfigFile, to_hugging_face_json(config()));
}

std::unique_ptr<TransformerPolicy> TransformerPolicy::load(const std::string& folder) {
  const std::string config_path = folder + kConfigFile, weights_path = folder + kWeightsFile;
  const TransformerConfig config = from_hugging_face_json(read_whole_file(config_path), config_path);
  auto implementation = std::make_unique<Implementation>(config);
  WeightStore& store = implementation->network.store;
  std::map<std::string, NamedTensor> tensors;
  for (NamedTensor& tensor : read_safetensors(weights_path)) tensors.emplace(tensor.name, std::move(tensor));
  store.update([&](std::span<float> values) {
    for (const WeightSegment& segment : store.segments()) {
      const auto found = tensors.find(segment.name);
      if (found == tensors.end()) throw IoError("transformer_policy", weights_path + ": tensor " + segment.name, "none");
      const NamedTensor& tensor = found->second;
      if (tensor.shape != segment.shape) {
        throw IoError("transformer_policy", weights_path + ": tensor " + segment.name + " of shape " + shape_text(segment.shape), shape_text(tensor.shape));
      }
      std::copy(tensor.values.begin(), tensor.values.end(), values.begin() + segment.offset);
      tensors.erase(found);
    }
  });
  for (const auto& [name, tensor] : tensors) {
    if (!may_be_ignored(name, config.tie_word_embeddings)) throw IoError("transformer_policy", weights_path + ": tensors of " + config_path + " only", name);
  }
  store.restore_version(0);
  return std::unique_ptr<TransformerPolicy>(new TransformerPolicy(std::move(implementation)));
}

}  // namespace lydian
