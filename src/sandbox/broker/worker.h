#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sandbox/broker/control_group.h"
#include "sandbox/broker/deadline.h"
#include "sandbox/protocol.h"

namespace lydian::sandbox {

/// What all workers of a broker share.
struct Workshop {
  ControlGroupHome groups;
  Descriptor filter, module, executable;
  std::uint32_t layers = kAllLayers;
  std::string python, scratch;
};

double now_s();

/// One cell and its warm processes, in a control group of its own. Runs one job at a time.
class Worker {
 public:
  /// Starts the cell; it is ready when `heard` has seen both warm processes. Throws a sentence (std::string).
  Worker(const Workshop& workshop, int number);
  /// Kills the cell, waits for its end and removes its control group.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  int pidfd() const { return pidfd_.get(); }
  int control(bool python) const { return python ? python_control_.get() : native_control_.get(); }
  bool has_python() const { return static_cast<bool>(python_control_); }
  ControlGroup& group() { return group_; }

  /// A warm process said that it is ready.
  void heard(bool python);
  bool ready() const { return native_ready_ && (python_ready_ || !has_python()); }
  double started_at() const { return started_at_; }
  std::uint64_t base_memory() const { return base_memory_; }
  std::int64_t base_processes() const { return has_python() ? 2 : 1; }
  /// Only the warm processes are there, and what they held before.
  bool empty() const;
  /// Of the run that began when the control group had counted `before` seconds.
  ProcessorTime processor_time(double before) const;
  /// What the cell complained of, for a fault's sentence.
  std::string complaint() const;

 private:
  void map_identity(const Workshop& workshop);

  pid_t pid_ = -1;
  Descriptor pidfd_, native_control_, python_control_, log_;
  ControlGroup group_;
  bool native_ready_ = false, python_ready_ = false;
  double started_at_ = 0;
  std::uint64_t base_memory_ = 0, base_held_ = 0;
  uid_t host_uid_ = 0;
  std::vector<pid_t> warm_;
};

/// Identity on the host of the programs of worker `number`; a plain user has only their own.
uid_t host_identity(int number);

}  // namespace lydian::sandbox
