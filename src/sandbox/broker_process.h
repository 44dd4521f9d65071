#pragma once

#include <sys/types.h>

#include <cstdint>
#include <future>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "sandbox/descriptor.h"
#include "sandbox/protocol.h"

namespace lydian::sandbox {

/// What the broker answered: the reply, the bytes of programs, and a command's output file.
struct Answer {
  BrokerReply reply;
  std::string bytes;
  Descriptor output;
};

/// The broker ended, or did not answer in time and was ended.
struct BrokerLost {
  std::string why;
};

/// A running broker. Threads: ask() from any number of them; one thread of its own listens.
class BrokerProcess {
 public:
  /// Starts it and waits for its table of layers. Throws Error where it cannot be started, BrokerLost where it ends at once.
  explicit BrokerProcess(const std::string& path);
  /// Hangs up; the broker then removes its cells. Waits for its end.
  ~BrokerProcess();
  BrokerProcess(const BrokerProcess&) = delete;
  BrokerProcess& operator=(const BrokerProcess&) = delete;

  const BrokerReply& hello() const { return hello_; }
  pid_t pid() const { return pid_; }
  bool lost() const;

  /// Sends one request and waits for its reply, at most `patience_s`. Throws BrokerLost.
  Answer ask(BrokerRequest request, const std::string& strings, const std::vector<int>& descriptors, double patience_s);

 private:
  void listen();
  bool take_packet();
  void lose(const std::string& why);

  pid_t pid_ = -1;
  Descriptor socket_, life_;
  BrokerReply hello_;
  std::promise<void> greeted_;
  std::thread listener_;
  mutable std::mutex mutex_;
  bool lost_ = false, heard_hello_ = false;
  std::uint64_t next_id_ = 1;
  std::map<std::uint64_t, std::promise<Answer>> waiting_;
  std::string why_lost_;
};

/// Where the broker's executable is: `named`, else LYDIAN_SANDBOX_BROKER, beside the running program, in ../libexec/lydian, where the package was configured to
/// be. Throws ConfigError naming the places.
std::string find_broker(const std::string& named);

}  // namespace lydian::sandbox
