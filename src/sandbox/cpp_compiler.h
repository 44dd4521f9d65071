#pragma once

#include <initializer_list>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sandbox/header_cache.h"
#include "sandbox/runner.h"

namespace lydian::sandbox {

/// A compiled program, or why there is none.
struct Compiled {
  RunOutcome outcome = RunOutcome::kFault;  ///< kCompleted: `executable` is there. kCompileError, kFault.
  std::string evidence, log;
  Descriptor executable;
  std::size_t bytes = 0;
  double wall_s = 0, cpu_s = 0, peak_mib = 0;
  int attempts = 1;
  bool definite = false;  ///< The compiler ended by itself: the same again would come of the same sources.
};

/// One text of a program: its file name in the compiler's folder, and the text.
using SourceFile = std::pair<std::string, std::string>;

/// Compiles C++ in cells and keeps what it compiled by its hash. Threads: any number; equal sources at once are compiled once.
class CppCompiler {
 public:
  CppCompiler(Runner& runner, const SandboxOptions& options);

  /// Compiles the sources that end in .cpp and links them, with `flags` behind the usual ones. `fresh` says whether a compiler ran for this call.
  std::shared_ptr<const Compiled> compile(const std::vector<SourceFile>& files, const RunLimits& limits, bool& fresh, std::span<const char* const> flags = {});
  /// What the compiler says of the sources without making anything of them, by the usual standard or the later one; nothing where it did not come to an end.
  std::optional<std::string> complaints(const std::vector<SourceFile>& files, const RunLimits& limits, std::span<const char* const> flags, bool later);
  bool available() const { return !compiler_.empty(); }
  std::int64_t cache_hits() const;
  const std::string& path() const { return compiler_; }

 private:
  struct Entry {
    std::mutex mutex;  // Held by the caller that compiles.
    std::shared_ptr<const Compiled> compiled;
    std::list<std::string>::iterator place;
  };

  std::shared_ptr<const Compiled> compile_now(const std::vector<SourceFile>& files, const RunLimits& limits, std::span<const char* const> flags);
  std::shared_ptr<Compiled> compile_as(const char* dialect, const std::vector<SourceFile>& files, const RunLimits& limits, std::span<const char* const> flags);
  static RunLimits own_limits(const RunLimits& limits);
  Answer run_compiler(const char* dialect, const std::vector<SourceFile>& files, const RunLimits& own, std::span<const char* const> flags,
                      std::initializer_list<const char*> last);
  void prepare_headers(const std::vector<SourceFile>& files);
  void compile_ahead(const std::string& header, const std::string& text);
  std::string header_key(const std::string& text) const;
  void keep(const std::string& key);

  Runner& runner_;
  std::string compiler_;
  std::size_t capacity_;
  mutable std::mutex mutex_;  // Entries, order, sizes, hits.
  std::map<std::string, std::shared_ptr<Entry>> entries_;
  std::list<std::string> order_;  // Most recently used first.
  std::size_t bytes_ = 0;
  std::int64_t hits_ = 0;
  HeaderCache header_cache_;
  std::mutex headers_mutex_;
  std::map<std::string, std::int64_t> headers_;  // Name, and the broker that holds it.
};

}  // namespace lydian::sandbox
