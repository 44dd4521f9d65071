// Each layer as a program meets it: these fail where a layer is said to be in force and is not, whatever the others hold.
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <map>

#include "sandbox_fixture.h"

namespace lydian {
namespace {

using testing::HasSubstr;
using testing::Not;

class SandboxLayersTest : public SandboxTest {
 protected:
  std::string said(const std::string& program, const RunLimits& limits = {}) {
    const RunReport report = python(program, "", limits);
    EXPECT_EQ(report.outcome, RunOutcome::kCompleted) << report.evidence << report.stderr_text;
    return report.stdout_text;
  }

  /// The lines "Name: value" of a file in /proc.
  std::map<std::string, std::string> status() {
    std::map<std::string, std::string> fields;
    std::istringstream lines(said("print(open('/proc/self/status').read())"));
    for (std::string line; std::getline(lines, line);) {
      const auto colon = line.find(":\t");
      if (colon != std::string::npos) fields[line.substr(0, colon)] = line.substr(colon + 2);
    }
    return fields;
  }
};

TEST_F(SandboxLayersTest, EveryNamespaceIsAnotherThanTheHosts) {
  for (const char* name : {"user", "pid", "mnt", "net", "ipc", "uts", "cgroup"}) {
    const std::string host = std::filesystem::read_symlink(std::string("/proc/self/ns/") + name);
    const std::string inside = said(std::string("import os\nprint(os.readlink('/proc/self/ns/") + name + "'), end='')");
    EXPECT_EQ(inside.substr(0, inside.find('[')), host.substr(0, host.find('['))) << name;
    EXPECT_NE(inside, host) << name;
  }
}

TEST_F(SandboxLayersTest, ItsIdentityIsNobodyOnTheHost) {
  std::istringstream map(said("print(open('/proc/self/uid_map').read())"));
  unsigned inside = 0, outside = 0, count = 0;
  map >> inside >> outside >> count;
  EXPECT_EQ(inside, 1000u);
  EXPECT_EQ(count, 1u);
  EXPECT_TRUE(geteuid() != 0 || outside >= 1000u) << outside;
}

TEST_F(SandboxLayersTest, AllRightsAreGoneForGood) {
  const auto fields = status();
  for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}) EXPECT_EQ(fields.at(set), "0000000000000000") << set;
  EXPECT_EQ(fields.at("NoNewPrivs"), "1");
  EXPECT_EQ(fields.at("Seccomp"), "2");
}

TEST_F(SandboxLayersTest, OnlyItsOwnProcessesAreThere) {
  EXPECT_EQ(said("import os\nprint(os.getppid(), sorted(int(p) for p in os.listdir('/proc') if p.isdigit()) == [os.getpid()])"), "1 True\n");
}

TEST_F(SandboxLayersTest, AllMountsButTmpAreReadOnly) {
  std::istringstream lines(said("print(open('/proc/self/mountinfo').read(), end='')"));
  int tmp = 0;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string skip, point, options;
    words >> skip >> skip >> skip >> skip >> point >> options;
    EXPECT_THAT(options, HasSubstr("nosuid")) << line;
    EXPECT_TRUE(point.rfind("/dev/", 0) == 0 || point == "/" || options.find("nodev") != std::string::npos) << line;
    if (point == "/tmp") {
      ++tmp;
      EXPECT_THAT(line, HasSubstr(" tmpfs ")) << line;
      EXPECT_THAT(line, HasSubstr("size=32768k")) << line;
    } else if (point != "/proc") {
      EXPECT_EQ(options.rfind("ro", 0), 0u) << line;
    }
  }
  EXPECT_EQ(tmp, 1);
}

/// What no file permission, mount or namespace refuses: a device that all may write, and the process's own entries in /proc.
TEST_F(SandboxLayersTest, LandlockRefusesWhatNothingElseWould) {
  EXPECT_EQ(said("for p in ('/dev/zero', '/dev/random', '/proc/self/oom_score_adj', '/proc/self/comm', '/proc/self/mem'):\n"
                 "    try: open(p, 'r+b', 0); print(p)\n    except PermissionError: pass\n"
                 "open('/dev/null', 'w').write('x')\nopen('/tmp/f', 'w').write('x')\n"),
            "");
}

