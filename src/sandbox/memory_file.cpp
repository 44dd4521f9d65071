#include "sandbox/memory_file.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "lydian/core/error.h"

namespace lydian::sandbox {

Descriptor memory_file(std::string_view bytes) {
  Descriptor file(memfd_create("lydian-run", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  std::size_t done = 0;
  while (file && done < bytes.size()) {
    const ssize_t size = write(file.get(), bytes.data() + done, bytes.size() - done);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) break;
    done += static_cast<std::size_t>(size);
  }
  const bool sealed = file && done == bytes.size() && fcntl(file.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0;
  if (!sealed) throw Error("sandbox", std::string("a memory file cannot be made: ") + std::strerror(errno));
  lseek(file.get(), 0, SEEK_SET);
  return file;
}

}  // namespace lydian::sandbox
