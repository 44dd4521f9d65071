// In every test program: testing::TempDir() is a folder of this process alone, so that tests that run at once share no file.
#include <unistd.h>

#include <cstdlib>
#include <memory>

#include "temporary_folder.h"

namespace {

struct OwnTemporaryFolder {
  OwnTemporaryFolder() { setenv("TEST_TMPDIR", folder->path().c_str(), 1); }
  ~OwnTemporaryFolder() {
    if (getpid() != owner) static_cast<void>(folder.release());  // A child that forked: the folder is its parent's.
  }

  const pid_t owner = getpid();
  std::unique_ptr<lydian::TemporaryFolder> folder = std::make_unique<lydian::TemporaryFolder>();
} own_temporary_folder;

}  // namespace
