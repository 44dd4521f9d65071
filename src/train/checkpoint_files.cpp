#include "train/checkpoint_files.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/json_text.h"
#include "lydian/core/config.h"
#include "lydian/core/durable_file.h"
#include "lydian/core/error.h"
#include "lydian/core/sha256.h"
#include "lydian/model/safetensors.h"
#include "lydian/model/transformer_policy.h"
#include "lydian/train/run_folder.h"
#include "train/finite_weights.h"

namespace lydian {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

std::vector<NamedTensor> tensors_of(const WeightStore& store) {
  std::vector<NamedTensor> tensors;
  for (const WeightSegment& segment : store.segments()) {
    const std::span<const float> values = store.values(segment);
    tensors.push_back({segment.name, segment.shape, {values.begin(), values.end()}});
  }
  return tensors;
}

/// "num_layers 2, num_heads 4", of what differs from `other`.
std::string differing_fields(const TransformerConfig& config, const TransformerConfig& other) {
  const Json mine = Json::parse(write_config(config).dump()), theirs = Json::parse(write_config(other).dump());
  std::string text;
  for (const auto& [name, value] : mine.items()) {
    if (value != theirs.at(name)) text += (text.empty() ? "" : ", ") + name + " " + value.dump();
  }
  return text;
}

void check_is_checkpoint(const std::string& folder) {
  const auto refuse = [](const std::string& got) { throw ConfigError("checkpoint", "init_from to name a checkpoint folder", got); };
  if (!fs::is_directory(folder)) refuse(folder + ", which is no folder");
  if (const std::vector<std::int64_t> steps = RunFolder::checkpoints(folder); !steps.empty()) {
    refuse("the run folder " + folder + "; its newest checkpoint is " + RunFolder::checkpoint_path(folder, steps.back()));
  }
  for (const std::string name : {"config.json", "model.safetensors"}) {
    if (!fs::exists(folder + "/" + name)) refuse(folder + ", which has no " + name);
  }
  if (fs::exists(folder + "/manifest.json")) check_manifest(folder);
}

}  // namespace

void save_policy(const Policy& policy, const std::string& folder) {
  if (const auto* transformer = dynamic_cast<const TransformerPolicy*>(&policy)) {
    transformer->save(folder);
  } else {
    write_safetensors(folder + "/model.safetensors", tensors_of(policy.weights()));
  }
}

void copy_weights(const std::string& folder, TransformerPolicy& policy) {
  check_is_checkpoint(folder);
  const std::unique_ptr<TransformerPolicy> saved = TransformerPolicy::load(folder);
  if (!finite_weights(saved->weights())) throw ConfigError("checkpoint", "finite weights in " + folder, "infinity or NaN");
  TransformerConfig theirs = saved->config(), mine = policy.config();
  theirs.initializer_range = mine.initializer_range;  // Decides first weights only.
  theirs.max_positions = mine.learned_positions ? theirs.max_positions : mine.max_positions;
  if (const std::string differing = differing_fields(theirs, mine); !differing.empty()) {
    throw ConfigError("checkpoint", "the policy section to have the shape of " + folder + " (" + differing + ")", differing_fields(mine, theirs));
  }
  policy.weights().update([&](std::span<float> weights) { std::copy(saved->weights().values().begin(), saved->weights().values().end(), weights.begin()); });
}

void check_run_folder(const std::string& path) {
  if (!fs::is_directory(path)) throw ConfigError("run_folder", "a run folder", path + ", which is none");
}

std::string steps_text(const std::vector<std::int64_t>& steps) {
  std::string text;
  for (const std::int64_t step : steps) text += (text.empty() ? "" : ", ") + std::to_string(step);
  return text.empty() ? "none" : text;
}

bool is_whole_run(const std::string& run_folder) {
  const std::string path = run_folder + "/config.json";
  if (!fs::exists(path)) return false;
  const Config config = Config::read_file(path);
  return config.has("environment") || config.has("environments");
}

