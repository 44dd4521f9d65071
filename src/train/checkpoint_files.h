#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "lydian/model/policy.h"
#include "lydian/model/transformer_policy.h"

namespace lydian {

/// Writes config.json (where the policy has one) and model.safetensors into an existing folder.
void save_policy(const Policy& policy, const std::string& folder);

/// Copies the weights of a saved TransformerPolicy (a checkpoint of a run, or any folder with config.json and model.safetensors). Throws ConfigError where the
/// folder is none of these, or its shape computes another function, naming the fields that differ.
void copy_weights(const std::string& folder, TransformerPolicy& policy);

/// Throws ConfigError where there is no such folder.
void check_run_folder(const std::string& path);

/// "2, 4, 6", or "none".
std::string steps_text(const std::vector<std::int64_t>& steps);

/// Whether a run folder is of start_run(), by its configuration, and not of Trainer::train().
bool is_whole_run(const std::string& run_folder);

/// Throws ConfigError where the checkpoint was made with another tokenizer; a folder without tokenizer.txt is taken as it is.
void check_tokenizer(const std::string& folder, const std::string& fingerprint);

inline constexpr int kCheckpointSchema = 1;

/// The object in a JSON file of a checkpoint. Throws IoError naming the file and the place of the mistake, or a schema_version that is another one.
nlohmann::ordered_json read_checkpoint_json(const std::string& path);

/// Adds sizes and SHA-256 of all files of `temporary` to it as manifest.json, then renames it to `target` and syncs the folder above.
void publish_checkpoint(const std::string& temporary, const std::string& target);

/// Throws IoError naming the first file of `folder` that is missing, or differs in size or digest from its manifest.
void check_manifest(const std::string& folder);

}  // namespace lydian
