#include "sandbox/broker_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>

#include "lydian/core/error.h"
#include "sandbox/packet.h"

namespace lydian::sandbox {
namespace {

constexpr double kGreetingPatience_s = 30.0;
constexpr int kLibrarySocket = 3;  // In the broker.

pid_t spawn(const std::string& path, int socket) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&actions, socket, kLibrarySocket);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const std::string number = std::to_string(kLibrarySocket);
  const char* arguments[] = {"lydian-sandbox-broker", "broker", number.c_str(), nullptr};
  const char* environment[] = {nullptr};  // Nothing of the caller's environment reaches a cell, since the broker never has it.
  pid_t pid = -1;
  const int failure = posix_spawn(&pid, path.c_str(), &actions, &attributes, const_cast<char**>(arguments), const_cast<char**>(environment));
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (failure != 0) throw Error("sandbox", "the broker " + path + " cannot be started: " + std::strerror(failure));
  return pid;
}

std::string read_all(int file) {
  std::string bytes;
  char buffer[65536];
  lseek(file, 0, SEEK_SET);
  ssize_t size;
  while ((size = read(file, buffer, sizeof buffer)) > 0) bytes.append(buffer, static_cast<std::size_t>(size));
  return bytes;
}

}  // namespace

BrokerProcess::BrokerProcess(const std::string& path) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    throw Error("sandbox", std::string("no socket for the broker: ") + std::strerror(errno));
  socket_.reset(ends[0]);
  const Descriptor theirs(ends[1]);
  pid_ = spawn(path, theirs.get());
  life_.reset(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
  std::future<void> greeted = greeted_.get_future();
  listener_ = std::thread([this] { listen(); });
  if (greeted.wait_for(std::chrono::duration<double>(kGreetingPatience_s)) != std::future_status::ready) kill(pid_, SIGKILL);
  greeted.wait();
  if (heard_hello_) return;
  shutdown(socket_.get(), SHUT_RDWR);
  listener_.join();
  waitpid(pid_, nullptr, 0);
  throw BrokerLost{"the broker " + path + " ended before it could say what works here"};
}

BrokerProcess::~BrokerProcess() {
  shutdown(socket_.get(), SHUT_RDWR);
  if (listener_.joinable()) listener_.join();
  pollfd watched{life_.get(), POLLIN, 0};
  if (poll(&watched, 1, 10000) <= 0) kill(pid_, SIGKILL);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

bool BrokerProcess::lost() const {
  const std::lock_guard lock(mutex_);
  return lost_;
}

Answer BrokerProcess::ask(BrokerRequest request, const std::string& strings, const std::vector<int>& descriptors, double patience_s) {
  std::future<Answer> answer;
  {
    const std::lock_guard lock(mutex_);
    if (lost_) throw BrokerLost{why_lost_};
    request.id = next_id_++;
    answer = waiting_[request.id].get_future();
    const iovec pieces[2] = {{&request, sizeof request}, {const_cast<char*>(strings.data()), strings.size()}};
    if (!send_packet(socket_.get(), pieces, 2, descriptors.data(), static_cast<int>(descriptors.size()))) {
      waiting_.erase(request.id);
      throw BrokerLost{std::string("the broker does not listen: ") + std::strerror(errno)};
    }
  }
  if (answer.wait_for(std::chrono::duration<double>(patience_s)) != std::future_status::ready) kill(pid_, SIGKILL);
  return answer.get();
}

void BrokerProcess::listen() {
  while (take_packet()) {
  }
  lose("the broker ended");
}

bool BrokerProcess::take_packet() {
  std::string packet(kMaxPacket, '\0');
  int descriptors[kMaxDescriptors], count = 0;
  const ssize_t size = receive_packet(socket_.get(), packet.data(), packet.size(), descriptors, &count);
  std::vector<Descriptor> owned;
  for (int i = 0; i < count; ++i) owned.emplace_back(descriptors[i]);
  Answer answer;
  if (size < static_cast<ssize_t>(sizeof answer.reply)) return false;
  std::memcpy(&answer.reply, packet.data(), sizeof answer.reply);
  if (answer.reply.version != kProtocolVersion) return false;
  if (answer.reply.type == FromBroker::kHello) {
    hello_ = answer.reply;
    heard_hello_ = true;
    greeted_.set_value();
    return true;
  }
  std::size_t next = 0;
  if (answer.reply.in_file != 0 && next < owned.size()) {
    answer.bytes = read_all(owned[next++].get());
  } else {
    answer.bytes.assign(packet, sizeof answer.reply, static_cast<std::size_t>(size) - sizeof answer.reply);
  }
  if (answer.reply.has_output != 0 && next < owned.size()) answer.output = std::move(owned[next]);
  const std::lock_guard lock(mutex_);
  const auto found = waiting_.find(answer.reply.id);
  if (found == waiting_.end()) return true;
  found->second.set_value(std::move(answer));
  waiting_.erase(found);
  return true;
}

void BrokerProcess::lose(const std::string& why) {
  const std::lock_guard lock(mutex_);
  lost_ = true;
  why_lost_ = why;
  for (auto& [id, promise] : waiting_) promise.set_exception(std::make_exception_ptr(BrokerLost{why}));
  waiting_.clear();
  if (!heard_hello_) greeted_.set_value();
}

std::string find_broker(const std::string& named) {
  std::vector<std::string> places;
  if (!named.empty()) {
    places = {named};
  } else {
    if (const char* variable = std::getenv("LYDIAN_SANDBOX_BROKER"); variable != nullptr && *variable != 0) places.emplace_back(variable);
    char program[4096] = {};
    if (readlink("/proc/self/exe", program, sizeof program - 1) > 0) {
      const std::string path(program);
      const std::string folder = path.substr(0, path.rfind('/'));
      places.push_back(folder + "/lydian-sandbox-broker");
      places.push_back(folder + "/../libexec/lydian/lydian-sandbox-broker");
    }
    places.emplace_back(LYDIAN_BROKER_INSTALLED);
  }
  std::string tried;
  for (const std::string& place : places) {
    if (place.rfind('/', 0) == 0 && access(place.c_str(), X_OK) == 0) return place;
    tried += (tried.empty() ? "" : ", ") + place;
  }
  throw ConfigError("sandbox", "the executable lydian-sandbox-broker at an absolute path", "none at " + tried);
}

}  // namespace lydian::sandbox
