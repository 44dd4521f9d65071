#include "sandbox/interpreter.h"

#include <fcntl.h>
#include <unistd.h>

#include <climits>
#include <cstdlib>
#include <cstring>

#include "lydian/core/error.h"
#include "sandbox/descriptor.h"

namespace lydian::sandbox {
namespace {

constexpr const char* kPlaces[] = {"/usr/bin/python3", "/usr/local/bin/python3"};

/// The file that `path` leads to, if it is an executable of the system and no script.
std::string own_file(const std::string& path) {
  char resolved[PATH_MAX];
  if (realpath(path.c_str(), resolved) == nullptr || access(resolved, X_OK) != 0) return {};
  const Descriptor file(open(resolved, O_RDONLY | O_CLOEXEC));
  char magic[4] = {};
  return file && read(file.get(), magic, sizeof magic) == 4 && std::memcmp(magic, "\177ELF", 4) == 0 ? resolved : std::string();
}

}  // namespace

std::string find_interpreter(const std::string& named) {
  if (named.empty()) {
    for (const char* place : kPlaces) {
      if (std::string file = own_file(place); !file.empty()) return file;
    }
    return {};
  }
  if (named.front() != '/') throw ConfigError("sandbox", "an absolute path of the interpreter", named);
  const std::string file = own_file(named);
  if (file.empty()) throw ConfigError("sandbox", "an interpreter's own executable (no script that chooses one)", named);
  return file;
}

}  // namespace lydian::sandbox
