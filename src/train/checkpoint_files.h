#pragma once

#include <string>

#include "lydian/model/policy.h"

namespace lydian {

/// Writes config.json (where the policy has one) and model.safetensors into an existing folder.
void save_policy(const Policy& policy, const std::string& folder);

/// Throws ConfigError where the checkpoint was made with another tokenizer; a folder without tokenizer.txt is taken as it is.
void check_tokenizer(const std::string& folder, const std::string& fingerprint);

/// Adds sizes and SHA-256 of all files of `temporary` to it as manifest.json, then renames it to `target` and syncs the folder above.
void publish_checkpoint(const std::string& temporary, const std::string& target);

/// Throws IoError naming the first file of `folder` that is missing, or differs in size or digest from its manifest.
void check_manifest(const std::string& folder);

}  // namespace lydian
