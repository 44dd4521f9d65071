#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace lydian {

/// The caller's mistake, or the machine's: never the model's (that is a Verdict).
///
/// what() reads `[component] expected …, got …` (or `[component] sentence`) and names the field, file or line.
/// Library code throws only this and its children; it never prints, aborts or exits.
class Error : public std::runtime_error {
 public:
  Error(std::string_view component, std::string_view sentence);
  Error(std::string_view component, std::string_view expected, std::string_view got);
  /// Folder or class that refused, for instance "config" or "decode_session".
  const std::string& component() const { return component_; }

 private:
  std::string component_;
};

/// A configuration, an option or a command line that cannot be used.
class ConfigError : public Error {
 public:
  using Error::Error;
};

/// Arrays whose lengths, offsets or ids do not fit together.
class ShapeError : public Error {
 public:
  using Error::Error;
};

/// A file that cannot be read, written or understood; the sentence names the path, and the line where there is one.
class IoError : public Error {
 public:
  using Error::Error;
};

}  // namespace lydian
