#include "sandbox/broker/job.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "sandbox/packet.h"

namespace lydian::sandbox {
namespace {

constexpr double kKillPatience_s = 5.0;
[[noreturn]] void fail(const std::string& what) {
  throw what + ": " + std::strerror(errno);
}

Descriptor make_pipe(Stream& stream, std::uint64_t limit) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) fail("pipe");
  stream.end.reset(ends[0]);
  stream.bytes.clear();
  stream.limit = limit;
  stream.truncated = false;
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  fchmod(ends[1], 0222);  // A program may open its own /dev/stdout, whoever it runs as.
  return Descriptor(ends[1]);
}

}  // namespace

bool Stream::drain() {
  char buffer[16384];
  while (end) {
    const ssize_t size = read(end.get(), buffer, sizeof buffer);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) break;
    if (size == 0) {
      end.reset();
      break;
    }
    const std::size_t room = limit - bytes.size();
    bytes.append(buffer, std::min(room, static_cast<std::size_t>(size)));
    if (static_cast<std::size_t>(size) > room) {
      truncated = true;
      end.reset();
    }
  }
  return !truncated;
}

void Job::begin(Worker& worker) {
  const bool pair = parts.size() == 2;
  worker.group().reset_peak();
  memory_before_ = worker.group().usage();
  kills_before_ = worker.group().memory_kills();
  cpu_before_ = worker.group().processor_s();
  if (!worker.group().set_memory_limit(worker.base_memory() + request.memory_bytes)) fail("memory limit");
  // Each part brings its first process; the tests of a pair get room beside the program.
  const std::uint64_t own = static_cast<std::uint64_t>(worker.base_processes()) + parts.size() + (pair ? 4 : 0);
  if (!worker.group().set_process_limit(own + request.limits.processes)) fail("process limit");
  int peers[2] = {-1, -1};
  if (pair && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, peers) != 0) fail("socketpair");
  Descriptor peer_ends[2] = {Descriptor(peers[0]), Descriptor(peers[1])};
  end_ = JobEnd::kExited;
  worker_ = &worker;
  why_starved_.clear();
  kill_deadline_ = ended_at_ = cpu_at_kill_ = 0;
  begun_ = now_s();
  allow(request.wall_s);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    Part& part = parts[i];
    part.pidfd.reset();
    part.output.reset();
    part.program_began_at = 0;
    part.ended = part.killed = part.died = false;
    part.wait_status = -1;
    part.setup_failure.clear();
    lseek(part.input.get(), 0, SEEK_SET);
    if (part.request.kind != PartKind::kBinary) lseek(part.program.get(), 0, SEEK_SET);
    const Descriptor out = make_pipe(part.out, request.out_bytes), err = make_pipe(part.err, request.out_bytes);
    Descriptor channel;
    if (i == 0 && request.channel_bytes > 0) channel = make_pipe(part.channel, request.channel_bytes);
    if (part.request.kind == PartKind::kCommand) part.output.reset(memfd_create("lydian-output", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    RunSpec spec;
    spec.id = part_id(i);
    spec.kind = part.request.kind;
    spec.limits = request.limits;
    spec.limits.processes = static_cast<std::uint32_t>(own + request.limits.processes);
    spec.argument_count = part.request.argument_count;
    spec.environment_count = part.request.environment_count;
    spec.string_bytes = part.request.string_bytes;
    spec.has_channel = channel ? 1 : 0;
    spec.has_peer = pair ? 1 : 0;
    spec.has_output = part.output ? 1 : 0;
    int descriptors[kMaxDescriptors] = {part.input.get(), out.get(), err.get(), part.program.get()};
    int count = 4;
    if (channel) descriptors[count++] = channel.get();
    if (pair) descriptors[count++] = peer_ends[i].get();
    if (part.output) descriptors[count++] = part.output.get();
    const iovec pieces[2] = {{&spec, sizeof spec}, {part.strings.data(), part.strings.size()}};
    const int control = worker.control(part.request.kind == PartKind::kPython);
    if (control < 0) throw std::string("this worker has no interpreter");
    if (!send_packet(control, pieces, 2, descriptors, count, MSG_DONTWAIT)) fail("a warm process does not listen");
  }
}

void Job::heard(const CellMessage& message, Descriptor descriptor) {
  if (message.id / 2 != request.id || message.id % 2 >= parts.size()) return;
  Part& part = parts[message.id % 2];
  switch (message.type) {
    case FromCell::kStarted:
      part.pidfd = std::move(descriptor);
      if (part.killed) syscall(SYS_pidfd_send_signal, part.pidfd.get(), SIGKILL, nullptr, 0);
      break;
    case FromCell::kProgramBegins:
      part.program_began_at = now_s();
      break;
    case FromCell::kProgramEnded:
      part.wait_status = message.value;
      break;
    case FromCell::kSetupFailed:
      part.setup_failure = std::string(message.stage) + ": " + std::strerror(message.value);
      break;
    case FromCell::kRunEnded:
      part.ended = true;
      part.cpu_us = message.cpu_us;
      part.max_rss = message.max_rss_bytes;
      part.died = part.wait_status == -1 && !part.killed;
      // The tests decide; the program that they called has nothing more to say.
      if (&part == &parts[0] && !over() && !part.killed) kill_parts();
      break;
    case FromCell::kReady:
      break;
  }
  if (over() && ended_at_ == 0) ended_at_ = now_s();
}

