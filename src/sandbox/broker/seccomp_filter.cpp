#include "sandbox/broker/seccomp_filter.h"

#include <asm/ioctls.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

namespace lydian::sandbox {
namespace {

constexpr const char* kAllowed[] = {
    // Files.
    "read",
    "write",
    "readv",
    "writev",
    "pread64",
    "pwrite64",
    "preadv",
    "pwritev",
    "preadv2",
    "pwritev2",
    "open",
    "openat",
    "openat2",
    "creat",
    "close",
    "close_range",
    "lseek",
    "stat",
    "lstat",
    "fstat",
    "newfstatat",
    "statx",
    "access",
    "faccessat",
    "faccessat2",
    "readlink",
    "readlinkat",
    "getdents",
    "getdents64",
    "mkdir",
    "mkdirat",
    "rmdir",
    "unlink",
    "unlinkat",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "mknod",
    "mknodat",
    "truncate",
    "ftruncate",
    "fallocate",
    "fsync",
    "fdatasync",
    "utime",
    "utimes",
    "utimensat",
    "futimesat",
    "umask",
    "chmod",
    "fchmod",
    "fchmodat",
    "chown",
    "fchown",
    "lchown",
    "fchownat",
    "chdir",
    "fchdir",
    "getcwd",
    "dup",
    "dup2",
    "dup3",
    "fcntl",
    "flock",
    "statfs",
    "fstatfs",
    "fadvise64",
    "readahead",
    "sendfile",
    "copy_file_range",
    "getxattr",
    "lgetxattr",
    "fgetxattr",
    "listxattr",
    "llistxattr",
    "flistxattr",
    // Waiting, pipes, events.
    "pipe",
    "pipe2",
    "poll",
    "ppoll",
    "select",
    "pselect6",
    "epoll_create",
    "epoll_create1",
    "epoll_ctl",
    "epoll_wait",
    "epoll_pwait",
    "epoll_pwait2",
    "eventfd",
    "eventfd2",
    "signalfd",
    "signalfd4",
    "timerfd_create",
    "timerfd_settime",
    "timerfd_gettime",
    // Memory.
    "brk",
    "munmap",
    "mremap",
    "mprotect",
    "madvise",
    "mincore",
    "msync",
    "pkey_alloc",
    "pkey_free",
    "pkey_mprotect",
    "membarrier",
    // Processes and threads; clone is below.
    "fork",
    "vfork",
    "execve",
    "execveat",
    "exit",
    "exit_group",
    "wait4",
    "waitid",
    "kill",
    "tkill",
    "tgkill",
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigreturn",
    "rt_sigpending",
    "rt_sigtimedwait",
    "rt_sigqueueinfo",
    "rt_tgsigqueueinfo",
    "rt_sigsuspend",
    "sigaltstack",
    "pause",
    "futex",
    "futex_waitv",
    "set_robust_list",
    "get_robust_list",
    "set_tid_address",
    "rseq",
    "arch_prctl",
    "prctl",
    "restart_syscall",
    "getpid",
    "getppid",
    "gettid",
    "getpgrp",
    "getpgid",
    "setpgid",
    "getsid",
    "setsid",
    "pidfd_open",
    "pidfd_send_signal",
    "sched_yield",
    "sched_getaffinity",
    "sched_setaffinity",
    "sched_getparam",
    "sched_getscheduler",
    "sched_get_priority_max",
    "sched_get_priority_min",
    "getcpu",
    "getpriority",
    "setpriority",
    "getrlimit",
    "getrusage",
    "times",
    // Identity, clocks, machine.
    "getuid",
    "geteuid",
    "getgid",
    "getegid",
    "getresuid",
    "getresgid",
    "getgroups",
    "setuid",
    "setgid",
    "setreuid",
    "setregid",
    "setresuid",
    "setresgid",
    "capget",
    "uname",
    "sysinfo",
    "getrandom",
    "time",
    "gettimeofday",
    "clock_gettime",
    "clock_getres",
    "clock_nanosleep",
    "nanosleep",
    "alarm",
    "getitimer",
    "setitimer",
    "timer_create",
    "timer_settime",
    "timer_gettime",
    "timer_getoverrun",
    "timer_delete",
    // On sockets that socketpair made; there is no other.
    "sendto",
    "recvfrom",
    "sendmsg",
    "recvmsg",
    "sendmmsg",
    "recvmmsg",
    "shutdown",
    "getsockname",
    "getpeername",
    "getsockopt",
    "setsockopt",
};

// What programs try knowingly: a plain refusal. The rest does not exist for them.
constexpr const char* kRefused[] = {
    "socket",  "connect", "bind",  "listen", "accept",     "accept4", "ptrace", "process_vm_readv", "process_vm_writev", "mount",
    "umount2", "unshare", "setns", "chroot", "pivot_root", "bpf",     "keyctl", "add_key",          "request_key",       "perf_event_open"};

constexpr std::uint64_t kNewNamespaces =
    CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | 0x80 /* time */;
constexpr std::uint64_t kLowWord = 0xffffffff;  // All that the kernel reads of an int.
constexpr std::uint64_t kTerminalQuestions[] = {TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIOCLEX, FIONCLEX};

class Builder {
 public:
  Builder() : filter_(seccomp_init(SCMP_ACT_ERRNO(ENOSYS))) {
    if (filter_ == nullptr) throw std::string("libseccomp made no filter");
    check(seccomp_attr_set(filter_, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS), "architecture");
    seccomp_attr_set(filter_, SCMP_FLTATR_CTL_OPTIMIZE, 2);
  }
  ~Builder() { seccomp_release(filter_); }

