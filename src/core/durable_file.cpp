#include "lydian/core/durable_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "lydian/core/error.h"

namespace lydian {
namespace {

[[noreturn]] void fail(const std::string& path, const char* action, int cause) {
  throw IoError("durable_file", path + ": cannot " + action + ": " + std::generic_category().message(cause));
}

/// An open file; closed at the end of its scope.
class Descriptor {
 public:
  Descriptor(const std::string& path, int flags, const char* action) {
    do {
      number_ = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
    } while (number_ < 0 && errno == EINTR);
    if (number_ < 0) fail(path, action, errno);
  }
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }
  /// Some file systems report a failed write only here.
  void close_checked(const std::string& path) {
    const int number = number_;
    number_ = -1;
    if (::close(number) != 0 && errno != EINTR) fail(path, "write", errno);
  }

 private:
  int number_ = -1;
};

void write_all(int number, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(number, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(path, "write", errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void sync(int number, const std::string& path) {
  while (::fsync(number) != 0) {
    if (errno != EINTR) fail(path, "fsync", errno);
  }
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string temporary_name(const std::string& path) {
  static std::atomic<unsigned> running{0};
  return path + ".tmp-" + std::to_string(::getpid()) + "-" + std::to_string(running.fetch_add(1));
}

}  // namespace

void write_file_durably(const std::string& path, std::string_view bytes) {
  struct stat target {};
  if (::stat(path.c_str(), &target) == 0 && !S_ISREG(target.st_mode) && !S_ISDIR(target.st_mode)) {
    // A device or a pipe, as /dev/stdout: a rename would put a file in its place.
    write_all(Descriptor(path, O_WRONLY, "open").number(), bytes, path);
    return;
  }
  const std::string temporary = temporary_name(path);
  try {
    Descriptor file(temporary, O_WRONLY | O_CREAT | O_TRUNC, "create");
    write_all(file.number(), bytes, path);
    sync(file.number(), path);
    file.close_checked(path);
    if (::rename(temporary.c_str(), path.c_str()) != 0) fail(path, "rename its temporary file", errno);
  } catch (const IoError&) {
    ::unlink(temporary.c_str());
    throw;
  }
  sync_folder(folder_of(path));
}

void sync_folder(const std::string& path) {
  const Descriptor opened(path, O_RDONLY | O_DIRECTORY, "open folder");
  sync(opened.number(), path);
}

std::string read_whole_file(const std::string& path) {
  const Descriptor file(path, O_RDONLY, "open");
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) fail(path, "read", errno);
  if (S_ISDIR(status.st_mode)) fail(path, "read", EISDIR);
  std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t filled = 0;
  for (;;) {
    if (filled == bytes.size()) bytes.resize(bytes.size() + 4096);  // The size may be unknown (a pipe) or growing; the end is where read gives 0.
    const ssize_t got = ::read(file.number(), bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(path, "read", errno);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

}  // namespace lydian