void Job::pump() {
  bool within = true;
  for (Part& part : parts) {
    within = part.out.drain() && within;
    within = part.err.drain() && within;
    within = part.channel.drain() && within;
  }
  if (!within && !over()) stop(JobEnd::kOutput);
  if (!over() && kill_deadline_ <= 0 && now_s() >= deadline_) deadline_passed();
}

void Job::allow(double seconds) {
  allowed_s_ = seconds;
  deadline_ = begun_ + seconds;
}

double Job::setup_s(double elapsed) const {
  double longest = 0;
  for (const Part& part : parts) longest = std::max(longest, part.program_began_at > 0 ? part.program_began_at - begun_ : elapsed);
  return longest;
}

void Job::deadline_passed() {
  ProcessorTime time = worker_->processor_time(cpu_before_);
  const double elapsed = now_s() - begun_;
  if (time.known) time.waiting += setup_s(elapsed);
  const DeadlineVerdict verdict = at_deadline(time, request.wall_s, elapsed, allowed_s_, static_cast<int>(attempts));
  switch (verdict.kind) {
    case DeadlineVerdict::Kind::kLate:
      return stop(JobEnd::kWall);
    case DeadlineVerdict::Kind::kWait:
      return allow(verdict.next);
    case DeadlineVerdict::Kind::kStarved:
      char why[160];
      std::snprintf(why, sizeof why, "the machine was too busy: in %.3g s the run used %.3g s of processor time, and was kept waiting for one for %.3g s",
                    elapsed, time.used, time.waiting);
      why_starved_ = why;
      return stop(JobEnd::kFault);
  }
}

bool Job::over() const {
  return std::all_of(parts.begin(), parts.end(), [](const Part& part) { return part.ended; });
}

void Job::stop(JobEnd why) {
  if (kill_deadline_ > 0) return;
  end_ = why;
  kill_parts();
}

void Job::kill_parts() {
  if (kill_deadline_ <= 0) {
    kill_deadline_ = now_s() + kKillPatience_s;
    cpu_at_kill_ = worker_->processor_time(cpu_before_).used;  // Processes that are ended with their namespace leave no account.
  }
  for (Part& part : parts) {
    part.killed = true;
    if (part.pidfd && !part.ended) syscall(SYS_pidfd_send_signal, part.pidfd.get(), SIGKILL, nullptr, 0);
  }
}

bool Job::settle_after_death(Worker& worker) {
  ended_at_ = now_s();
  if (worker.group().memory_kills() > kills_before_) {
    end_ = JobEnd::kMemory;
    return true;
  }
  return end_ != JobEnd::kExited && !starved();
}

BrokerReply Job::reply(Worker& worker, std::string& bytes, Descriptor& output) {
  BrokerReply reply;
  reply.id = request.id;
  reply.attempts = attempts;
  reply.wall_s = (ended_at_ > 0 ? ended_at_ : now_s()) - begun_;
  const std::uint64_t peak = worker.group().peak();
  reply.peak_bytes = peak > memory_before_ ? peak - memory_before_ : 0;
  bool over_limit = false;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    Part& part = parts[i];
    for (Stream* stream : {&part.out, &part.err, &part.channel}) {
      over_limit = !stream->drain() || over_limit;
      stream->end.reset();
    }
    reply.cpu_s += static_cast<double>(part.cpu_us) * 1e-6;
    if (!worker.group().has_memory()) reply.peak_bytes = std::max(reply.peak_bytes, part.max_rss);
    PartResult& result = reply.parts[i];
    result.wait_status = part.wait_status;
    result.stdout_bytes = part.out.bytes.size();
    result.stderr_bytes = part.err.bytes.size();
    result.channel_bytes = part.channel.bytes.size();
    result.stdout_truncated = part.out.truncated;
    result.stderr_truncated = part.err.truncated;
    bytes += part.out.bytes + part.err.bytes + part.channel.bytes;
  }
  // Processes that nobody waited for are in the group's account alone.
  const double counted = worker.group().processor_s();
  reply.cpu_s = counted >= 0 && cpu_before_ >= 0 ? counted - cpu_before_ : std::max(reply.cpu_s, cpu_at_kill_);
  reply.end = end_;
  if (starved()) std::snprintf(reply.fault, sizeof reply.fault, "%s", why_starved_.c_str());
  if (over_limit && end_ == JobEnd::kExited) reply.end = JobEnd::kOutput;
  if (worker.group().memory_kills() > kills_before_) reply.end = JobEnd::kMemory;
  if (reply.end == JobEnd::kExited) {
    for (const Part& part : parts) {
      if (!part.setup_failure.empty()) {
        reply.end = JobEnd::kFault;
        std::snprintf(reply.fault, sizeof reply.fault, "a cell could not be made ready: %s", part.setup_failure.c_str());
      }
    }
    const bool died = std::any_of(parts.begin(), parts.end(), [](const Part& part) { return part.died; });
    if (reply.end == JobEnd::kExited && (died || parts[0].wait_status == -1)) {
      reply.end = JobEnd::kFault;
      std::snprintf(reply.fault, sizeof reply.fault, "the first process of a run died");
    }
  }
  if (parts[0].output && reply.end == JobEnd::kExited && parts[0].wait_status == 0) {
    // Opened anew for reading only, since a file that somebody may write cannot be run; sealed, so that no run can change it for the next.
    fcntl(parts[0].output.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL);
    output.reset(open(("/proc/self/fd/" + std::to_string(parts[0].output.get())).c_str(), O_RDONLY | O_CLOEXEC));
    reply.has_output = output ? 1 : 0;
  }
  return reply;
}

}  // namespace lydian::sandbox
