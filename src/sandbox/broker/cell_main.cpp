#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "sandbox/broker/cell_root.h"
#include "sandbox/broker/embedded.h"
#include "sandbox/cell/cell.h"

namespace lydian::sandbox {
namespace {

constexpr int kNativeControl = 10, kPythonControl = 11, kFilter = 12, kModule = 13, kExecutable = 14;

[[noreturn]] void become_interpreter(const char* python, const char* layers, const char* uid) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  close(kNativeControl);
  close(kExecutable);
  int input[2];
  if (pipe(input) != 0) _exit(10);
  dup2(input[0], 0);  // A pipe, as programs will have: the interpreter's streams are made once, here.
  close(input[0]);
  close(input[1]);
  dup2(2, 1);
  const std::string source(embedded_zygote());
  execl(python, python, "-s", "-B", "-X", "utf8", "-c", source.c_str(), layers, uid, nullptr);
  _exit(11);
}

}  // namespace

int cell_main(int argc, char** argv) {
  if (argc != 5) return 2;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const char* python = argv[2];
  if (*python != 0) {
    const pid_t child = fork();
    if (child < 0) return 12;
    if (child == 0) become_interpreter(python, argv[3], argv[4]);
  }
  close(kPythonControl);
  close(kModule);
  close(kExecutable);
  for (int fd = 0; fd < 2; ++fd) dup2(2, fd);
  static cell::Program program;
  struct stat state {};
  cell::Setup setup;
  setup.control = kNativeControl;
  setup.layers = static_cast<std::uint32_t>(std::strtoul(argv[3], nullptr, 10));
  setup.host_uid = static_cast<uid_t>(std::strtoul(argv[4], nullptr, 10));
  if (fstat(kFilter, &state) != 0) return 13;
  void* filter = mmap(nullptr, static_cast<std::size_t>(state.st_size) + 1, PROT_READ, MAP_PRIVATE, kFilter, 0);
  if (filter == MAP_FAILED) return 14;
  close(kFilter);
  setup.filter = static_cast<const sock_filter*>(filter);
  setup.filter_size = static_cast<unsigned short>(static_cast<std::size_t>(state.st_size) / sizeof(sock_filter));
  cell::serve(setup, program);
  return 15;
}

}  // namespace lydian::sandbox