void check_tokenizer(const std::string& folder, const std::string& fingerprint) {
  const std::string path = folder + "/tokenizer.txt";
  if (!fs::exists(path)) return;
  const std::string saved = read_whole_file(path);
  if (saved != fingerprint + "\n") throw ConfigError("checkpoint", "the tokenizer that " + path + " names: " + saved, fingerprint);
}

void publish_checkpoint(const std::string& temporary, const std::string& target) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(temporary)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  Json manifest;
  manifest["schema_version"] = kCheckpointSchema;
  for (const std::string& name : names) {
    const std::string path = temporary + "/" + name;
    manifest["files"][name] = {{"size", fs::file_size(path)}, {"sha256", sha256_of_file(path)}};
  }
  write_file_durably(temporary + "/manifest.json", manifest.dump(1) + "\n");
  sync_folder(temporary);
  if (fs::exists(target)) {
    // A checkpoint of the same step, as after a resume: at no instant is there none.
    if (renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, target.c_str(), RENAME_EXCHANGE) != 0) {
      throw IoError("checkpoint", "cannot put " + temporary + " into the place of " + target + ": " + std::strerror(errno));
    }
  } else {
    fs::rename(temporary, target);
  }
  sync_folder(fs::path(target).parent_path().string());
  fs::remove_all(temporary);
}

Json read_checkpoint_json(const std::string& path) {
  try {
    Json json = parse_json(read_whole_file(path));
    const Json version = json.is_object() ? json.value("schema_version", Json()) : Json();
    if (version != kCheckpointSchema) {
      throw IoError("checkpoint", path + " of schema version " + std::to_string(kCheckpointSchema), version.is_null() ? "none" : version.dump());
    }
    return json;
  } catch (const JsonMistake& mistake) {
    throw IoError("checkpoint", path + (mistake.place.empty() ? "" : ", " + mistake.place) + ": " + mistake.sentence);
  }
}

void check_manifest(const std::string& folder) {
  const std::string path = folder + "/manifest.json";
  const Json manifest = read_checkpoint_json(path);
  try {
    for (const auto& [name, entry] : manifest.at("files").items()) {
      const std::string file = folder + "/" + name;
      const auto size = entry.at("size").get<std::uintmax_t>();
      if (!fs::exists(file)) throw IoError("checkpoint", file + " (it stands in the manifest)", "no such file");
      if (fs::file_size(file) != size) throw IoError("checkpoint", file + " of " + std::to_string(size) + " bytes", std::to_string(fs::file_size(file)));
      if (sha256_of_file(file) != entry.at("sha256").get<std::string>())
        throw IoError("checkpoint", file + " to have the digest of its manifest", "another: its bytes were changed");
    }
  } catch (const Json::exception& error) {
    throw IoError("checkpoint", path + " to list files, each with size and sha256", json_sentence(error));
  }
}

void load_checkpoint(const std::string& folder, Policy& policy, const StateInventory* inventory, const std::set<std::string>& leave_out) {
  if (!fs::is_directory(folder)) throw IoError("checkpoint", "a checkpoint folder at " + folder, "none");
  check_manifest(folder);
  WeightStore& store = policy.weights();
  if (!leave_out.contains("weights")) {
    const std::string path = folder + "/model.safetensors";
    const std::vector<NamedTensor> tensors = read_safetensors(path);
    store.update([&](std::span<float> weights) {
      for (const WeightSegment& segment : store.segments()) {
        const auto found = std::find_if(tensors.begin(), tensors.end(), [&](const NamedTensor& tensor) { return tensor.name == segment.name; });
        if (found == tensors.end()) throw IoError("checkpoint", "a tensor " + segment.name + " in " + path, "none");
        if (found->shape != segment.shape) throw IoError("checkpoint", segment.name + " in " + path + " to have the policy's shape", "another");
        std::copy(found->values.begin(), found->values.end(), weights.begin() + segment.offset);
      }
    });
    if (!finite_weights(store)) throw IoError("checkpoint", "finite weights in " + path, "infinity or NaN; an older checkpoint may have them");
  }
  if (inventory != nullptr) inventory->load(folder, leave_out);
}

}  // namespace lydian
