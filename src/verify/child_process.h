#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lydian/core/error.h"

namespace lydian {

/// Why a child's answer cannot be had.
class ChildFailure : public Error {
 public:
  ChildFailure(const std::string& sentence, bool may_pass) : Error("external_verifier", sentence), may_pass_(may_pass) {}
  /// The time limit was reached or the child ended: another try may go well. Not where the child broke the protocol.
  bool may_pass() const { return may_pass_; }

 private:
  bool may_pass_;
};

/// A program that answers lines with lines, in a process group of its own. Used by one thread at a time.
///
/// Destroying it closes its input, gives it a moment to end, and kills what is left of it and its descendants: the process group, and every process that
/// carries this child's mark in its environment, whatever session it moved to.
class ChildProcess {
 public:
  struct Limits {
    std::size_t line_bytes;
    std::int64_t memory_bytes;  ///< 0: none.
  };
  /// Throws ChildFailure where the program cannot be started.
  ChildProcess(const std::vector<std::string>& command, Limits limits);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// The line that it writes unasked, without its end, within `seconds`. Throws ChildFailure; the child has then been killed and cannot be used any more.
  std::string first_line(double seconds) { return converse({}, seconds); }
  /// Writes `request` and returns the line that answers it, both within `seconds`. Throws as first_line, also where a line came that nothing had asked for.
  std::string exchange(std::string_view request, double seconds);

 private:
  void start(const std::vector<std::string>& command);
  std::string converse(std::string_view request, double seconds);
  void wait_for_traffic(bool writing, double seconds_left);
  void read_output();
  void read_errors();
  void write_some(std::string_view& request);
  [[noreturn]] void fail(const std::string& sentence, bool may_pass);
  std::string how_it_ended() const;
  void kill_all();
  void kill_marked() const;
  void close_pipes();

  Limits limits_;
  pid_t process_ = -1;
  int input_ = -1, output_ = -1, errors_ = -1;  ///< Our ends of its standard streams.
  std::string mark_;                            ///< NAME=VALUE in its environment and its descendants'.
  std::string unread_;                          ///< Output that no exchange has taken yet.
  std::string last_errors_;                     ///< The end of what it wrote on standard error.
  bool output_ended_ = false;
};

}  // namespace lydian
