#include "sandbox/cpp_compiler.h"

#include <elf.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "lydian/core/sha256.h"
#include "sandbox/cpp_runtime.h"
#include "sandbox/memory_file.h"
#include "sandbox/outcome.h"

namespace lydian::sandbox {
namespace {

constexpr const char* kDialect = "-std=c++17";
// Tried where a program is an error in the first: what is right by a later standard, or only by the compiler's own dialect.
constexpr const char* kLaterDialect = "-std=gnu++20";
constexpr const char* kFlags[] = {"-O1", "-w", "-static", "-I/headers", "-fdiagnostics-color=never", "-fmax-errors=20"};
constexpr std::size_t kMaxLog = 64 << 10;

/// Headers worth compiling ahead, and how much it takes.
constexpr const char* kHeaders[] = {"bits/stdc++.h", "iostream", kPairHeader};

std::string laid_out(const std::vector<SourceFile>& files) {
  std::string bytes;
  for (const auto& [name, text] : files) {
    const std::uint32_t lengths[2] = {static_cast<std::uint32_t>(name.size()), static_cast<std::uint32_t>(text.size())};
    bytes.append(reinterpret_cast<const char*>(lengths), sizeof lengths);
    bytes += name + text;
  }
  return bytes;
}

std::vector<std::string> environment() {
  return {"PATH=/usr/bin:/bin", "LANG=C.UTF-8", "TMPDIR=/tmp", "HOME=/tmp", "TZ=UTC"};
}

bool includes(const std::string& text, const std::string& header) {
  return text.find("<" + header + ">") != std::string::npos || text.find("\"" + header + "\"") != std::string::npos;
}

/// Whether a later standard could take what the compiler refused. Its first complaint decides: those behind it may come of that one.
bool later_standard_may_help(const std::string& log) {
  if (log.find("\ncollect2: error: ") != std::string::npos || log.rfind("collect2: error: ", 0) == 0) return false;  // All was compiled.
  constexpr std::string_view kError = "error: ";
  const std::size_t error = log.find(kError);
  if (error == std::string::npos) return true;
  const std::string first = log.substr(error, log.find('\n', error) - error);
  // A file that is not there, and a text that is broken off, are so in every standard.
  for (const char* always : {": No such file or directory", " at end of input", "error: unterminated "}) {
    if (first.find(always) != std::string::npos) return false;
  }
  return true;
}

/// A program that asks for a loader of its own choice would not be started, which is no fault of the sandbox.
bool is_static_program(int file) {
  Elf64_Ehdr head;
  if (pread(file, &head, sizeof head, 0) != static_cast<ssize_t>(sizeof head) || std::memcmp(head.e_ident, ELFMAG, SELFMAG) != 0) return false;
  for (int i = 0; i < head.e_phnum; ++i) {
    Elf64_Phdr part;
    const auto at = static_cast<off_t>(head.e_phoff) + i * static_cast<off_t>(sizeof part);
    if (pread(file, &part, sizeof part, at) != static_cast<ssize_t>(sizeof part) || part.p_type == PT_INTERP) return false;
  }
  return true;
}

}  // namespace

CppCompiler::CppCompiler(Runner& runner, const SandboxOptions& options)
    : runner_(runner), capacity_(options.compile_cache_mb << 20), header_cache_(options.header_cache) {
  compiler_ = options.compiler.empty() ? "/usr/bin/g++" : options.compiler;
  if (compiler_.front() != '/') throw ConfigError("sandbox", "an absolute path of the compiler", compiler_);
  if (access(compiler_.c_str(), X_OK) != 0) {
    if (!options.compiler.empty()) throw ConfigError("sandbox", "a compiler that can be run", compiler_);
    compiler_.clear();
  }
}

std::int64_t CppCompiler::cache_hits() const {
  const std::lock_guard lock(mutex_);
  return hits_;
}

std::shared_ptr<const Compiled> CppCompiler::compile(const std::vector<SourceFile>& files, const RunLimits& limits, bool& fresh,
                                                     std::span<const char* const> flags) {
  std::string further;
  for (const char* flag : flags) further += std::string(flag) + " ";
  const std::string key = sha256(laid_out(files) + further + std::to_string(limits.compile_mem_mb) + "/" + std::to_string(limits.compile_wall_s));
  std::shared_ptr<Entry> entry;
  {
    const std::lock_guard lock(mutex_);
    auto& found = entries_[key];
    if (found == nullptr) {
      found = std::make_shared<Entry>();
      found->place = order_.insert(order_.begin(), key);
    } else {
      order_.splice(order_.begin(), order_, found->place);
    }
    entry = found;
  }
  const std::lock_guard compiling(entry->mutex);
  fresh = entry->compiled == nullptr;
  if (!fresh) {
    const std::lock_guard lock(mutex_);
    ++hits_;
    return entry->compiled;
  }
  auto compiled = compile_now(files, limits, flags);
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key);
  const bool ours = found != entries_.end() && found->second == entry;
  if (!compiled->definite) {
    if (ours) {
      order_.erase(entry->place);
      entries_.erase(found);
    }
    return compiled;
  }
  entry->compiled = compiled;
  if (ours) {
    bytes_ += compiled->bytes;
    keep(key);
  }
  return compiled;
}

