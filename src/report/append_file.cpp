#include "report/append_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "lydian/core/durable_file.h"
#include "lydian/core/error.h"

namespace lydian {

void ensure_folder(const std::string& folder) {
  std::error_code cause;
  std::filesystem::create_directories(folder, cause);
  if (cause) throw IoError("report", "cannot make the folder " + folder + ": " + cause.message());
}

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

AppendFile::AppendFile(std::string_view component, const std::string& path) : component_(component), path_(path) {
  ensure_folder(folder_of(path));
  descriptor_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor_ < 0) fail("cannot open");
}

AppendFile::~AppendFile() {
  ::close(descriptor_);
}

void AppendFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("cannot write");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void AppendFile::sync() {
  if (::fsync(descriptor_) != 0) fail("cannot sync");
  sync_folder(folder_of(path_));
}

void AppendFile::fail(std::string_view what) const {
  throw IoError(component_, std::string(what) + " " + path_ + ": " + std::generic_category().message(errno));
}

}  // namespace lydian
