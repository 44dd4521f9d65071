#include "sandbox/broker/probe.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <functional>

#include "sandbox/broker/cell_root.h"
#include "sandbox/broker/seccomp_filter.h"
#include "sandbox/cell/cell.h"

namespace lydian::sandbox {
namespace {

constexpr int kPatience_ms = 5000;

/// Runs `trial` in a child with its own namespaces; the trial's number, or -1 with `why` where no such child can be made. `meet` runs before the child may
/// start.
int in_child(std::uint64_t flags, std::string& why, const std::function<int()>& trial, const std::function<void(pid_t)>& meet = {}) {
  int go[2], descriptor = -1;
  if (pipe2(go, O_CLOEXEC) != 0) return -1;
  clone_args arguments{};
  arguments.flags = flags | CLONE_PIDFD;
  arguments.pidfd = reinterpret_cast<std::uint64_t>(&descriptor);
  arguments.exit_signal = SIGCHLD;
  const auto pid = static_cast<pid_t>(syscall(SYS_clone3, &arguments, sizeof arguments));
  if (pid == 0) {
    char start = 0;
    close(go[1]);
    if (read(go[0], &start, 1) != 1) _exit(99);
    _exit(trial());
  }
  Descriptor out(go[0]), in(go[1]), life(descriptor);
  if (pid < 0) {
    why = std::string("clone3 refused: ") + std::strerror(errno);
    return -1;
  }
  int status = 0;
  try {
    if (meet) meet(pid);
    (void)!write(in.get(), "g", 1);
  } catch (const std::string& failure) {
    why = failure;
    kill(pid, SIGKILL);
    waitpid(pid, &status, __WALL);
    return -1;
  }
  pollfd watched{life.get(), POLLIN, 0};
  if (poll(&watched, 1, kPatience_ms) <= 0) kill(pid, SIGKILL);
  waitpid(pid, &status, __WALL);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void report(LayerResult& result, bool works, const std::string& detail) {
  result.works = works ? 1 : 0;
  std::snprintf(result.detail, sizeof result.detail, "%s", detail.c_str());
}

void map(pid_t pid) {
  const std::string folder = "/proc/" + std::to_string(pid) + "/";
  const bool root = geteuid() == 0;
  if (!root) write_small_file(folder + "setgroups", "deny");
  const std::string line = std::to_string(kInsideUid) + " " + std::to_string(host_identity(0)) + " 1";
  const std::string groups = root ? line : std::to_string(kInsideUid) + " " + std::to_string(getegid()) + " 1";
  if (!write_small_file(folder + "uid_map", line) || !write_small_file(folder + "gid_map", groups))
    throw std::string("uid_map refused: ") + std::strerror(errno);
}

void try_user_namespace(LayerResult& result) {
  std::string why;
  const int code = in_child(
      CLONE_NEWUSER, why,
      [] {
        if (syscall(SYS_setresuid, kInsideUid, kInsideUid, kInsideUid) != 0 || geteuid() != kInsideUid) return 1;
        return sethostname("lydian", 6) == 0 ? 2 : 0;
      },
      map);
  report(result, code == 0, code == 0 ? "an identity without rights on the host was taken" : code > 0 ? "the child kept rights on the host" : why);
}

void try_pid_namespace(LayerResult& result, std::uint64_t user) {
  std::string why;
  const pid_t parent = getpid();
  const int code = in_child(CLONE_NEWPID | user, why, [parent] { return getpid() == 1 && kill(parent, 0) != 0 && errno == ESRCH ? 0 : 1; });
  report(result, code == 0, code == 0 ? "the child is process 1 and cannot name its parent" : code > 0 ? "the child could name its parent" : why);
}

void try_mount_namespace(const Workshop& workshop, LayerResult& result, std::uint64_t user) {
  std::string why = workshop.scratch.empty() ? "the broker has no folder of its own" : "";
  const std::string folder = workshop.scratch + "/root";
  const bool own = user != 0;
  const auto trial = [&folder, own] {
    if (own && (syscall(SYS_setresgid, kInsideUid, kInsideUid, kInsideUid) != 0 || syscall(SYS_setresuid, kInsideUid, kInsideUid, kInsideUid) != 0)) return 1;
    if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 || mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=64k,nr_inodes=8") != 0) return 1;
    const Descriptor file(open((folder + "/file").c_str(), O_WRONLY | O_CREAT, 0600));
    static char block[128 << 10];
    const ssize_t written = write(file.get(), block, sizeof block);
    return written > 0 && written < static_cast<ssize_t>(sizeof block) ? 0 : 2;
  };
  const int code = workshop.scratch.empty() ? -1 : in_child(CLONE_NEWNS | user, why, trial, own ? map : std::function<void(pid_t)>());
  const bool leaked = access((folder + "/file").c_str(), F_OK) == 0;
  report(result, code == 0 && !leaked,
         code == 0 && !leaked ? "a folder of 64 KiB held no more, and nobody else saw it"
         : code > 0           ? "no folder of limited size"
                              : why);
}

void try_net_namespace(LayerResult& result, std::uint64_t user) {
  std::string why;
  const Descriptor listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (!listener || bind(listener.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener.get(), 1) != 0 ||
      getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    // No loopback here: the namespace is still tried, with an address where nobody listens.
    address.sin_port = htons(9);
  }
  const int code = in_child(CLONE_NEWNET | user, why, [&address] {
    const int socket_fd = socket(AF_INET, SOCK_STREAM, 0);
    if (socket_fd < 0) return 0;
    return connect(socket_fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? 1 : 0;
  });
  report(result, code == 0, code == 0 ? "a listener on 127.0.0.1 was out of reach" : code > 0 ? "a listener on 127.0.0.1 was reached" : why);
}

void try_ipc_namespace(LayerResult& result, std::uint64_t user) {
  std::string why;
  const int segment = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
  const int code = in_child(CLONE_NEWIPC | user, why, [segment] {
    shmid_ds state{};
    return segment >= 0 && shmctl(segment, IPC_STAT, &state) == 0 ? 1 : 0;
  });
  if (segment >= 0) shmctl(segment, IPC_RMID, nullptr);
  report(result, code == 0, code == 0 ? "shared memory of the parent was not there" : code > 0 ? "shared memory of the parent was there" : why);
}

/// Landlock or seccomp, alone, by the same code that confines programs.
int confined(std::uint32_t layer, const Descriptor& filter, std::string& why, const std::function<int()>& trial) {
  return in_child(0, why, [&] {
    struct stat state {};
    cell::Setup setup;
    setup.layers = layer | kUserNamespaceBit;
    setup.host_uid = geteuid();
    if (filter) {
      fstat(filter.get(), &state);
      setup.filter = static_cast<const sock_filter*>(mmap(nullptr, static_cast<std::size_t>(state.st_size), PROT_READ, MAP_PRIVATE, filter.get(), 0));
      setup.filter_size = static_cast<unsigned short>(static_cast<std::size_t>(state.st_size) / sizeof(sock_filter));
    }
    CellLimits limits;
    limits.cpu_s = 5;
    limits.files = 64;
    limits.tmpfs_mb = 1;
    limits.processes = 4096;
    if (cell::confine(setup, limits) != nullptr) return 90;
    return trial();
  });
}

void try_seccomp(LayerResult& result) {
  std::string why;
  int code = -1;
  try {
    const Descriptor filter = seccomp_filter();
    code = confined(kSeccompBit, filter, why, [] {
      if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || errno != EPERM) return 1;
      return syscall(SYS_unshare, CLONE_NEWUSER) == 0 || getpid() <= 0 ? 2 : 0;
    });
  } catch (const std::string& failure) {
    why = failure;
  }
  if (code == 90) why = "the kernel took no filter";
  report(result, code == 0, code == 0 ? "socket and unshare were refused" : code > 0 && code != 90 ? "a forbidden call was made" : why);
}

void try_landlock(const Workshop& workshop, LayerResult& result) {
  std::string why;
  const long version = syscall(SYS_landlock_create_ruleset, nullptr, 0, 1);
  const std::string path = workshop.scratch + "/headers/probe";
  const int code = confined(kLandlockBit, Descriptor(), why, [] {
    // Writing is allowed in /tmp alone; /dev/shm and /var/tmp can be written by anybody without Landlock.
    for (const char* name : {"/dev/shm/lydian-landlock", "/var/tmp/lydian-landlock"}) {
      const int file = open(name, O_WRONLY | O_CREAT | O_EXCL, 0600);
      if (file < 0) continue;
      unlink(name);
      return 1;
    }
    return access("/usr", R_OK) == 0 ? 0 : 2;
  });
  if (code == 90) why = "the kernel took no rules";
  report(result, code == 0,
         code == 0                ? "version " + std::to_string(version) + ": a file outside /tmp could not be made"
         : code > 0 && code != 90 ? "a file outside /tmp was made"
                                  : why);
}

void try_memory_limit(const ControlGroupHome& home, LayerResult& result) {
  constexpr std::size_t kLimit = 32u << 20, kTouched = 96u << 20;
  if (home.memory.empty()) return report(result, false, home.why_no_memory);
  std::string why;
  try {
    ControlGroup group(home, "probe-memory", true, false);
    if (!group.set_memory_limit(kLimit)) throw std::string("the limit was refused: ") + std::strerror(errno);
    const int code = in_child(
        0, why,
        [] {
          void* memory = mmap(nullptr, kTouched, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
          return memory == MAP_FAILED ? 1 : 0;
        },
        [&group](pid_t pid) { group.join(pid); });
    const bool stopped = code != 0 && code != -1 && group.memory_kills() > 0;
    report(result, stopped,
           stopped ? std::string("control group v") + (home.version_2 ? "2" : "1") + ": 64 MiB over the limit were refused" : "a limit did not hold " + why);
  } catch (const std::string& failure) {
    report(result, false, failure);
  }
}

void try_process_limit(const ControlGroupHome& home, LayerResult& result) {
  constexpr int kLimit = 16;
  if (home.pids.empty()) return report(result, false, home.why_no_pids);
  std::string why;
  try {
    ControlGroup group(home, "probe-pids", false, true);
    if (!group.set_process_limit(kLimit)) throw std::string("the limit was refused: ") + std::strerror(errno);
    const int code = in_child(
        CLONE_NEWPID, why,
        [] {
          int made = 1;
          for (; made < 2 * kLimit; ++made) {
            const pid_t pid = fork();
            if (pid == 0) {
              pause();
              _exit(0);
            }
            if (pid < 0) break;
          }
          return made;  // The namespace dies with this process, and its children with it.
        },
        [&group](pid_t pid) { group.join(pid); });
    const bool held = code == kLimit;
    report(result, held,
           held ? std::string("control group v") + (home.version_2 ? "2" : "1") + ": the 17th process was refused"
                : "a limit of 16 let through " + std::to_string(code) + " " + why);
  } catch (const std::string& failure) {
    report(result, false, failure);
  }
}

}  // namespace

void probe(const Workshop& workshop, LayerResult* results) {
  try_user_namespace(results[0]);
  // A plain user makes the others inside a user namespace.
  const std::uint64_t user = geteuid() == 0 ? 0 : CLONE_NEWUSER;
  try_pid_namespace(results[1], user);
  try_mount_namespace(workshop, results[2], user);
  try_net_namespace(results[3], user);
  try_ipc_namespace(results[4], user);
  try_seccomp(results[5]);
  try_landlock(workshop, results[6]);
  try_memory_limit(workshop.groups, results[7]);
  try_process_limit(workshop.groups, results[8]);
}

}  // namespace lydian::sandbox
