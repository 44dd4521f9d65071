#include "lydian/kernels/kernel_table.h"

#include <cstdlib>
#include <string>

#include "lydian/core/error.h"

namespace lydian::kernels {

namespace plain {
extern const KernelTable kTable;
}
namespace avx2 {
extern const KernelTable kTable;
}
namespace avx512 {
extern const KernelTable kTable;
}

namespace {

// __builtin_cpu_supports also asks whether the operating system saves the registers.
bool available(Isa isa) {
  switch (isa) {
    case Isa::kPlain:
      return true;
    case Isa::kAvx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case Isa::kAvx512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
             __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  }
  return false;
}

const KernelTable& choose() {
  const char* name = std::getenv("LYDIAN_ISA");
  if (name == nullptr || *name == '\0') return table(available_isas().back());
  for (Isa isa : {Isa::kPlain, Isa::kAvx2, Isa::kAvx512}) {
    if (std::string_view(name) == to_string(isa)) return table(isa);
  }
  throw ConfigError("kernels", "LYDIAN_ISA to be plain, avx2 or avx512", name);
}

}  // namespace

const char* to_string(Isa isa) {
  switch (isa) {
    case Isa::kPlain:
      return "plain";
    case Isa::kAvx2:
      return "avx2";
    case Isa::kAvx512:
      return "avx512";
  }
  return "unknown";
}

std::vector<Isa> available_isas() {
  std::vector<Isa> isas;
  for (Isa isa : {Isa::kPlain, Isa::kAvx2, Isa::kAvx512}) {
    if (available(isa)) isas.push_back(isa);
  }
  return isas;
}

const KernelTable& table(Isa isa) {
  if (!available(isa)) throw ConfigError("kernels", std::string("a processor with ") + to_string(isa), "one without it");
  return isa == Isa::kPlain ? plain::kTable : isa == Isa::kAvx2 ? avx2::kTable : avx512::kTable;
}

const KernelTable& active_table() {
  static const KernelTable& chosen = choose();
  return chosen;
}

}  // namespace lydian::kernels
