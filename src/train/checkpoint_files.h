#pragma once

#include <string>

#include "lydian/model/policy.h"
#include "lydian/model/transformer_policy.h"

namespace lydian {

/// Writes config.json (where the policy has one) and model.safetensors into an existing folder.
void save_policy(const Policy& policy, const std::string& folder);

/// Copies the weights of a saved TransformerPolicy (a checkpoint of a run, or any folder with config.json and model.safetensors). Throws ConfigError where its
/// shape computes another function.
void copy_weights(const std::string& folder, TransformerPolicy& policy);

/// Whether a run folder is of start_run(), by its configuration, and not of Trainer::train().
bool is_whole_run(const std::string& run_folder);

/// Throws ConfigError where the checkpoint was made with another tokenizer; a folder without tokenizer.txt is taken as it is.
void check_tokenizer(const std::string& folder, const std::string& fingerprint);

/// Adds sizes and SHA-256 of all files of `temporary` to it as manifest.json, then renames it to `target` and syncs the folder above.
void publish_checkpoint(const std::string& temporary, const std::string& target);

/// Throws IoError naming the first file of `folder` that is missing, or differs in size or digest from its manifest.
void check_manifest(const std::string& folder);

}  // namespace lydian
