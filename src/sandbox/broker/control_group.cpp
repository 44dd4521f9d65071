#include "sandbox/broker/control_group.h"

#include <dirent.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <vector>

namespace lydian::sandbox {
namespace {

constexpr const char* kPrefix = "lydian-sandbox-";

struct Mount {
  std::string root, point, type, options;
};

std::vector<Mount> control_group_mounts(const std::string& file) {
  std::vector<Mount> mounts;
  std::istringstream lines(read_small_file(file).value_or(""));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string skip, word;
    Mount mount;
    words >> skip >> skip >> skip >> mount.root >> mount.point;
    while (words >> word && word != "-") {
    }
    words >> mount.type >> skip >> mount.options;
    if (mount.type == "cgroup" || mount.type == "cgroup2") mounts.push_back(mount);
  }
  return mounts;
}

bool has_word(const std::string& list, const std::string& word, char separator) {
  std::istringstream words(list);
  for (std::string each; std::getline(words, each, separator);) {
    if (each == word) return true;
  }
  return false;
}

/// This process's group below a hierarchy's root; `controller` is empty for version 2.
std::string own_group(const std::string& file, const std::string& controller) {
  std::istringstream lines(read_small_file(file).value_or(""));
  for (std::string line; std::getline(lines, line);) {
    const auto first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    if (controller.empty() ? line.substr(0, first) == "0" : has_word(line.substr(first + 1, second - first - 1), controller, ','))
      return line.substr(second + 1);
  }
  return "/";
}

std::string below(const Mount& mount, std::string group) {
  if (mount.root != "/" && group.rfind(mount.root, 0) == 0) group = group.substr(mount.root.size());
  return group.empty() || group == "/" ? mount.point : mount.point + group;
}

bool makes_groups(const std::string& folder, const std::vector<std::string>& files, std::string& why) {
  const std::string probe = folder + "/" + kPrefix + std::to_string(getpid()) + "-probe";
  if (mkdir(probe.c_str(), 0755) != 0 && errno != EEXIST) {
    why = "no group can be made in " + folder + ": " + std::strerror(errno);
    return false;
  }
  bool all = true;
  for (const std::string& file : files) {
    if (access((probe + "/" + file).c_str(), W_OK) == 0) continue;
    why = "groups in " + folder + " have no " + file;
    all = false;
  }
  rmdir(probe.c_str());
  return all;
}

/// Version 2: a group with both controllers can be made below our own group, beside it, or at the root.
bool find_version_2(const Mount& mount, const std::string& own, ControlGroupHome& home) {
  std::vector<std::string> folders{own};
  if (own != mount.point) folders.push_back(own.substr(0, own.rfind('/')));
  folders.push_back(mount.point);
  for (const std::string& folder : folders) {
    const std::string enabled = read_small_file(folder + "/cgroup.subtree_control").value_or("");
    if (enabled.find("memory") == std::string::npos || enabled.find("pids") == std::string::npos) {
      write_small_file(folder + "/cgroup.subtree_control", "+memory +pids");
    }
    if (makes_groups(folder, {"memory.max", "pids.max"}, home.why_no_memory)) {
      home.version_2 = true;
      home.memory = home.pids = folder;
      return true;
    }
  }
  home.why_no_pids = home.why_no_memory;
  return false;
}

void find_version_1(const std::vector<Mount>& mounts, const std::string& own, const std::string& controller, const std::vector<std::string>& files,
                    std::string& found, std::string& why) {
  for (const Mount& mount : mounts) {
    if (mount.type != "cgroup" || !has_word(mount.options, controller, ',')) continue;
    for (const std::string& folder : {below(mount, own), mount.point}) {
      if (!makes_groups(folder, files, why)) continue;
      found = folder;
      return;
    }
  }
}

std::uint64_t read_number(const Descriptor& file) {
  char text[64];
  const ssize_t size = file ? pread(file.get(), text, sizeof text - 1, 0) : 0;
  if (size <= 0) return 0;
  text[size] = 0;
  return std::strtoull(text, nullptr, 10);
}

bool remove_group(const std::string& folder) {
  for (int attempt = 0; attempt < 200; ++attempt) {
    if (rmdir(folder.c_str()) == 0 || errno == ENOENT) return true;
    if (errno != EBUSY) return false;
    const timespec pause{0, 1000000};
    nanosleep(&pause, nullptr);
  }
  return false;
}

void sweep_folder(const std::string& folder) {
  DIR* entries = opendir(folder.c_str());
  if (entries == nullptr) return;
  std::vector<std::string> stale;
  while (const dirent* entry = readdir(entries)) {
    const std::string name = entry->d_name;
    if (name.rfind(kPrefix, 0) != 0) continue;
    const pid_t owner = std::atoi(name.c_str() + std::strlen(kPrefix));
    if (owner > 0 && kill(owner, 0) != 0 && errno == ESRCH) stale.push_back(folder + "/" + name);
  }
  closedir(entries);
  for (const std::string& group : stale) {
    // A cell's first process dies with its broker; this is for the instant between.
    std::istringstream processes(read_small_file(group + "/cgroup.procs").value_or(""));
    for (pid_t pid = 0; processes >> pid;) {
      if (pid > 0) kill(pid, SIGKILL);
    }
    remove_group(group);
  }
}

}  // namespace