/// Drops what was used longest ago until the rest fits; not the newest itself.
void CppCompiler::keep(const std::string& key) {
  while ((bytes_ > capacity_ || order_.size() > 4096) && order_.back() != key) {
    const auto found = entries_.find(order_.back());
    if (found->second->compiled == nullptr) break;  // Being compiled.
    bytes_ -= found->second->compiled->bytes;
    entries_.erase(found);
    order_.pop_back();
  }
}

/// What a compilation may use, in terms of a run.
RunLimits CppCompiler::own_limits(const RunLimits& limits) {
  RunLimits own = limits;
  own.wall_s = limits.compile_wall_s;
  own.cpu_s = 0;
  own.mem_mb = limits.compile_mem_mb;
  own.processes = 32;
  own.files = 256;
  own.tmpfs_mb = 192;
  own.out_kb = static_cast<int>(kMaxLog >> 10);
  return own;
}

Answer CppCompiler::run_compiler(const char* dialect, const std::vector<SourceFile>& files, const RunLimits& own, std::span<const char* const> flags,
                                 std::initializer_list<const char*> last) {
  PartInput part;
  part.kind = PartKind::kCommand;
  part.arguments = {compiler_, dialect};
  part.arguments.insert(part.arguments.end(), std::begin(kFlags), std::end(kFlags));
  part.arguments.insert(part.arguments.end(), flags.begin(), flags.end());
  for (const auto& [name, text] : files) {
    if (name.ends_with(".cpp")) part.arguments.push_back(name);
  }
  part.arguments.insert(part.arguments.end(), last.begin(), last.end());
  part.environment = environment();
  const Descriptor input = memory_file(""), sources = memory_file(laid_out(files));
  part.input = &input;
  part.program = &sources;
  return runner_.run(own, {part}, 0);
}

std::optional<std::string> CppCompiler::complaints(const std::vector<SourceFile>& files, const RunLimits& limits, std::span<const char* const> flags,
                                                   bool later) {
  prepare_headers(files);
  const RunLimits own = own_limits(limits);
  const Answer answer = run_compiler(later ? kLaterDialect : kDialect, files, own, flags, {"-fsyntax-only", "-fmax-errors=200"});
  const RunReport report = report_of(answer, own);
  if (report.exit_status < 0) return std::nullopt;
  return report.stderr_text;
}

std::shared_ptr<const Compiled> CppCompiler::compile_now(const std::vector<SourceFile>& files, const RunLimits& limits, std::span<const char* const> flags) {
  prepare_headers(files);
  std::shared_ptr<Compiled> first = compile_as(kDialect, files, limits, flags);
  RunLimits rest = limits;
  rest.compile_wall_s -= first->wall_s;
  const bool program_is_an_error = first->outcome == RunOutcome::kCompileError && first->definite;
  if (!program_is_an_error || rest.compile_wall_s <= 0 || !later_standard_may_help(first->log)) return first;
  const std::shared_ptr<Compiled> second = compile_as(kLaterDialect, files, rest, flags);
  first->wall_s = second->wall_s += first->wall_s;
  first->cpu_s = second->cpu_s += first->cpu_s;
  first->peak_mib = second->peak_mib = std::max(first->peak_mib, second->peak_mib);
  return second->outcome == RunOutcome::kCompleted ? second : first;
}

