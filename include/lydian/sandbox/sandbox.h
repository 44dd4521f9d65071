#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lydian/sandbox/layers.h"
#include "lydian/sandbox/run.h"

namespace lydian {

struct SandboxOptions {
  int workers = 1;                       ///< Runs at once; one for each core that programs may use.
  std::vector<SandboxLayer> do_without;  ///< The weaker policy, by name: these layers may be missing. Stamped on every report. Empty: all are required.
  std::string python;                    ///< Absolute path of the interpreter; empty: the first of /usr/bin/python3, /usr/local/bin/python3 that works.
  std::string compiler = "";             ///< Absolute path of g++; empty: /usr/bin/g++. A sandbox without one refuses C++ programs.
  std::string broker =
      "";  ///< Absolute path of lydian-sandbox-broker; empty: LYDIAN_SANDBOX_BROKER, the running program's folder, ../libexec/lydian, the installed place.
  std::size_t compile_cache_mb = 512;  ///< Compiled programs kept in memory.
  std::string header_cache;            ///< Absolute folder of precompiled headers, which the next process takes; empty: $XDG_CACHE_HOME/lydian/headers, else
                             ///< $HOME/.cache/lydian/headers; "-": none. Used only where nobody else may write it; three of a header, some 100 MB each.
};

/// Counters since the sandbox was made.
struct SandboxCounters {
  std::int64_t runs = 0;
  std::int64_t faults = 0;            ///< Reports with RunOutcome::kFault.
  std::int64_t repeated = 0;          ///< Runs done again after a fault of the sandbox.
  std::int64_t workers_replaced = 0;  ///< Cells thrown away: not clean after a run, or dead.
  std::int64_t brokers_started = 0;
  std::int64_t compile_cache_hits = 0;
};

/// Runs programs that nobody trusts, each in a cell of the operating system, so that they can neither cheat the judge nor harm the host.
///
/// A small process of its own (the broker) is started at construction and makes all cells; the calling process never forks again, whatever its size and
/// threads. The program sees system folders read-only, an empty /tmp, no network, none of the caller's environment, and nothing of other runs. Threads: all
/// members may be called from any thread. At most `workers` runs go on at once, later callers wait. Deterministic: same request, same outcome, as far as the
/// program is (PYTHONHASHSEED, random seed, environment, time zone are fixed). Cost: docs/code_sandbox.md. A Python run is a fork of a warm interpreter; a C++
/// program is compiled once and kept by its hash.
class CodeSandbox {
 public:
  /// Throws SandboxUnavailable where the machine lacks a required layer, ConfigError for options that cannot be used.
  explicit CodeSandbox(const SandboxOptions& options = {});
  ~CodeSandbox();
  CodeSandbox(const CodeSandbox&) = delete;
  CodeSandbox& operator=(const CodeSandbox&) = delete;

  /// Runs one program once. Never throws for what the program does; a fault of the sandbox itself is done again once, then reported as kFault.
  /// Throws ConfigError for a request that makes no sense (limits that are not positive, calls that are no JSON objects, a NUL in the environment).
  RunReport run(const RunRequest& request);

  /// kStdio: one fresh run of the same program for each of `inputs`, in order. After each, `keep_going(index, report)` says whether the next is run; reports of
  /// inputs not run are absent. A program that does not compile gives one report.
  std::vector<RunReport> run_many(const RunRequest& request, const std::vector<std::string>& inputs,
                                  const std::function<bool(std::size_t, const RunReport&)>& keep_going = {});

  /// Names of the layers in force, as stamped on reports.
  const std::vector<std::string>& layers() const;
  /// What the interpreter and the compiler call themselves; empty where there is none.
  const std::string& python_version() const;
  const std::string& compiler_version() const;
  SandboxCounters counters() const;
  /// For tests and for watching over it: process id of the broker.
  int broker_pid() const;

  /// Tries each layer by using it, in child processes of a broker that is started for this. One row a layer, in the order of SandboxLayer.
  static std::vector<LayerState> probe(const SandboxOptions& options = {});

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace lydian
