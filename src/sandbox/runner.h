#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "lydian/sandbox/sandbox.h"
#include "sandbox/broker_process.h"

namespace lydian::sandbox {

/// One part of a job as the library gives it.
struct PartInput {
  PartKind kind = PartKind::kPython;
  const Descriptor* input = nullptr;
  const Descriptor* program = nullptr;
  std::vector<std::string> arguments, environment;
};

/// Keeps a broker at work: starts it, starts it again when it is lost, and gives it no more jobs than it has workers.
class Runner {
 public:
  /// Throws SandboxUnavailable, ConfigError.
  Runner(const SandboxOptions& options, std::string python);

  /// Runs a job; a lost broker is replaced and the job done again, once. A failure of the sandbox is an answer with JobEnd::kFault.
  Answer run(const RunLimits& limits, const std::vector<PartInput>& parts, std::uint64_t channel_bytes);
  /// Keeps `file` where compilers in cells find precompiled headers. False where that failed.
  bool install_header(const std::string& name, const Descriptor& file);

  const std::vector<std::string>& layers() const { return layers_; }
  /// Changes when a broker has been replaced: what it held is gone.
  std::int64_t generation() const;
  SandboxCounters counters() const;
  pid_t broker_pid() const;

 private:
  std::shared_ptr<BrokerProcess> start_broker();
  std::shared_ptr<BrokerProcess> broker();
  Answer ask(const BrokerRequest& request, const std::string& strings, const std::vector<int>& descriptors, double patience_s);
  void count(const Answer& answer);

  SandboxOptions options_;
  std::string path_, python_;
  std::vector<std::string> layers_;
  std::uint32_t layer_bits_ = 0;
  mutable std::mutex mutex_;  // Everything below.
  std::condition_variable place_free_;
  int places_ = 0;
  std::shared_ptr<BrokerProcess> broker_;
  SandboxCounters counters_;
  std::int64_t replaced_before_ = 0;  // By brokers that are no more.
};

/// The probe's table as a broker's first words have it.
std::vector<LayerState> layer_table(const BrokerReply& hello);

}  // namespace lydian::sandbox
