#include "sandbox/broker/embedded.h"

// LYDIAN_CELL_MODULE is a file, LYDIAN_PYTHON a folder that the build gives.
asm(".section .rodata\n"
    ".global lydian_module_begin\nlydian_module_begin:\n.incbin \"" LYDIAN_CELL_MODULE
    "\"\n.global lydian_module_end\nlydian_module_end:\n"
    ".global lydian_zygote_begin\nlydian_zygote_begin:\n.incbin \"" LYDIAN_PYTHON "/runner.py\"\n.incbin \"" LYDIAN_PYTHON
    "/pair.py\"\n"
    ".incbin \"" LYDIAN_PYTHON
    "/remote.py\"\n"
    ".incbin \"" LYDIAN_PYTHON
    "/reader.py\"\n"
    ".incbin \"" LYDIAN_PYTHON
    "/tests.py\"\n"
    ".incbin \"" LYDIAN_PYTHON
    "/zygote.py\"\n.global lydian_zygote_end\nlydian_zygote_end:\n"
    ".previous\n");

extern "C" {
extern const char lydian_module_begin[], lydian_module_end[], lydian_zygote_begin[], lydian_zygote_end[];
}

namespace lydian::sandbox {

std::string_view embedded_module() {
  return {lydian_module_begin, static_cast<std::size_t>(lydian_module_end - lydian_module_begin)};
}
std::string_view embedded_zygote() {
  return {lydian_zygote_begin, static_cast<std::size_t>(lydian_zygote_end - lydian_zygote_begin)};
}

}  // namespace lydian::sandbox