TEST_F(SandboxLayersTest, TheListOfSystemCallsRefusesByItself) {
  // EPERM and ENOSYS are the list's; the kernel itself would answer these otherwise.
  EXPECT_EQ(
      said("import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
           "for family in range(1, 46):\n    for kind in (1, 2, 3, 5):\n"
           "        if libc.socket(family, kind, 0) != -1 or ctypes.get_errno() != 1: print('socket', family, kind, ctypes.get_errno())\n"
           "pair = (ctypes.c_int * 2)()\nprint(libc.socketpair(1, 1, 0, pair), libc.socketpair(2, 1, 0, pair))\n"
           "calls = {42: 1, 49: 1, 50: 1, 101: 1, 161: 1, 165: 1, 166: 1, 272: 1, 308: 1, 310: 1, 311: 1, 321: 1, 250: 1, 298: 1,\n"
           "         29: 38, 64: 38, 68: 38, 103: 38, 135: 0, 240: 38, 246: 38, 253: 38, 303: 38, 304: 38, 312: 38, 317: 38, 323: 38,\n"
           "         425: 38, 426: 38, 427: 38, 428: 38, 430: 38, 435: 38, 438: 38, 440: 38, 444: 38}\n"
           "for number, wanted in calls.items():\n    ctypes.set_errno(0)\n"
           "    if wanted and (libc.syscall(number, 0x10000000, 0, 0, 0, 0, 0) != -1 or ctypes.get_errno() != wanted): print(number, ctypes.get_errno())\n"
           "libc.mmap.restype = ctypes.c_void_p\nlibc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]\n"
           "libc.mmap(None, 2 << 20, 3, 0x40022, -1, 0); print(ctypes.get_errno())\nprint(libc.memfd_create(b'h', 4), ctypes.get_errno())\n"),
      "0 -1\n38\n-1 38\n");
}

TEST_F(SandboxLayersTest, LimitsOfTheProcessAreSet) {
  RunLimits limits = limits_of(3);
  limits.files = 40;
  limits.tmpfs_mb = 8;
  EXPECT_EQ(said("import resource as r\nprint([r.getrlimit(x) for x in (r.RLIMIT_CPU, r.RLIMIT_NOFILE, r.RLIMIT_FSIZE, r.RLIMIT_CORE, r.RLIMIT_MEMLOCK, "
                 "r.RLIMIT_MSGQUEUE)], r.getrlimit(r.RLIMIT_NPROC)[1] < 64)",
                 limits),
            "[(4, 5), (40, 40), (9437184, 9437184), (1, 1), (0, 0), (0, 0)] True\n");
}

TEST_F(SandboxLayersTest, TheFirstProcessOfARunKeepsItsLimits) {
  EXPECT_EQ(said("import resource as r, os\nfor x in (r.RLIMIT_CPU, r.RLIMIT_STACK, r.RLIMIT_AS):\n    try: r.prlimit(1, x, (0, 0)); print('set', x)\n"
                 "    except OSError: pass\nr.prlimit(0, r.RLIMIT_NOFILE, (20, 30)); r.prlimit(1, r.RLIMIT_NOFILE); r.setrlimit(r.RLIMIT_CORE, (0, 0))\n"
                 "print(r.getrlimit(r.RLIMIT_NOFILE), r.getrlimit(r.RLIMIT_CORE))\n"),
            "(20, 30) (1, 1)\n");
}

TEST_F(SandboxLayersTest, TheHostsDevicesKeepTheirTimes) {
  struct stat before {
  }, after{};
  ASSERT_EQ(stat("/dev/null", &before), 0);
  said(
      "import os\nfor p in ('/dev/null', '/dev/full', '/dev/random'):\n    try: os.utime(p); print(p)\n    except OSError: pass\nopen('/dev/null', "
      "'wb').write(b'x')\n");
  ASSERT_EQ(stat("/dev/null", &after), 0);
  EXPECT_EQ(before.st_mtim.tv_sec, after.st_mtim.tv_sec);
  EXPECT_EQ(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
}

TEST_F(SandboxLayersTest, ProcessorTimeOfKilledRunsIsReal) {
  const RunReport loop = python("while True: pass", "", limits_of(0.5));
  EXPECT_EQ(loop.outcome, RunOutcome::kTimeLimit);
  EXPECT_GT(loop.cpu_s, 0.1);
  const RunReport memory = [&] {
    RunLimits limits = limits_of(10);
    limits.mem_mb = 64;
    return python("for i in range(2000000): pass\nx = bytearray(b'x') * (200 << 20)", "", limits);
  }();
  EXPECT_EQ(memory.outcome, RunOutcome::kMemoryLimit);
  EXPECT_GT(memory.cpu_s, 0.02);
  EXPECT_LT(python("import time\ntime.sleep(60)", "", limits_of(0.3)).cpu_s, 0.1);
}

TEST_F(SandboxLayersTest, TheSameVerdictAHundredTimes) {
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(python("print(1)").outcome, RunOutcome::kCompleted);
    ASSERT_EQ(python("raise ValueError").outcome, RunOutcome::kRuntimeError);
    ASSERT_EQ(python("while True: pass", "", limits_of(0.02)).outcome, RunOutcome::kTimeLimit);
    ASSERT_EQ(function("def f(x): return x", "f", {R"({"args": [1]})"}).calls.at(0).value, "1");
  }
}

}  // namespace
}  // namespace lydian
