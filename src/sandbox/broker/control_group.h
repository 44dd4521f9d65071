#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sandbox/broker/small_file.h"

namespace lydian::sandbox {

/// Where this machine lets us make control groups: one folder (version 2) or one a controller (version 1). Empty: not at all.
struct ControlGroupHome {
  bool version_2 = false;
  std::string memory, pids;
  std::string times;  ///< Version 1: where processor time is counted. Version 2 counts it in every group. Empty: nowhere; no layer needs it.
  std::string why_no_memory, why_no_pids;

  /// Looks at the mounted hierarchies, and tries each folder by making a group in it.
  static ControlGroupHome find(const std::string& mounts_file = "/proc/self/mountinfo", const std::string& groups_file = "/proc/self/cgroup");
  /// Removes groups of brokers that are no more. Their names hold the broker's process id.
  void sweep() const;
};

/// The control group of one worker: bounds what all its processes together may use, and counts it.
class ControlGroup {
 public:
  ControlGroup() = default;
  ControlGroup(ControlGroup&&) = default;
  ControlGroup& operator=(ControlGroup&&) = default;
  ~ControlGroup() { remove(); }

  /// Throws a sentence (std::string) naming the file that refused.
  ControlGroup(const ControlGroupHome& home, const std::string& name, bool with_memory, bool with_pids);
  void join(pid_t pid);

  /// Zero leaves a limit as it is. False where the kernel refuses.
  bool set_memory_limit(std::uint64_t bytes);
  bool set_process_limit(std::uint64_t count);
  void reset_peak();
  std::uint64_t peak() const;
  std::uint64_t usage() const;
  /// Of it, what the kernel cannot take back as it likes: memory of processes and files in memory.
  std::uint64_t held() const;
  std::uint64_t memory_kills() const;
  /// Processor time of all that ever were its members, in seconds; -1 where nobody counts it.
  double processor_s() const;
  std::int64_t processes() const;  ///< -1 where there is no controller.
  /// Process ids of all its members; empty where there is no controller.
  std::vector<pid_t> members() const;
  bool remove();
  bool has_memory() const { return !memory_.empty(); }
  bool has_pids() const { return !pids_.empty(); }

 private:
  bool version_2_ = false;
  std::string memory_, pids_, times_;
  std::uint64_t memory_limit_ = 0, process_limit_ = 0;
  Descriptor usage_, peak_, events_, statistics_, count_, processor_;
};

}  // namespace lydian::sandbox