  void rule(std::uint32_t action, const char* name, const std::vector<scmp_arg_cmp>& arguments = {}) {
    const int number = seccomp_syscall_resolve_name(name);
    if (number < 0) return;  // Not known to this architecture or library.
    check(seccomp_rule_add_array(filter_, action, number, static_cast<unsigned>(arguments.size()), arguments.data()), name);
  }

  Descriptor written() {
    Descriptor file(memfd_create("lydian-seccomp", MFD_CLOEXEC));
    if (!file) throw std::string("memfd_create: ") + std::strerror(errno);
    check(seccomp_export_bpf(filter_, file.get()), "export");
    return file;
  }

 private:
  static void check(int result, const char* what) {
    if (result < 0) throw std::string("libseccomp refused ") + what + ": " + std::strerror(-result);
  }
  scmp_filter_ctx filter_;
};

/// Limits of the process itself, and no others: its parents have the same identity, and a run whose first process is ended by a limit looks like a fault of
/// ours. The size of core files stays 1, since 0 would not keep a host's crash handler from being started.
void limits_rules(Builder& builder) {
  for (std::uint64_t resource = 0; resource < RLIM_NLIMITS; ++resource) {
    const std::uint32_t action = resource == RLIMIT_CORE ? SCMP_ACT_ERRNO(0) : SCMP_ACT_ALLOW;
    builder.rule(action, "prlimit64", {{0, SCMP_CMP_MASKED_EQ, kLowWord, 0}, {1, SCMP_CMP_MASKED_EQ, kLowWord, resource}, {2, SCMP_CMP_NE, 0, 0}});
    builder.rule(action, "setrlimit", {{0, SCMP_CMP_MASKED_EQ, kLowWord, resource}});
  }
  builder.rule(SCMP_ACT_ALLOW, "prlimit64", {{2, SCMP_CMP_EQ, 0, 0}});
}

}  // namespace

Descriptor seccomp_filter() {
  Builder builder;
  for (const char* name : kAllowed) builder.rule(SCMP_ACT_ALLOW, name);
  for (const char* name : kRefused) builder.rule(SCMP_ACT_ERRNO(EPERM), name);
  builder.rule(SCMP_ACT_ERRNO(0), "sync");  // Asks the whole machine: said to be done, not done.
  builder.rule(SCMP_ACT_ALLOW, "clone", {{0, SCMP_CMP_MASKED_EQ, kNewNamespaces, 0}});
  builder.rule(SCMP_ACT_ERRNO(EPERM), "clone", {{0, SCMP_CMP_MASKED_EQ, CLONE_NEWUSER, CLONE_NEWUSER}});
  builder.rule(SCMP_ACT_ALLOW, "socketpair", {{0, SCMP_CMP_EQ, AF_UNIX, 0}});
  builder.rule(SCMP_ACT_ALLOW, "personality", {{0, SCMP_CMP_EQ, 0xffffffff, 0}});
  builder.rule(SCMP_ACT_ALLOW, "personality", {{0, SCMP_CMP_EQ, 0, 0}});
  // Huge pages come from a store of the whole machine that no control group of ours counts.
  builder.rule(SCMP_ACT_ALLOW, "mmap", {{3, SCMP_CMP_MASKED_EQ, MAP_HUGETLB, 0}});
  builder.rule(SCMP_ACT_ALLOW, "memfd_create", {{1, SCMP_CMP_MASKED_EQ, MFD_HUGETLB, 0}});
  limits_rules(builder);
  for (const std::uint64_t question : kTerminalQuestions) builder.rule(SCMP_ACT_ALLOW, "ioctl", {{1, SCMP_CMP_EQ, question, 0}});
  return builder.written();
}

}  // namespace lydian::sandbox
