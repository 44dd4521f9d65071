#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "sandbox/broker/job.h"
#include "sandbox/broker/worker.h"

namespace lydian::sandbox {

/// The broker: one loop over the library's socket, the workers and the output of programs. No threads. Ends when the library hangs up.
class Broker {
 public:
  explicit Broker(int library) : library_(library) {}
  /// Tells the library what works here, then serves it. The process's exit status.
  int run();

 private:
  struct Place {
    int number = 0;
    std::unique_ptr<Worker> worker;
    std::unique_ptr<Job> job;
    int failed_starts = 0;
  };

  bool listen();
  bool start(const BrokerRequest& request);
  void take_job(const BrokerRequest& request, const char* strings, std::size_t string_bytes, int* descriptors, int count);
  void install_header(const BrokerRequest& request, int descriptor);
  void assign();
  void watch();
  void hear(Place& place, bool python);
  void worker_died(Place& place);
  void finish(Place& place);
  void repeat_or_fault(std::unique_ptr<Job> job, const std::string& why);
  void replace(Place& place);
  void start_worker(Place& place);
  void answer(const BrokerReply& reply, const std::string& bytes = {}, int output = -1);

  int library_;
  bool open_ = true;
  Workshop workshop_;
  std::vector<Place> places_;
  std::deque<std::unique_ptr<Job>> queue_;
  std::uint32_t workers_replaced_ = 0;
  std::string start_failure_;
};

/// Makes the folder that cells are built in, in mounts that only this process and its children see. Throws a sentence (std::string).
std::string private_folder();

}  // namespace lydian::sandbox
