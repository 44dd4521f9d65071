#include "sandbox/broker/cell_root.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/mount.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "sandbox/broker/small_file.h"

namespace lydian::sandbox {
namespace {

constexpr const char* kSystemFolders[] = {"bin", "sbin", "lib", "lib32", "lib64", "libx32"};
constexpr const char* kDevices[] = {"null", "zero", "full", "random", "urandom"};
constexpr const char* kPasswords = "program:x:1000:1000:program:/tmp:/bin/sh\n";
constexpr const char* kGroups = "program:x:1000:\n";
constexpr rlim_t kStackBytes = 256u << 20;
constexpr int kFirstFd = 10;  // The cell's descriptors from here on, in the order of enter_cell.

[[noreturn]] void fail(const std::string& what) {
  const std::string text = what + ": " + std::strerror(errno);
  (void)!write(2, text.data(), text.size());
  _exit(7);
}

void need(bool done, const std::string& what) {
  if (!done) fail(what);
}

/// Only adds restrictions, which a user namespace may always do.
void restrict_mount(const std::string& path, std::uint64_t flags, bool recursive) {
  mount_attr attributes{};
  attributes.attr_set = flags;
  need(syscall(SYS_mount_setattr, AT_FDCWD, path.c_str(), recursive ? AT_RECURSIVE : 0, &attributes, sizeof attributes) == 0, "mount_setattr " + path);
}

void bind_read_only(const std::string& from, const std::string& to) {
  need(mount(from.c_str(), to.c_str(), nullptr, MS_BIND | MS_REC, nullptr) == 0, "bind " + from);
  restrict_mount(to, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, true);
}

void make_folder(const std::string& path) {
  need(mkdir(path.c_str(), 0755) == 0 || errno == EEXIST, "mkdir " + path);
}

void make_file(const std::string& path, const char* text) {
  const Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  need(static_cast<bool>(file) && write(file.get(), text, std::strlen(text)) == static_cast<ssize_t>(std::strlen(text)), "write " + path);
}

void bind_system(const std::string& root) {
  make_folder(root + "/usr");
  bind_read_only("/usr", root + "/usr");
  for (const std::string name : kSystemFolders) {
    struct stat state {};
    if (lstat(("/" + name).c_str(), &state) != 0) continue;
    if (S_ISLNK(state.st_mode)) {
      char target[256] = {};
      need(readlink(("/" + name).c_str(), target, sizeof target - 1) > 0, "readlink " + name);
      need(symlink(target, (root + "/" + name).c_str()) == 0, "symlink " + name);
    } else {
      make_folder(root + "/" + name);
      bind_read_only("/" + name, root + "/" + name);
    }
  }
}

/// Nothing of the host's settings, except where its libraries and alternatives are.
void make_settings(const std::string& root) {
  make_folder(root + "/etc");
  make_file(root + "/etc/passwd", kPasswords);
  make_file(root + "/etc/group", kGroups);
  if (access("/etc/alternatives", R_OK) == 0) {
    make_folder(root + "/etc/alternatives");
    bind_read_only("/etc/alternatives", root + "/etc/alternatives");
  }
  if (access("/etc/ld.so.cache", R_OK) == 0) {
    make_file(root + "/etc/ld.so.cache", "");
    bind_read_only("/etc/ld.so.cache", root + "/etc/ld.so.cache");
  }
}

void make_devices(const std::string& root) {
  make_folder(root + "/dev");
  for (const std::string name : kDevices) {
    const std::string path = root + "/dev/" + name;
    make_file(path, "");
    need(mount(("/dev/" + name).c_str(), path.c_str(), nullptr, MS_BIND, nullptr) == 0, "bind /dev/" + name);
    // Read-only: what is written to a device is not stopped by it, but its times are the host's.
    restrict_mount(path, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, false);
  }
  const std::pair<const char*, const char*> links[] = {
      {"/proc/self/fd", "fd"}, {"/proc/self/fd/0", "stdin"}, {"/proc/self/fd/1", "stdout"}, {"/proc/self/fd/2", "stderr"}, {"/tmp", "shm"}};
  for (const auto& [target, name] : links) need(symlink(target, (root + "/dev/" + name).c_str()) == 0, std::string("symlink ") + name);
}

/// An interpreter outside /usr brings the folder that it is installed in.
void bind_interpreter(const std::string& root, const std::string& python) {
  if (python.empty() || python.rfind("/usr/", 0) == 0) return;
  const std::string prefix = python.substr(0, python.rfind("/bin/"));
  for (std::size_t slash = prefix.find('/', 1);; slash = prefix.find('/', slash + 1)) {
    make_folder(root + prefix.substr(0, slash));
    if (slash == std::string::npos) break;
  }
  bind_read_only(prefix, root + prefix);
}

void build_tree(const CellPlan& plan) {
  const std::string root = plan.scratch + "/root";
  need(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "private mounts");
  need(mount("tmpfs", root.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,nr_inodes=256,mode=0755") == 0, "mount the cell's root");
  bind_system(root);
  bind_interpreter(root, plan.python);
  make_settings(root);
  make_devices(root);
  for (const char* folder : {"/tmp", "/proc", "/headers"}) make_folder(root + folder);
  bind_read_only(plan.scratch + "/headers", root + "/headers");
  need(mount("proc", (root + "/proc").c_str(), "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) == 0, "mount /proc");
  need(chdir(root.c_str()) == 0, "chdir to the cell's root");
  need(syscall(SYS_pivot_root, ".", ".") == 0, "pivot_root");
  need(umount2(".", MNT_DETACH) == 0, "leave the host's files");
  need(chdir("/") == 0, "chdir /");
  restrict_mount("/", MOUNT_ATTR_RDONLY, false);
}

/// The cell's own processes keep what making a run takes, and nothing else.
void keep_rights(const CellPlan& plan) {
  std::vector<int> kept{CAP_SYS_ADMIN, CAP_SETPCAP};
  if ((plan.layers & (1u << 0)) == 0) kept.insert(kept.end(), {CAP_SETUID, CAP_SETGID});
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct sets[2] = {};
  for (const int right : kept) sets[right / 32].effective |= 1u << (right % 32);
  for (auto& set : sets) set.permitted = set.inheritable = set.effective;
  for (int right = 0; right <= 63; ++right) {
    bool keep = false;
    for (const int each : kept) keep = keep || each == right;
    if (!keep && prctl(PR_CAPBSET_DROP, right, 0, 0, 0) != 0 && errno == EINVAL) break;
  }
  need(syscall(SYS_capset, &header, sets) == 0, "capset");
  for (const int right : kept) need(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, right, 0, 0) == 0, "ambient rights");
  need(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "no_new_privs");
}

}  // namespace

void enter_cell(const CellPlan& plan) {
  signal(SIGPIPE, SIG_DFL);
  dup2(plan.log, 2);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  char go = 0;
  if (read(plan.go, &go, 1) != 1) _exit(8);
  if ((plan.layers & (1u << 0)) != 0) {
    if (plan.as_root) need(syscall(SYS_setgroups, 0, nullptr) == 0, "setgroups");
    need(syscall(SYS_setresgid, kInsideUid, kInsideUid, kInsideUid) == 0, "setresgid");
    need(syscall(SYS_setresuid, kInsideUid, kInsideUid, kInsideUid) == 0, "setresuid");
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // Taking an identity cleared it.
  need(sethostname("cell", 4) == 0, "sethostname");
  build_tree(plan);
  // Deep recursion is ordinary; programs that ask for more may, since memory is bounded elsewhere.
  rlimit stack{};
  if (getrlimit(RLIMIT_STACK, &stack) == 0) {
    stack.rlim_cur = std::min<rlim_t>(kStackBytes, stack.rlim_max);
    setrlimit(RLIMIT_STACK, &stack);
  }
  keep_rights(plan);
  const int wanted[] = {plan.native_control, plan.python_control, plan.filter, plan.module, plan.executable};
  int high[5];
  for (int i = 0; i < 5; ++i) high[i] = fcntl(wanted[i], F_DUPFD, 64);
  for (int i = 0; i < 5; ++i) dup2(high[i], kFirstFd + i);
  syscall(SYS_close_range, kFirstFd + 5, ~0u, 0);
  syscall(SYS_close_range, 3, kFirstFd - 1, 0);
  const std::string layers = std::to_string(plan.layers), uid = std::to_string(plan.host_uid);
  const char* arguments[] = {"lydian-sandbox-broker", "cell", plan.python.c_str(), layers.c_str(), uid.c_str(), nullptr};
  const char* environment[] = {"PATH=/usr/bin:/bin", "HOME=/tmp", "LANG=C.UTF-8", "TZ=UTC", "PYTHONHASHSEED=0", "TMPDIR=/tmp", nullptr};
  syscall(SYS_execveat, kFirstFd + 4, "", arguments, environment, AT_EMPTY_PATH);
  fail("execveat");
}

}  // namespace lydian::sandbox
