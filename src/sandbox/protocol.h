#pragma once

// What the library, the broker and the cells say to each other: plain structs over sequenced-packet sockets of one build, descriptors beside them.
// Only trusted code speaks here; programs in cells never hold one of these sockets.

#include <cstdint>

namespace lydian::sandbox {

inline constexpr std::uint32_t kProtocolVersion = 1;
inline constexpr std::size_t kMaxStrings = 64 << 10;  // Arguments and environment of one part.
inline constexpr std::size_t kMaxInline = 96 << 10;   // Results up to this size travel in the packet, larger ones in a memory file.
inline constexpr std::size_t kMaxPacket = 160 << 10;
inline constexpr int kMostWalls = 6;  // What all attempts at a job may take, in limits of its wall time.

/// Bits of the layers in force; the order is that of SandboxLayer.
enum LayerBit : std::uint32_t {
  kUserNamespaceBit = 1u << 0,
  kPidNamespaceBit = 1u << 1,
  kMountNamespaceBit = 1u << 2,
  kNetNamespaceBit = 1u << 3,
  kIpcNamespaceBit = 1u << 4,
  kSeccompBit = 1u << 5,
  kLandlockBit = 1u << 6,
  kMemoryLimitBit = 1u << 7,
  kProcessLimitBit = 1u << 8,
};
inline constexpr std::uint32_t kAllLayers = (1u << 9) - 1;

enum class PartKind : std::uint32_t {
  kPython,   // Program descriptor: JSON for the runner in the warm interpreter.
  kBinary,   // Program descriptor: a static executable.
  kCommand,  // Program descriptor: files to lay out in /tmp; the arguments are run; /tmp/out is brought out.
};

struct CellLimits {
  std::uint32_t cpu_s = 0, processes = 0, files = 0, tmpfs_mb = 0;
  std::uint64_t address_bytes = 0;  // 0: no limit; set where no control group bounds memory.
};

/// One process to run in a cell of its own. Two descriptors travel with it: standard input, then the program.
struct PartRequest {
  PartKind kind = PartKind::kPython;
  std::uint32_t argument_count = 0, environment_count = 0, string_bytes = 0;  // Strings follow the request, each ended by a NUL: arguments, then environment.
};

enum class ToBroker : std::uint32_t { kStart, kJob, kInstallHeader };

/// kStart: `layers` to use, `workers` to make. kInstallHeader: `name`, one descriptor. kJob: one part, or two that hold the ends of one socket; the first
/// decides.
struct BrokerRequest {
  std::uint32_t version = kProtocolVersion;
  ToBroker type = ToBroker::kJob;
  std::uint64_t id = 0;
  std::uint32_t layers = 0, workers = 0;
  char name[64] = {};
  char python[256] = {};
  double wall_s = 0;
  std::uint64_t memory_bytes = 0, out_bytes = 0, channel_bytes = 0;
  CellLimits limits;
  std::uint32_t part_count = 0;
  PartRequest parts[2];
};

enum class JobEnd : std::uint32_t { kExited, kWall, kMemory, kOutput, kFault };

struct PartResult {
  std::int32_t wait_status = -1;  // As wait() gives it; -1 where the program was still alive when the job ended.
  std::uint64_t stdout_bytes = 0, stderr_bytes = 0, channel_bytes = 0;
  std::uint32_t stdout_truncated = 0, stderr_truncated = 0;
};

enum class FromBroker : std::uint32_t { kHello, kStarted, kDone };

struct LayerResult {
  std::uint32_t works = 0;
  char detail[120] = {};
};

/// kHello: the probe's table. kStarted: workers are ready, or `fault` says why not. kDone: results; then stdout, stderr and channel of each part in turn,
/// either in the packet or (in_file) in the first descriptor; a command's output file is the last descriptor (has_output).
struct BrokerReply {
  std::uint32_t version = kProtocolVersion;
  FromBroker type = FromBroker::kDone;
  std::uint64_t id = 0;
  JobEnd end = JobEnd::kFault;
  PartResult parts[2];
  double wall_s = 0, cpu_s = 0;
  std::uint64_t peak_bytes = 0;
  std::uint32_t in_file = 0, has_output = 0, attempts = 1, workers_replaced = 0;
  LayerResult layers[9];
  char fault[200] = {};
};

/// Broker to a cell's warm process. Descriptors: standard input, output, error, program, then channel, peer, output where the flags say so.
struct RunSpec {
  std::uint64_t id = 0;
  PartKind kind = PartKind::kPython;
  CellLimits limits;
  std::uint32_t argument_count = 0, environment_count = 0, string_bytes = 0;
  std::uint32_t has_channel = 0, has_peer = 0, has_output = 0;
};

enum class FromCell : std::uint32_t {
  kReady,
  kStarted,        // With the descriptor of the run's first process.
  kProgramBegins,  // From here on its time is its own.
  kProgramEnded,   // value: wait status.
  kSetupFailed,    // value: errno; stage says where.
  kRunEnded,       // Nothing of the run is left.
};

struct CellMessage {
  FromCell type = FromCell::kReady;
  std::int32_t value = 0;
  std::uint64_t id = 0;
  std::uint64_t cpu_us = 0, max_rss_bytes = 0;
  char stage[48] = {};
};

// Descriptors of a program: 0, 1, 2, and these.
inline constexpr int kChannelFd = 3;
inline constexpr int kProgramFd = 4;
inline constexpr int kPeerFd = 5;

}  // namespace lydian::sandbox
