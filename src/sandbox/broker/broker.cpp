#include "sandbox/broker/broker.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "sandbox/broker/embedded.h"
#include "sandbox/broker/probe.h"
#include "sandbox/broker/seccomp_filter.h"
#include "sandbox/packet.h"

namespace lydian::sandbox {
namespace {

constexpr double kStartPatience_s = 20.0;
constexpr int kMaxFailedStarts = 3;

BrokerReply fault_reply(std::uint64_t id, const std::string& why) {
  BrokerReply reply;
  reply.id = id;
  reply.end = JobEnd::kFault;
  std::snprintf(reply.fault, sizeof reply.fault, "%s", why.c_str());
  return reply;
}

}  // namespace

int Broker::run() {
  workshop_.groups = ControlGroupHome::find();
  workshop_.groups.sweep();
  BrokerReply hello;
  hello.type = FromBroker::kHello;
  try {
    workshop_.scratch = private_folder();
  } catch (const std::string& why) {
    std::snprintf(hello.fault, sizeof hello.fault, "%s", why.c_str());
  }
  probe(workshop_, hello.layers);
  answer(hello);
  while (open_) watch();
  places_.clear();
  return 0;
}

void Broker::answer(const BrokerReply& given, const std::string& bytes, int output) {
  BrokerReply reply = given;
  reply.workers_replaced = workers_replaced_;
  int descriptors[2], count = 0;
  Descriptor file;
  if (bytes.size() > kMaxInline) {
    file.reset(memfd_create("lydian-results", MFD_CLOEXEC));
    std::size_t done = 0;
    while (file && done < bytes.size()) {
      const ssize_t size = write(file.get(), bytes.data() + done, bytes.size() - done);
      if (size <= 0) break;
      done += static_cast<std::size_t>(size);
    }
    if (done < bytes.size()) return answer(fault_reply(reply.id, "no memory for a program's output"));
    reply.in_file = 1;
    descriptors[count++] = file.get();
  }
  if (output >= 0) descriptors[count++] = output;
  const iovec pieces[2] = {{&reply, sizeof reply}, {const_cast<char*>(bytes.data()), file ? 0 : bytes.size()}};
  if (!send_packet(library_, pieces, 2, descriptors, count)) open_ = false;
}

bool Broker::listen() {
  static char packet[kMaxPacket];
  int descriptors[kMaxDescriptors], count = 0;
  const ssize_t size = receive_packet(library_, packet, sizeof packet, descriptors, &count, MSG_DONTWAIT);
  if (size < 0 && errno == EAGAIN) return true;
  BrokerRequest request;
  if (size < static_cast<ssize_t>(sizeof request)) return false;
  std::memcpy(&request, packet, sizeof request);
  if (request.version != kProtocolVersion) return false;
  switch (request.type) {
    case ToBroker::kStart:
      return start(request);
    case ToBroker::kInstallHeader:
      if (count == 1) install_header(request, descriptors[0]);
      return count == 1;
    case ToBroker::kJob:
      take_job(request, packet + sizeof request, static_cast<std::size_t>(size) - sizeof request, descriptors, count);
      return true;
  }
  return false;
}

bool Broker::start(const BrokerRequest& request) {
  workshop_.layers = request.layers;
  workshop_.python = request.python;
  BrokerReply reply;
  reply.type = FromBroker::kStarted;
  reply.id = request.id;
  try {
    workshop_.filter = seccomp_filter();
    const std::string_view module = embedded_module();
    workshop_.module.reset(memfd_create("lydian-cell", MFD_CLOEXEC));
    workshop_.executable.reset(open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
    if (!workshop_.module || !workshop_.executable) throw std::string("the broker's own files: ") + std::strerror(errno);
    if (write(workshop_.module.get(), module.data(), module.size()) != static_cast<ssize_t>(module.size()))
      throw std::string("no memory for the cell's module");
    for (std::uint32_t i = 0; i < request.workers; ++i) places_.emplace_back().number = static_cast<int>(i);
    for (Place& place : places_) start_worker(place);
    const auto waiting = [](const Place& place) { return place.worker == nullptr ? place.failed_starts < kMaxFailedStarts : !place.worker->ready(); };
    while (open_ && std::any_of(places_.begin(), places_.end(), waiting)) watch();
    if (std::any_of(places_.begin(), places_.end(), [](const Place& place) { return place.worker == nullptr; })) throw start_failure_;
  } catch (const std::string& why) {
    std::snprintf(reply.fault, sizeof reply.fault, "%s", why.c_str());
  }
  answer(reply);
  return true;
}

void Broker::start_worker(Place& place) {
  while (place.worker == nullptr && place.failed_starts < kMaxFailedStarts) {
    try {
      place.worker = std::make_unique<Worker>(workshop_, place.number);
    } catch (const std::string& why) {
      ++place.failed_starts;
      start_failure_ = why;
    }
  }
}

void Broker::replace(Place& place) {
  place.worker.reset();  // First: the new one's control group has the same name.
  ++workers_replaced_;
  start_worker(place);
}

void Broker::take_job(const BrokerRequest& request, const char* strings, std::size_t string_bytes, int* descriptors, int count) {
  auto job = std::make_unique<Job>();
  job->request = request;
  const std::size_t parts = std::min<std::size_t>(request.part_count, 2);
  std::size_t at = 0;
  std::vector<Descriptor> owned;
  for (int i = 0; i < count; ++i) owned.emplace_back(descriptors[i]);
  if (parts == 0 || owned.size() != parts * 2) return answer(fault_reply(request.id, "a job without its descriptors"));
  for (std::size_t i = 0; i < parts; ++i) {
    Part part;
    part.request = request.parts[i];
    if (part.request.string_bytes > string_bytes - at) return answer(fault_reply(request.id, "a job without its arguments"));
    part.strings.assign(strings + at, part.request.string_bytes);
    at += part.request.string_bytes;
    part.input = std::move(owned[2 * i]);
    part.program = std::move(owned[2 * i + 1]);
    job->parts.push_back(std::move(part));
  }
  queue_.push_back(std::move(job));
  for (Place& place : places_) {
    if (place.worker != nullptr) continue;
    place.failed_starts = 0;  // What kept cells from being made may have passed.
    start_worker(place);
  }
}

void Broker::install_header(const BrokerRequest& request, int descriptor) {
  const Descriptor from(descriptor);
  BrokerReply reply = fault_reply(request.id, "");
  const std::string path = workshop_.scratch + "/headers/" + request.name;
  const std::string temporary = path + ".part";
  const Descriptor to(open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  off_t at = 0;
  ssize_t size = 0;
  while (to && (size = sendfile(to.get(), from.get(), &at, 1 << 24)) > 0) {
  }
  // What is named again, after the compiled form has served, is looked for as text: the usual folder has it.
  const std::string text = path.substr(0, path.rfind('.')), name = text.substr(workshop_.scratch.size() + std::strlen("/headers/"));
  const Descriptor again(open(text.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  const std::string line = "#include_next <" + name + ">\n";
  const bool written = again && write(again.get(), line.data(), line.size()) == static_cast<ssize_t>(line.size());
  if (!to || size < 0 || !written || rename(temporary.c_str(), path.c_str()) != 0) {
    std::snprintf(reply.fault, sizeof reply.fault, "a precompiled header cannot be kept: %s", std::strerror(errno));
  } else {
    reply.end = JobEnd::kExited;
  }
  answer(reply);
}

void Broker::assign() {
  for (Place& place : places_) {
    if (queue_.empty()) return;
    if (place.worker == nullptr || !place.worker->ready() || place.job != nullptr) continue;
    place.job = std::move(queue_.front());
    queue_.pop_front();
    try {
      place.job->begin(*place.worker);
    } catch (const std::string& why) {
      std::unique_ptr<Job> job = std::move(place.job);
      replace(place);
      repeat_or_fault(std::move(job), why);
    }
  }
  const bool hopeless = std::all_of(places_.begin(), places_.end(), [](const Place& place) { return place.worker == nullptr; });
  while (hopeless && !queue_.empty()) {
    answer(fault_reply(queue_.front()->request.id, "no cell can be made: " + start_failure_));
    queue_.pop_front();
  }
}

void Broker::repeat_or_fault(std::unique_ptr<Job> job, const std::string& why) {
  if (job->attempts >= 2) {
    BrokerReply reply = fault_reply(job->request.id, why);
    reply.attempts = job->attempts;
    return answer(reply);
  }
  ++job->attempts;
  queue_.push_front(std::move(job));
}

void Broker::hear(Place& place, bool python) {
  CellMessage message;
  int descriptors[kMaxDescriptors], count = 0;
  for (;;) {
    const ssize_t size = receive_packet(place.worker->control(python), &message, sizeof message, descriptors, &count, MSG_DONTWAIT);
    if (size < 0 && errno == EAGAIN) return;
    if (size != static_cast<ssize_t>(sizeof message)) return worker_died(place);
    Descriptor descriptor(count > 0 ? descriptors[0] : -1);
    if (message.type == FromCell::kReady) {
      place.worker->heard(python);
    } else if (place.job != nullptr) {
      place.job->heard(message, std::move(descriptor));
    }
  }
}

void Broker::worker_died(Place& place) {
  std::unique_ptr<Job> job = std::move(place.job);
  const std::string complaint = place.worker->complaint();
  if (!place.worker->ready()) {
    start_failure_ = complaint;
    ++place.failed_starts;
  }
  if (job != nullptr && job->settle_after_death(*place.worker)) {
    std::string bytes;
    Descriptor output;
    const BrokerReply reply = job->reply(*place.worker, bytes, output);
    job.reset();
    answer(reply, bytes);
  }
  replace(place);
  if (job != nullptr) repeat_or_fault(std::move(job), "a worker died: " + complaint);
}

void Broker::finish(Place& place) {
  std::unique_ptr<Job> job = std::move(place.job);
  std::string bytes;
  Descriptor output;
  const bool clean = place.worker->empty();
  const BrokerReply reply = job->reply(*place.worker, bytes, output);
  if (clean) place.failed_starts = 0;
  if (!clean || (reply.end == JobEnd::kFault && !job->starved())) replace(place);
  if (reply.end == JobEnd::kFault && job->attempts < 2) return repeat_or_fault(std::move(job), reply.fault);
  job.reset();  // First: who has the answer may count on the run's descriptors being gone.
  answer(reply, bytes, output.get());
}

void Broker::watch() {
  assign();
  std::vector<pollfd> watched{{library_, POLLIN, 0}};
  double deadline = now_s() + 60;
  for (const Place& place : places_) {
    if (place.worker == nullptr) continue;
    for (const int fd : {place.worker->pidfd(), place.worker->control(false), place.worker->control(true)}) watched.push_back({fd, POLLIN, 0});
    if (!place.worker->ready()) deadline = std::min(deadline, place.worker->started_at() + kStartPatience_s);
    if (place.job == nullptr) continue;
    deadline = std::min(deadline, place.job->next_deadline());
    for (const Part& part : place.job->parts) {
      for (const Stream* stream : {&part.out, &part.err, &part.channel}) watched.push_back({stream->end.get(), POLLIN, 0});
    }
  }
  const double wait = std::max(0.0, deadline - now_s());
  const timespec timeout{static_cast<time_t>(wait), static_cast<long>((wait - std::floor(wait)) * 1e9)};
  if (ppoll(watched.data(), watched.size(), &timeout, nullptr) < 0 && errno != EINTR) {
    open_ = false;
    return;
  }
  if (watched[0].revents != 0 && !listen()) {
    open_ = false;
    return;
  }
  for (Place& place : places_) {
    if (place.worker == nullptr) continue;
    const Worker* worker = place.worker.get();
    hear(place, false);
    if (place.worker.get() != worker) continue;  // It died meanwhile, and another stands in its place.
    if (place.worker->has_python()) hear(place, true);
    if (place.worker.get() != worker) continue;
    pollfd life{place.worker->pidfd(), POLLIN, 0};
    const bool late = !place.worker->ready() && now_s() > place.worker->started_at() + kStartPatience_s;
    if (late || (poll(&life, 1, 0) > 0 && life.revents != 0)) {
      worker_died(place);
      continue;
    }
    if (place.job == nullptr) continue;
    place.job->pump();
    if (place.job->over()) {
      finish(place);
    } else if (place.job->stuck(now_s())) {
      worker_died(place);
    }
  }
}

}  // namespace lydian::sandbox
