#include "lydian/cli/cli.h"

int main(int argc, char** argv) {
  return lydian::cli::run(argc, argv, lydian::cli::Catalog::shipped());
}
