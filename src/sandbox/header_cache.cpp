#include "sandbox/header_cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <vector>

#include "lydian/core/sha256.h"

namespace lydian::sandbox {
namespace {

constexpr std::size_t kKeptOfOneHeader = 3;  // Some 100 MB each: compilers and versions of this library that are in use.

bool is_ours_alone(const struct stat& state) {
  return state.st_uid == geteuid() && (state.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

Descriptor open_folder(const std::string& path) {
  Descriptor folder(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat state {};
  if (!folder || fstat(folder.get(), &state) != 0 || !is_ours_alone(state)) folder.reset();
  return folder;
}

std::string digest_of(int file) {
  Sha256 digest;
  std::vector<char> buffer(1 << 20);
  off_t at = 0;
  for (ssize_t size; (size = pread(file, buffer.data(), buffer.size(), at)) > 0; at += size) digest.add(buffer.data(), static_cast<std::size_t>(size));
  return digest.hex();
}

std::string file_name(const std::string& header, const std::string& key) {
  std::string name = header + "-" + key.substr(0, 32) + "-";
  std::replace(name.begin(), name.end(), '/', '_');
  return name;
}

/// Files of the folder whose names begin so.
std::vector<std::string> names_in(const Descriptor& folder, std::string_view begin) {
  std::vector<std::string> names;
  DIR* entries = fdopendir(openat(folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (entries == nullptr) return names;
  while (const dirent* entry = readdir(entries)) {
    const std::string name = entry->d_name;
    if (name.starts_with(begin)) names.push_back(name);
  }
  closedir(entries);
  return names;
}

bool copy_all(const Descriptor& from, const Descriptor& to) {
  off_t at = 0;
  ssize_t size = 0;
  while ((size = sendfile(to.get(), from.get(), &at, 1 << 24)) > 0) {
  }
  return size == 0 && fsync(to.get()) == 0;
}

void drop_oldest(const Descriptor& folder, std::string header) {
  std::replace(header.begin(), header.end(), '/', '_');
  std::vector<std::pair<time_t, std::string>> files;
  for (const std::string& name : names_in(folder, header + "-")) {
    struct stat state {};
    if (fstatat(folder.get(), name.c_str(), &state, AT_SYMLINK_NOFOLLOW) == 0) files.emplace_back(state.st_mtime, name);
  }
  std::sort(files.rbegin(), files.rend());
  for (std::size_t i = kKeptOfOneHeader; i < files.size(); ++i) unlinkat(folder.get(), files[i].second.c_str(), 0);
}

}  // namespace

HeaderCache::HeaderCache(const std::string& folder) : folder_(folder == "-" ? "" : folder) {
  if (!folder.empty()) return;
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  if (cache != nullptr && *cache == '/') {
    folder_ = std::string(cache) + "/lydian/headers";
  } else if (home != nullptr && *home == '/') {
    folder_ = std::string(home) + "/.cache/lydian/headers";
  }
}

Descriptor HeaderCache::find(const std::string& header, const std::string& key) const {
  const Descriptor folder = folder_.empty() ? Descriptor() : open_folder(folder_);
  if (!folder) return {};
  const std::string begin = file_name(header, key);
  for (const std::string& name : names_in(folder, begin)) {
    Descriptor file(openat(folder.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    struct stat state {};
    if (!file || fstat(file.get(), &state) != 0 || !S_ISREG(state.st_mode) || !is_ours_alone(state)) continue;
    if (digest_of(file.get()) == name.substr(begin.size())) return file;
    unlinkat(folder.get(), name.c_str(), 0);
  }
  return {};
}

void HeaderCache::keep(const std::string& header, const std::string& key, const Descriptor& file) const {
  if (folder_.empty()) return;
  std::error_code failure;
  std::filesystem::create_directories(std::filesystem::path(folder_).parent_path(), failure);
  mkdir(folder_.c_str(), 0700);
  const Descriptor folder = open_folder(folder_);
  if (!folder) return;
  const std::string name = file_name(header, key) + digest_of(file.get()), temporary = ".part-" + std::to_string(getpid()) + "-" + name;
  const Descriptor copy(openat(folder.get(), temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!copy) return;
  if (copy_all(file, copy) && renameat(folder.get(), temporary.c_str(), folder.get(), name.c_str()) == 0) {
    fsync(folder.get());
    drop_oldest(folder, header);
  } else {
    unlinkat(folder.get(), temporary.c_str(), 0);
  }
}

}  // namespace lydian::sandbox