ControlGroupHome ControlGroupHome::find(const std::string& mounts_file, const std::string& groups_file) {
  ControlGroupHome home;
  home.why_no_memory = home.why_no_pids = "no control group hierarchy with this controller is mounted";
  const std::vector<Mount> mounts = control_group_mounts(mounts_file);
  for (const Mount& mount : mounts) {
    if (mount.type != "cgroup2") continue;
    const std::string own = below(mount, own_group(groups_file, ""));
    const std::string controllers = read_small_file(own + "/cgroup.controllers").value_or("");
    if (controllers.find("memory") == std::string::npos || controllers.find("pids") == std::string::npos) continue;
    if (find_version_2(mount, own, home)) return home;
  }
  find_version_1(mounts, own_group(groups_file, "memory"), "memory", {"memory.limit_in_bytes", "memory.oom_control"}, home.memory, home.why_no_memory);
  find_version_1(mounts, own_group(groups_file, "pids"), "pids", {"pids.max"}, home.pids, home.why_no_pids);
  std::string not_needed;
  find_version_1(mounts, own_group(groups_file, "cpuacct"), "cpuacct", {"cpuacct.usage"}, home.times, not_needed);
  return home;
}

void ControlGroupHome::sweep() const {
  if (!memory.empty()) sweep_folder(memory);
  if (!pids.empty() && pids != memory) sweep_folder(pids);
  if (!times.empty() && times != memory && times != pids) sweep_folder(times);
}

ControlGroup::ControlGroup(const ControlGroupHome& home, const std::string& name, bool with_memory, bool with_pids) : version_2_(home.version_2) {
  const std::string leaf = "/" + (kPrefix + std::to_string(getpid())) + "-" + name;
  if (with_memory && !home.memory.empty()) memory_ = home.memory + leaf;
  if (with_pids && !home.pids.empty()) pids_ = home.pids + leaf;
  if (!memory_.empty() && !home.times.empty()) times_ = home.times + leaf;
  for (const std::string& folder : {memory_, pids_, times_}) {
    if (!folder.empty() && mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST) throw "mkdir " + folder + ": " + std::strerror(errno);
  }
  const auto open_file = [](const std::string& folder, const char* file, int flags) {
    return folder.empty() ? Descriptor() : Descriptor(open((folder + "/" + file).c_str(), flags | O_CLOEXEC));
  };
  usage_ = open_file(memory_, version_2_ ? "memory.current" : "memory.usage_in_bytes", O_RDONLY);
  peak_ = open_file(memory_, version_2_ ? "memory.peak" : "memory.max_usage_in_bytes", O_RDWR);
  if (!peak_) peak_ = open_file(memory_, "memory.peak", O_RDONLY);
  events_ = open_file(memory_, version_2_ ? "memory.events" : "memory.oom_control", O_RDONLY);
  statistics_ = open_file(memory_, "memory.stat", O_RDONLY);
  count_ = open_file(pids_, "pids.current", O_RDONLY);
  processor_ = version_2_ ? open_file(memory_.empty() ? pids_ : memory_, "cpu.stat", O_RDONLY) : open_file(times_, "cpuacct.usage", O_RDONLY);
}

