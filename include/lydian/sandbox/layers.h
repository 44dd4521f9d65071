#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lydian/core/error.h"

namespace lydian {

/// One independent way in which a cell holds a program.
enum class SandboxLayer : std::uint8_t {
  kUserNamespace,   ///< An identity of its own without rights on the host.
  kPidNamespace,    ///< Sees and signals only its own processes; all die with the first of them.
  kMountNamespace,  ///< A file tree of its own: system folders read-only, an empty /tmp of limited size.
  kNetNamespace,    ///< No network.
  kIpcNamespace,    ///< No shared memory or queues with others.
  kSeccomp,         ///< A list of the system calls that it may make.
  kLandlock,        ///< A second list of what it may open.
  kMemoryLimit,     ///< A control group that bounds memory of all its processes together.
  kProcessLimit,    ///< A control group that bounds the number of its processes.
};
inline constexpr int kSandboxLayers = 9;

/// "user_namespace", "pid_namespace", "mount_namespace", "net_namespace", "ipc_namespace", "seccomp", "landlock", "memory_limit", "process_limit".
const char* to_string(SandboxLayer layer);
/// Throws ConfigError naming the known layers.
SandboxLayer sandbox_layer(std::string_view name);

/// One row of the probe's table: what happened when the layer was used.
struct LayerState {
  SandboxLayer layer;
  bool works = false;
  std::string detail;  ///< What was tried and what came of it, for instance "control group v1: 64 MiB over the limit were refused".
};

/// A layer that the policy requires does not work here. what() names each and why.
class SandboxUnavailable : public Error {
 public:
  SandboxUnavailable(std::vector<LayerState> missing, std::string_view sentence);
  const std::vector<LayerState>& missing() const { return missing_; }

 private:
  std::vector<LayerState> missing_;
};

}  // namespace lydian
