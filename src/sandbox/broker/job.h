#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sandbox/broker/worker.h"
#include "sandbox/protocol.h"

namespace lydian::sandbox {

/// Bytes that come out of a program, up to a limit.
struct Stream {
  Descriptor end;
  std::string bytes;
  std::uint64_t limit = 0;
  bool truncated = false;

  /// Takes what is there. False once the stream is over its limit.
  bool drain();
};

struct Part {
  PartRequest request;
  Descriptor input, program;
  std::string strings;
  // While it runs:
  Descriptor pidfd, output;
  Stream out, err, channel;
  double program_began_at = 0;
  bool ended = false, killed = false;
  bool died = false;  ///< Its first process was gone before its program had ended, and not by us.
  int wait_status = -1;
  std::uint64_t cpu_us = 0, max_rss = 0;
  std::string setup_failure;
};

/// A job of the library, from its arrival to its reply.
class Job {
 public:
  BrokerRequest request;
  std::vector<Part> parts;
  std::uint32_t attempts = 1;

  /// Sends the parts to the worker's warm processes. Throws a sentence (std::string); the job may then be begun again elsewhere.
  void begin(Worker& worker);
  /// Takes one message of a warm process.
  void heard(const CellMessage& message, Descriptor descriptor);
  /// Output is there, or a deadline has passed.
  void pump();
  /// All processes of all parts are gone.
  bool over() const;
  /// When something must happen even if nothing is heard.
  double next_deadline() const { return kill_deadline_ > 0 ? kill_deadline_ : deadline_; }
  /// Ended because others had kept it from the processors: nobody's result, and no fault of the cell.
  bool starved() const { return !why_starved_.empty(); }
  /// The kill was not answered in time: the cell must go.
  bool stuck(double now) const { return kill_deadline_ > 0 && now > kill_deadline_; }
  /// Ends it for a reason of ours.
  void stop(JobEnd why);
  /// The worker died under it. True where the death is the program's doing (memory), else it is nobody's result.
  bool settle_after_death(Worker& worker);
  /// What is told to the library; the job's output descriptor, if any, in `output`.
  BrokerReply reply(Worker& worker, std::string& bytes, Descriptor& output);

 private:
  void kill_parts();
  void deadline_passed();
  void allow(double seconds);
  std::uint64_t part_id(std::size_t index) const { return request.id * 2 + index; }

  /// What it took until every part's program could begin: all of `elapsed` where one has not.
  double setup_s(double elapsed) const;

  double allowed_s_ = 0;  ///< From the beginning to the deadline, exactly as the last verdict gave it.
  double begun_ = 0, deadline_ = 0, kill_deadline_ = 0, ended_at_ = 0;
  JobEnd end_ = JobEnd::kExited;
  std::uint64_t memory_before_ = 0, kills_before_ = 0;
  const Worker* worker_ = nullptr;
  std::string why_starved_;
  double cpu_at_kill_ = 0, cpu_before_ = -1;
};

}  // namespace lydian::sandbox
