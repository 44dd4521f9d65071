#pragma once

#include <string>
#include <string_view>

namespace lydian {

/// Makes `folder` and its parents where they are missing. Throws IoError.
void ensure_folder(const std::string& folder);

/// The folder that holds `path`; "." for a bare name.
std::string folder_of(const std::string& path);

/// A file that only grows. Each append is one write at the file's end, so a killed process leaves at most its last append half-written.
class AppendFile {
 public:
  /// Opens or creates; `component` names the owner in messages. Throws IoError.
  AppendFile(std::string_view component, const std::string& path);
  ~AppendFile();
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  void append(std::string_view bytes);
  /// The bytes, and the file's name in its folder, survive a power cut when this returns.
  void sync();

 private:
  [[noreturn]] void fail(std::string_view what) const;

  std::string component_, path_;
  int descriptor_ = -1;
};

}  // namespace lydian
