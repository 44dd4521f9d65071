#include "kernels/entries.h"

namespace lydian::kernels::LYDIAN_KERNEL_NAMESPACE {

#if LYDIAN_KERNEL_ISA == 0
static constexpr Isa kIsa = Isa::kPlain;
#elif LYDIAN_KERNEL_ISA == 2
static constexpr Isa kIsa = Isa::kAvx2;
#else
static constexpr Isa kIsa = Isa::kAvx512;
#endif

#define LYDIAN_FILL_ENTRY(name) .name = name,
extern const KernelTable kTable = {.isa = kIsa, LYDIAN_KERNEL_ENTRIES(LYDIAN_FILL_ENTRY)};

}  // namespace lydian::kernels::LYDIAN_KERNEL_NAMESPACE
