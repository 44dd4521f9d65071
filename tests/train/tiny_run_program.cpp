// The tiny run in a process of its own, for tests that change the instruction set (LYDIAN_ISA) or the number of threads (LYDIAN_THREADS) within a run:
//   tiny_run_program start FOLDER STOP      stops when it has recorded STOP lines of metrics; 0: never
//   tiny_run_program resume FOLDER
#include "train/tiny_run.h"

int main(int argc, char** argv) {
  using namespace lydian;
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 3 && words[0] == "start") {
    const std::size_t stop = std::stoul(words[2]);
    start_run(read_run_options(tiny_config(words[1])), make_chain, stop == 0 ? quiet() : stop_when_recorded(words[1], stop));
  } else if (words.size() == 2 && words[0] == "resume") {
    resume_run(words[1], make_chain, quiet());
  } else {
    return 2;
  }
  return 0;
}
