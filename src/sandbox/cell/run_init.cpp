#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstdio>

#include "sandbox/cell/cell.h"
#include "sandbox/packet.h"

namespace lydian::sandbox::cell {
namespace {

constexpr off_t kMaxOutputFile = 512 << 20;

[[noreturn]] void fail(const Setup& setup, const Program& program, const char* stage) {
  CellMessage message;
  message.type = FromCell::kSetupFailed;
  message.id = program.spec.id;
  message.value = errno;
  copy_text(message.stage, sizeof message.stage, stage);
  tell(setup.control, message);
  _exit(6);
}

void mount_run_folders(const Setup& setup, const Program& program) {
  char options[96];
  const unsigned owner = (setup.layers & kUserNamespaceBit) != 0 ? geteuid() : setup.host_uid;
  std::snprintf(options, sizeof options, "size=%um,nr_inodes=%u,mode=0700,uid=%u,gid=%u", program.spec.limits.tmpfs_mb,
                4096u + program.spec.limits.tmpfs_mb * 64u, owner, owner);
  if (mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, options) != 0) fail(setup, program, "mount /tmp");
  if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, "subset=pid,hidepid=invisible") != 0) fail(setup, program, "mount /proc");
}

constexpr int kControlFd = 6;  // Of a program's process until it is confined.

/// Moves the run's descriptors to their places, 0 to 5, the control socket to 6, and closes everything else.
void place_descriptors(const RunSpec& spec, const int* received, int control) {
  int high[kMaxDescriptors];
  const int count = 4 + static_cast<int>(spec.has_channel) + static_cast<int>(spec.has_peer);
  for (int i = 0; i < count; ++i) high[i] = fcntl(received[i], F_DUPFD_CLOEXEC, 64);
  const int high_control = fcntl(control, F_DUPFD_CLOEXEC, 64);
  for (int i = 0; i < 3; ++i) dup2(high[i], i);
  for (int fd = kChannelFd; fd <= kPeerFd; ++fd) close(fd);
  dup3(high[3], kProgramFd, spec.kind == PartKind::kBinary ? O_CLOEXEC : 0);
  int next = 4;
  if (spec.has_channel) dup2(high[next++], kChannelFd);
  if (spec.has_peer) dup2(high[next++], kPeerFd);
  dup3(high_control, kControlFd, O_CLOEXEC);
  syscall(SYS_close_range, kControlFd + 1, ~0u, 0);
}

/// In the process that is to be the program. Returns for an interpreter only.
void become_program(Setup setup, Program& program, const int* descriptors) {
  place_descriptors(program.spec, descriptors, setup.control);
  setup.control = kControlFd;
  setsid();
  prctl(PR_SET_DUMPABLE, 1);  // It owns its own /proc entries; its parents stay closed to it.
  if (chdir("/tmp") != 0) fail(setup, program, "chdir /tmp");
  if (program.spec.kind == PartKind::kCommand) {
    if (const char* stage = lay_out_files()) fail(setup, program, stage);
  }
  CellMessage begins;
  begins.type = FromCell::kProgramBegins;
  begins.id = program.spec.id;
  tell(setup.control, begins);
  if (const char* stage = confine(setup, program.spec.limits)) fail(setup, program, stage);
  if (program.spec.kind == PartKind::kPython) {
    close(kControlFd);
    return;
  }
  const char* stage = execute(program);
  // What kind of file it is was the program's choice: it ends as a shell would end it.
  const bool own_doing = errno == ENOENT || errno == ENOEXEC || errno == ENOMEM || errno == EINVAL || errno == ELIBBAD;
  if (program.spec.kind == PartKind::kBinary && own_doing) _exit(126);
  fail(setup, program, stage);
}

/// What the command left as /tmp/out, out through a descriptor that it never had.
void bring_out(int output) {
  const int file = open("/tmp/out", O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  struct stat state {};
  if (file < 0 || fstat(file, &state) != 0 || !S_ISREG(state.st_mode) || state.st_size > kMaxOutputFile) return;
  while (sendfile(output, file, nullptr, 1 << 20) > 0) {
  }
}

/// Waits for the program, and for orphans that come to this process meanwhile.
int wait_for_program(pid_t program) {
  for (;;) {
    int status = 0;
    const pid_t pid = waitpid(-1, &status, __WALL);
    if (pid == program) return status;
    if (pid < 0 && errno != EINTR) return -1;
  }
}

}  // namespace

void run_init(const Setup& setup, Program& program, const int* descriptors) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  mount_run_folders(setup, program);
  const pid_t child = fork();
  if (child < 0) fail(setup, program, "fork");
  if (child == 0) {
    become_program(setup, program, descriptors);
    return;
  }
  for (int fd = 0; fd < 3; ++fd) close(fd);
  const int count = 4 + static_cast<int>(program.spec.has_channel) + static_cast<int>(program.spec.has_peer);
  for (int i = 0; i < count; ++i) close(descriptors[i]);
  CellMessage message;
  message.type = FromCell::kProgramEnded;
  message.id = program.spec.id;
  message.value = wait_for_program(child);
  if (program.spec.has_output && message.value == 0) bring_out(descriptors[count]);
  tell(setup.control, message);
  _exit(0);
}

}  // namespace lydian::sandbox::cell
