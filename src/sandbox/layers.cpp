#include "lydian/sandbox/layers.h"

#include <array>

namespace lydian {
namespace {

constexpr std::array<const char*, kSandboxLayers> kNames{"user_namespace", "pid_namespace", "mount_namespace", "net_namespace", "ipc_namespace",
                                                         "seccomp",        "landlock",      "memory_limit",    "process_limit"};

std::string unavailable_sentence(const std::vector<LayerState>& missing, std::string_view sentence) {
  std::string text(sentence);
  for (const LayerState& state : missing) text += std::string("; ") + to_string(state.layer) + ": " + state.detail;
  return text;
}

}  // namespace

const char* to_string(SandboxLayer layer) {
  return kNames.at(static_cast<std::size_t>(layer));
}

SandboxLayer sandbox_layer(std::string_view name) {
  std::string known;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (name == kNames[i]) return static_cast<SandboxLayer>(i);
    known += (i ? ", " : "") + std::string(kNames[i]);
  }
  throw ConfigError("sandbox", "a layer among " + known, std::string(name));
}

SandboxUnavailable::SandboxUnavailable(std::vector<LayerState> missing, std::string_view sentence)
    : Error("sandbox", unavailable_sentence(missing, sentence)), missing_(std::move(missing)) {}

}  // namespace lydian
