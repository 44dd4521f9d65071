#include <torch/version.h>

#include <iostream>

#include "cli/command.h"
#include "lydian/core/thread_pool.h"
#include "lydian/kernels/kernel_table.h"

namespace lydian::cli {

int print_version() {
  std::cout << "lydian " LYDIAN_VERSION "\n"
            << "commit           " LYDIAN_COMMIT "\n"
            << "torch            " TORCH_VERSION "\n"
            << "instruction set  " << kernels::to_string(kernels::active_table().isa) << "\n"
            << "threads          " << ThreadPool::shared().size() << "\n";
  return kDone;
}

}  // namespace lydian::cli
