#include "sandbox/runner.h"

#include <algorithm>
#include <cmath>

namespace lydian::sandbox {
namespace {

constexpr double kStartPatience_s = 90.0;
// Above its own limits a job may cost: twice the wait for a kill, a new cell.
constexpr double kJobPatience_s = 60.0;
constexpr std::uint32_t kAlwaysRequired = kPidNamespaceBit | kMountNamespaceBit;

std::string joined(const std::vector<std::string>& strings) {
  std::string all;
  for (const std::string& each : strings) all.append(each.c_str(), each.size() + 1);
  return all;
}

}  // namespace

std::vector<LayerState> layer_table(const BrokerReply& hello) {
  std::vector<LayerState> table;
  for (int i = 0; i < kSandboxLayers; ++i) table.push_back({static_cast<SandboxLayer>(i), hello.layers[i].works != 0, hello.layers[i].detail});
  return table;
}

Runner::Runner(const SandboxOptions& options, std::string python) : options_(options), path_(find_broker(options.broker)), python_(std::move(python)) {
  if (options.workers < 1 || options.workers > 512) throw ConfigError("sandbox", "workers between 1 and 512", std::to_string(options.workers));
  if (python_.size() >= sizeof BrokerRequest::python) throw ConfigError("sandbox", "a shorter path of the interpreter", python_);
  std::uint32_t without = 0;
  for (const SandboxLayer layer : options.do_without) without |= 1u << static_cast<int>(layer);
  if ((without & kAlwaysRequired) != 0)
    throw ConfigError("sandbox", "do_without other than pid_namespace and mount_namespace, which every cell is made of", "one of them");
  places_ = options.workers;
  layer_bits_ = kAllLayers & ~without;
  std::shared_ptr<BrokerProcess> process;
  try {
    process = std::make_shared<BrokerProcess>(path_);
  } catch (const BrokerLost& lost) {
    throw Error("sandbox", lost.why);
  }
  std::vector<LayerState> missing;
  for (const LayerState& state : layer_table(process->hello())) {
    const std::uint32_t bit = 1u << static_cast<int>(state.layer);
    if ((layer_bits_ & bit) != 0 && !state.works) missing.push_back(state);
    // A layer that the policy does without is used all the same where it works.
    if (state.works) layer_bits_ |= bit;
    layers_.push_back((state.works ? "" : "without:") + std::string(to_string(state.layer)));
  }
  if (!missing.empty()) throw SandboxUnavailable(missing, "programs cannot be contained here; missing layers (a weaker policy names them in do_without)");
  broker_ = process;
  counters_.brokers_started = 1;
  try {
    BrokerRequest start;
    start.type = ToBroker::kStart;
    start.layers = layer_bits_;
    start.workers = static_cast<std::uint32_t>(options.workers);
    python_.copy(start.python, sizeof start.python - 1);
    const Answer answer = process->ask(start, {}, {}, kStartPatience_s);
    if (answer.reply.fault[0] != 0) throw SandboxUnavailable({}, std::string("no cell can be made: ") + answer.reply.fault);
  } catch (const BrokerLost& lost) {
    throw SandboxUnavailable({}, "no cell can be made: " + lost.why);
  }
}

std::shared_ptr<BrokerProcess> Runner::start_broker() {
  auto process = std::make_shared<BrokerProcess>(path_);
  for (const LayerState& state : layer_table(process->hello())) {
    if ((layer_bits_ & (1u << static_cast<int>(state.layer))) != 0 && !state.works)
      throw BrokerLost{std::string(to_string(state.layer)) + " no longer works: " + state.detail};
  }
  BrokerRequest start;
  start.type = ToBroker::kStart;
  start.layers = layer_bits_;
  start.workers = static_cast<std::uint32_t>(options_.workers);
  python_.copy(start.python, sizeof start.python - 1);
  const Answer answer = process->ask(start, {}, {}, kStartPatience_s);
  if (answer.reply.fault[0] != 0) throw BrokerLost{std::string("no cell can be made: ") + answer.reply.fault};
  return process;
}

std::shared_ptr<BrokerProcess> Runner::broker() {
  const std::lock_guard lock(mutex_);
  if (broker_ != nullptr && !broker_->lost()) return broker_;
  broker_.reset();
  replaced_before_ = counters_.workers_replaced;
  broker_ = start_broker();
  ++counters_.brokers_started;
  return broker_;
}

Answer Runner::ask(const BrokerRequest& request, const std::string& strings, const std::vector<int>& descriptors, double patience_s) {
  std::string why;
  for (int attempt = 1; attempt <= 2; ++attempt) {
    try {
      Answer answer = broker()->ask(request, strings, descriptors, patience_s);
      if (attempt > 1) answer.reply.attempts = 2;
      return answer;
    } catch (const BrokerLost& lost) {
      why = lost.why;
    } catch (const Error& error) {
      why = error.what();
    }
  }
  Answer answer;
  answer.reply.end = JobEnd::kFault;
  answer.reply.attempts = 2;
  why.copy(answer.reply.fault, sizeof answer.reply.fault - 1);
  return answer;
}

Answer Runner::run(const RunLimits& limits, const std::vector<PartInput>& parts, std::uint64_t channel_bytes) {
  BrokerRequest request;
  request.wall_s = limits.wall_s;
  request.memory_bytes = static_cast<std::uint64_t>(limits.mem_mb) << 20;
  request.out_bytes = static_cast<std::uint64_t>(limits.out_kb) << 10;
  request.channel_bytes = channel_bytes;
  request.limits.cpu_s = static_cast<std::uint32_t>(limits.cpu_s > 0 ? std::ceil(limits.cpu_s) : std::ceil(limits.wall_s) + 1);
  request.limits.processes = static_cast<std::uint32_t>(limits.processes);
  request.limits.files = static_cast<std::uint32_t>(limits.files);
  request.limits.tmpfs_mb = static_cast<std::uint32_t>(limits.tmpfs_mb);
  if ((layer_bits_ & kMemoryLimitBit) == 0) request.limits.address_bytes = request.memory_bytes;
  request.part_count = static_cast<std::uint32_t>(parts.size());
  std::string strings;
  std::vector<int> descriptors;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string own = joined(parts[i].arguments) + joined(parts[i].environment);
    request.parts[i] = {parts[i].kind, static_cast<std::uint32_t>(parts[i].arguments.size()), static_cast<std::uint32_t>(parts[i].environment.size()),
                        static_cast<std::uint32_t>(own.size())};
    strings += own;
    descriptors.push_back(parts[i].input->get());
    descriptors.push_back(parts[i].program->get());
  }
  {
    std::unique_lock lock(mutex_);
    place_free_.wait(lock, [this] { return places_ > 0; });
    --places_;
  }
  Answer answer = ask(request, strings, descriptors, kMostWalls * limits.wall_s + kJobPatience_s);
  {
    const std::lock_guard lock(mutex_);
    ++places_;
    ++counters_.runs;
    counters_.repeated += answer.reply.attempts > 1 ? 1 : 0;
    counters_.faults += answer.reply.end == JobEnd::kFault ? 1 : 0;
    counters_.workers_replaced = std::max<std::int64_t>(counters_.workers_replaced, replaced_before_ + answer.reply.workers_replaced);
  }
  place_free_.notify_one();
  return answer;
}

bool Runner::install_header(const std::string& name, const Descriptor& file) {
  BrokerRequest request;
  request.type = ToBroker::kInstallHeader;
  name.copy(request.name, sizeof request.name - 1);
  return ask(request, {}, {file.get()}, kJobPatience_s).reply.end == JobEnd::kExited;
}

std::int64_t Runner::generation() const {
  const std::lock_guard lock(mutex_);
  return counters_.brokers_started;
}

SandboxCounters Runner::counters() const {
  const std::lock_guard lock(mutex_);
  return counters_;
}

pid_t Runner::broker_pid() const {
  const std::lock_guard lock(mutex_);
  return broker_ == nullptr ? -1 : broker_->pid();
}

}  // namespace lydian::sandbox
