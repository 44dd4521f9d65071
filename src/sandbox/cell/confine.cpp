#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "sandbox/cell/cell.h"

namespace lydian::sandbox::cell {
namespace {

// Rights that the headers of older systems do not name yet.
constexpr std::uint64_t kRefer = 1ull << 13, kTruncate = 1ull << 14, kDeviceControl = 1ull << 15;
constexpr std::uint64_t kTcp = 3;     // Bind and connect, from version 4 on.
constexpr std::uint64_t kScopes = 3;  // Abstract sockets and signals, from version 6 on.
constexpr std::uint64_t kFirstRights = (1ull << 13) - 1;
constexpr std::uint64_t kRead = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;

struct RulesetAttributes {
  std::uint64_t files = 0, net = 0, scopes = 0;
};

bool set_limit(int resource, std::uint64_t soft, std::uint64_t hard) {
  const rlimit limit{soft, hard};
  return setrlimit(static_cast<__rlimit_resource>(resource), &limit) == 0;
}

const char* set_limits(const CellLimits& limits) {
  const std::uint64_t file_bytes = (static_cast<std::uint64_t>(limits.tmpfs_mb) + 1) << 20;  // The folder is full first.
  // A core file of at most 1 byte is none, also where the host hands them to a program: 0 would be no limit there (core(5)).
  const bool set = set_limit(RLIMIT_CPU, limits.cpu_s, limits.cpu_s + 1) && set_limit(RLIMIT_NOFILE, limits.files, limits.files) &&
                   set_limit(RLIMIT_FSIZE, file_bytes, file_bytes) && set_limit(RLIMIT_CORE, 1, 1) && set_limit(RLIMIT_MEMLOCK, 0, 0) &&
                   set_limit(RLIMIT_MSGQUEUE, 0, 0) && set_limit(RLIMIT_SIGPENDING, 256, 256) &&
                   (limits.address_bytes == 0 || set_limit(RLIMIT_AS, limits.address_bytes, limits.address_bytes));
  return set ? nullptr : "setrlimit";
}

/// The kernel takes one of the run's processes before it takes a process of ours.
const char* offer_to_memory_killer() {
  const int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  const bool written = file >= 0 && write(file, "1000", 4) == 4;
  if (file >= 0) close(file);
  return written ? nullptr : "oom_score_adj";
}

bool allow(int ruleset, const char* path, std::uint64_t rights) {
  const int folder = open(path, O_PATH | O_CLOEXEC);
  if (folder < 0) return errno == ENOENT;
  const landlock_path_beneath_attr rule{rights, folder};
  const bool added = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
  close(folder);
  return added;
}

const char* enter_landlock() {
  const long version = syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 1) return "landlock version";
  RulesetAttributes attributes;
  attributes.files = kFirstRights | (version >= 2 ? kRefer : 0) | (version >= 3 ? kTruncate : 0) | (version >= 5 ? kDeviceControl : 0);
  if (version >= 4) attributes.net = kTcp;
  if (version >= 6) attributes.scopes = kScopes;
  const std::size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
  const int ruleset = static_cast<int>(syscall(SYS_landlock_create_ruleset, &attributes, size, 0));
  if (ruleset < 0) return "landlock ruleset";
  const std::uint64_t device = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE;
  const std::uint64_t own = attributes.files & ~(LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK | kDeviceControl);
  const bool allowed = allow(ruleset, "/", kRead) && allow(ruleset, "/tmp", own) && allow(ruleset, "/dev/null", device | (attributes.files & kTruncate)) &&
                       allow(ruleset, "/dev/full", device) && allow(ruleset, "/proc", kRead);
  const bool restricted = allowed && syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
  close(ruleset);
  return restricted ? nullptr : "landlock rules";
}

const char* drop_rights(const Setup& setup) {
  for (int right = 0; right <= 63; ++right) {
    if (prctl(PR_CAPBSET_DROP, right, 0, 0, 0) != 0 && errno == EINVAL) break;
  }
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  if ((setup.layers & kUserNamespaceBit) == 0 && geteuid() != setup.host_uid) {
    if (syscall(SYS_setgroups, 0, nullptr) != 0 || syscall(SYS_setresgid, setup.host_uid, setup.host_uid, setup.host_uid) != 0 ||
        syscall(SYS_setresuid, setup.host_uid, setup.host_uid, setup.host_uid) != 0) {
      return "setresuid";
    }
  }
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[2] = {};
  if (syscall(SYS_capset, &header, none) != 0) return "capset";
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? nullptr : "no_new_privs";
}

}  // namespace

const char* confine(const Setup& setup, const CellLimits& limits) {
  if (const char* stage = set_limits(limits)) return stage;
  if (const char* stage = offer_to_memory_killer()) return stage;
  if (const char* stage = drop_rights(setup)) return stage;
  if (!set_limit(RLIMIT_NPROC, limits.processes, limits.processes)) return "setrlimit";
  if ((setup.layers & kLandlockBit) != 0) {
    if (const char* stage = enter_landlock()) return stage;
  }
  if ((setup.layers & kSeccompBit) != 0) {
    const sock_fprog filter{setup.filter_size, const_cast<sock_filter*>(setup.filter)};
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0) return "seccomp";
  }
  return nullptr;
}

}  // namespace lydian::sandbox::cell
