#pragma once

#include <string>

#include "sandbox/descriptor.h"

namespace lydian::sandbox {

/// Precompiled headers in a folder of the user's, so that the next process need not make them again. Nothing is taken from, or put into, a folder or a file
/// that anybody else could have written, and a file is taken only with the digest that its name has. Failures are no errors: the header is then compiled.
class HeaderCache {
 public:
  /// `folder`: absolute; empty: $XDG_CACHE_HOME/lydian/headers or $HOME/.cache/lydian/headers; "-": no cache.
  explicit HeaderCache(const std::string& folder);

  /// `key`: of everything that the header is made of. No descriptor where there is none.
  Descriptor find(const std::string& header, const std::string& key) const;
  void keep(const std::string& header, const std::string& key, const Descriptor& file) const;

 private:
  std::string folder_;
};

}  // namespace lydian::sandbox