void ControlGroup::join(pid_t pid) {
  for (const std::string& folder : {memory_, version_2_ ? std::string() : pids_, times_}) {
    if (!folder.empty() && !write_small_file(folder + "/cgroup.procs", std::to_string(pid))) throw "join " + folder + ": " + std::strerror(errno);
  }
  if (memory_.empty() && version_2_ && !pids_.empty() && !write_small_file(pids_ + "/cgroup.procs", std::to_string(pid))) {
    throw "join " + pids_ + ": " + std::strerror(errno);
  }
}

bool ControlGroup::set_memory_limit(std::uint64_t bytes) {
  if (memory_.empty() || bytes == 0 || bytes == memory_limit_) return true;
  const std::string text = std::to_string(bytes);
  bool set;
  if (version_2_) {
    write_small_file(memory_ + "/memory.swap.max", "0");
    set = write_small_file(memory_ + "/memory.max", text);
  } else {
    // Memory and swap together may never be below memory: which is written first depends on the direction.
    const std::string with_swap = memory_ + "/memory.memsw.limit_in_bytes";
    const bool has_swap = access(with_swap.c_str(), W_OK) == 0;
    if (has_swap && bytes > memory_limit_ && memory_limit_ != 0) write_small_file(with_swap, text);
    set = write_small_file(memory_ + "/memory.limit_in_bytes", text);
    if (has_swap && set) set = write_small_file(with_swap, text);
  }
  memory_limit_ = set ? bytes : 0;
  return set;
}

bool ControlGroup::set_process_limit(std::uint64_t count) {
  if (pids_.empty() || count == 0 || count == process_limit_) return true;
  const bool set = write_small_file(pids_ + "/pids.max", std::to_string(count));
  process_limit_ = set ? count : 0;
  return set;
}

void ControlGroup::reset_peak() {
  if (peak_) (void)!pwrite(peak_.get(), "0\n", 2, 0);
}
std::uint64_t ControlGroup::peak() const {
  return read_number(peak_);
}
std::uint64_t ControlGroup::usage() const {
  return read_number(usage_);
}
std::uint64_t ControlGroup::held() const {
  char text[8192] = "\n";
  const ssize_t size = statistics_ ? pread(statistics_.get(), text + 1, sizeof text - 2, 0) : 0;
  if (size <= 0) return 0;
  text[size + 1] = 0;
  std::uint64_t bytes = 0;
  for (const std::string name : {version_2_ ? "\nanon " : "\nrss ", "\nshmem "}) {
    const char* line = std::strstr(text, name.c_str());
    if (line != nullptr) bytes += std::strtoull(line + name.size(), nullptr, 10);
  }
  return bytes;
}

double ControlGroup::processor_s() const {
  char text[1024];
  const ssize_t size = processor_ ? pread(processor_.get(), text, sizeof text - 1, 0) : 0;
  if (size <= 0) return -1;
  text[size] = 0;
  if (!version_2_) return static_cast<double>(std::strtoull(text, nullptr, 10)) * 1e-9;
  const char* line = std::strstr(text, "usage_usec ");
  return line == nullptr ? -1 : static_cast<double>(std::strtoull(line + std::strlen("usage_usec "), nullptr, 10)) * 1e-6;
}

std::int64_t ControlGroup::processes() const {
  return count_ ? static_cast<std::int64_t>(read_number(count_)) : -1;
}

std::uint64_t ControlGroup::memory_kills() const {
  char text[512];
  const ssize_t size = events_ ? pread(events_.get(), text, sizeof text - 1, 0) : 0;
  if (size <= 0) return 0;
  text[size] = 0;
  const char* line = std::strstr(text, "oom_kill ");
  return line == nullptr ? 0 : std::strtoull(line + 9, nullptr, 10);
}

std::vector<pid_t> ControlGroup::members() const {
  const std::string& folder = pids_.empty() ? memory_ : pids_;
  std::vector<pid_t> found;
  if (folder.empty()) return found;
  std::istringstream lines(read_small_file(folder + "/cgroup.procs").value_or(""));
  for (pid_t pid = 0; lines >> pid;) found.push_back(pid);
  return found;
}

bool ControlGroup::remove() {
  usage_.reset(), peak_.reset(), events_.reset(), statistics_.reset(), count_.reset(), processor_.reset();
  bool removed = true;
  for (std::string* folder : {&memory_, &pids_, &times_}) {
    if (!folder->empty() && !remove_group(*folder)) removed = false;
    folder->clear();
  }
  return removed;
}

}  // namespace lydian::sandbox
