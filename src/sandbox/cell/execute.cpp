#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "sandbox/cell/cell.h"

namespace lydian::sandbox::cell {
namespace {

constexpr std::uint32_t kMaxStringCount = 512;

bool write_file(const char* name, const char* bytes, std::size_t size) {
  const int file = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return false;
  std::size_t done = 0;
  while (done < size) {
    const ssize_t written = write(file, bytes + done, size - done);
    if (written <= 0) break;
    done += static_cast<std::size_t>(written);
  }
  close(file);
  return done == size;
}

}  // namespace

const char* lay_out_files() {
  struct stat state {};
  if (fstat(kProgramFd, &state) != 0) return "files";
  const auto size = static_cast<std::size_t>(state.st_size);
  if (size == 0) return nullptr;
  void* mapped = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, kProgramFd, 0);
  if (mapped == MAP_FAILED) return "files";
  const char* at = static_cast<const char*>(mapped);
  const char* end = at + size;
  const char* stage = nullptr;
  while (at < end && stage == nullptr) {
    std::uint32_t lengths[2];
    char name[64];
    if (static_cast<std::size_t>(end - at) < sizeof lengths) return "files";
    std::memcpy(lengths, at, sizeof lengths);
    at += sizeof lengths;
    if (lengths[0] >= sizeof name || static_cast<std::size_t>(end - at) < static_cast<std::size_t>(lengths[0]) + lengths[1]) return "files";
    std::memcpy(name, at, lengths[0]);
    name[lengths[0]] = 0;
    if (!write_file(name, at + lengths[0], lengths[1])) stage = "files";
    at += lengths[0] + lengths[1];
  }
  munmap(mapped, size);
  return stage;
}

const char* execute(Program& program) {
  static char* pointers[kMaxStringCount + 2];
  const std::uint32_t total = program.spec.argument_count + program.spec.environment_count;
  if (total > kMaxStringCount) {
    errno = E2BIG;
    return "arguments";
  }
  program.strings[program.spec.string_bytes] = 0;
  char* at = program.strings;
  char** place = pointers;
  for (std::uint32_t i = 0; i < total; ++i) {
    if (i == program.spec.argument_count) *place++ = nullptr;
    *place++ = at;
    while (*at != 0) ++at;
    ++at;
  }
  if (program.spec.environment_count == 0) *place++ = nullptr;
  *place = nullptr;
  char** environment = pointers + program.spec.argument_count + 1;
  if (program.spec.kind == PartKind::kCommand) {
    close(kProgramFd);
    execve(pointers[0], pointers, environment);
    return "execve";
  }
  syscall(SYS_execveat, kProgramFd, "", pointers, environment, AT_EMPTY_PATH);
  return "execveat";
}

}  // namespace lydian::sandbox::cell
