// The module that the warm interpreter loads: one function, which returns in the processes that are to be programs.

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/cell/cell.h"

extern "C" __attribute__((visibility("default"))) int lydian_cell_serve(int control, int filter_file, unsigned layers, unsigned host_uid) {
  using namespace lydian::sandbox::cell;
  static Program program;
  struct stat state {};
  if (fstat(filter_file, &state) != 0) return -1;
  void* filter = mmap(nullptr, static_cast<std::size_t>(state.st_size) + 1, PROT_READ, MAP_PRIVATE, filter_file, 0);
  if (filter == MAP_FAILED) return -1;
  close(filter_file);
  Setup setup;
  setup.control = control;
  setup.layers = layers;
  setup.host_uid = host_uid;
  setup.filter = static_cast<const sock_filter*>(filter);
  setup.filter_size = static_cast<unsigned short>(static_cast<std::size_t>(state.st_size) / sizeof(sock_filter));
  serve(setup, program);
  return static_cast<int>(program.spec.has_channel | program.spec.has_peer << 1);
}
