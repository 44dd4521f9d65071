#pragma once

// Code that runs inside a cell, in the broker's own executable and, as a module, in the warm interpreter. No allocation, no exceptions, no standard library:
// the first process of a run must not depend on anything that a forked interpreter may have in an odd state.

#include <linux/filter.h>
#include <sys/types.h>

#include "sandbox/protocol.h"

namespace lydian::sandbox::cell {

/// What a warm process needs for every run.
struct Setup {
  int control = -1;          // To the broker.
  std::uint32_t layers = 0;  // LayerBit.
  uid_t host_uid = 0;        // Identity to take where there is no user namespace.
  const sock_filter* filter = nullptr;
  unsigned short filter_size = 0;
};

/// The program of one run, in its own process, confined; descriptors are in their places.
struct Program {
  RunSpec spec;
  char strings[kMaxStrings + 1];  // Arguments, then environment.
};

/// Starts a run for every request of the broker, tells it how each went, until it hangs up; then the process exits.
/// Returns only in the process that is to be the program, with `program` filled.
void serve(const Setup& setup, Program& program);

/// The first process of a run: mounts, the program's process, its end. Returns only in the program's process.
void run_init(const Setup& setup, Program& program, const int* descriptors);

/// Limits, Landlock, rights, system calls; in this order, for good. Null where all is in force, else the name of what failed, with errno.
const char* confine(const Setup& setup, const CellLimits& limits);

/// Writes the files that the program descriptor holds into the current folder: for each u32 name length, u32 size, name, bytes. Null, or what failed.
const char* lay_out_files();

/// Becomes the program that `program` describes (kBinary, kCommand). Returns the name of what failed, with errno.
const char* execute(Program& program);

void tell(int control, const CellMessage& message, const int* descriptor = nullptr);
void copy_text(char* to, std::size_t capacity, const char* from);

}  // namespace lydian::sandbox::cell