std::shared_ptr<Compiled> CppCompiler::compile_as(const char* dialect, const std::vector<SourceFile>& files, const RunLimits& limits,
                                                  std::span<const char* const> flags) {
  const RunLimits own = own_limits(limits);
  Answer answer = run_compiler(dialect, files, own, flags, {"-o", "out"});
  const RunReport report = report_of(answer, own);
  auto compiled = std::make_shared<Compiled>();
  compiled->log = (report.stdout_text + report.stderr_text).substr(0, kMaxLog);
  compiled->wall_s = report.wall_s;
  compiled->cpu_s = report.cpu_s;
  compiled->peak_mib = report.peak_mib;
  compiled->attempts = report.attempts;
  compiled->outcome = report.outcome == RunOutcome::kFault || report.outcome == RunOutcome::kCompleted ? report.outcome : RunOutcome::kCompileError;
  compiled->evidence = "compiler: " + report.evidence;
  compiled->definite = report.exit_status >= 0;
  if (report.outcome != RunOutcome::kCompleted) return compiled;
  struct stat state {};
  if (!answer.output || fstat(answer.output.get(), &state) != 0 || state.st_size == 0) {
    compiled->outcome = RunOutcome::kCompileError;
    compiled->evidence = "compiler: no executable came of it";
    return compiled;
  }
  if (!is_static_program(answer.output.get())) {
    compiled->outcome = RunOutcome::kCompileError;
    compiled->evidence = "compiler: what came of it is no static program";
    return compiled;
  }
  compiled->bytes = static_cast<std::size_t>(state.st_size);
  compiled->executable = std::move(answer.output);
  return compiled;
}

void CppCompiler::prepare_headers(const std::vector<SourceFile>& files) {
  const std::lock_guard lock(headers_mutex_);
  for (const std::string header : kHeaders) {
    const bool wanted = std::any_of(files.begin(), files.end(), [&](const SourceFile& file) { return includes(file.second, header); });
    if (!wanted || headers_[header] == runner_.generation()) continue;
    compile_ahead(header, header == kPairHeader ? cpp_pair_runtime() : "#include <" + header + ">\n");
    headers_[header] = runner_.generation();
  }
}

/// Of what a precompiled header comes from: the text, the flags, the compiler, and the system's headers by those that change with every version of theirs.
std::string CppCompiler::header_key(const std::string& text) const {
  std::string all = text + "\n" + kDialect;
  for (const char* flag : kFlags) all += std::string("\n") + flag;
  for (const std::string& path : {compiler_, std::string("/usr/include/features.h"), std::string("/usr/include/stdio.h"), std::string("/usr/include/c++")}) {
    struct stat state {};
    if (stat(path.c_str(), &state) != 0) continue;
    all += "\n" + path + " " + std::to_string(state.st_size) + " " + std::to_string(state.st_mtim.tv_sec) + "." + std::to_string(state.st_mtim.tv_nsec);
  }
  return sha256(all);
}

void CppCompiler::compile_ahead(const std::string& header, const std::string& text) {
  const std::string key = header_key(text);
  if (const Descriptor kept = header_cache_.find(header, key); kept && runner_.install_header(header + ".gch", kept)) return;
  PartInput part;
  part.kind = PartKind::kCommand;
  part.arguments = {compiler_, kDialect, "-x", "c++-header"};
  for (const char* flag : kFlags) {
    if (std::strcmp(flag, "-static") != 0) part.arguments.emplace_back(flag);
  }
  part.arguments.insert(part.arguments.end(), {"source.h", "-o", "out"});
  part.environment = environment();
  const Descriptor input = memory_file(""), source = memory_file(laid_out({{"source.h", text}}));
  part.input = &input;
  part.program = &source;
  RunLimits limits;
  limits.wall_s = 60;
  limits.mem_mb = 2048;
  limits.files = 256;
  limits.tmpfs_mb = 512;
  const Answer answer = runner_.run(limits, {part}, 0);
  // Without it compilations are slower, not different.
  if (!answer.output) return;
  runner_.install_header(header + ".gch", answer.output);
  header_cache_.keep(header, key, answer.output);
}

}  // namespace lydian::sandbox
