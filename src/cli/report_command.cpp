#include <iostream>

#include "cli/command.h"
#include "lydian/report/html_report.h"
#include "train/checkpoint_files.h"

namespace lydian::cli {
namespace {

int run(const Arguments& arguments, const Catalog&) {
  check_run_folder(arguments.words[0]);
  const std::string path = arguments.has("output") ? arguments.text("output") : arguments.words[0] + "/report.html";
  write_html_report(arguments.words[0], path);
  std::cout << path << '\n';
  return kDone;
}

}  // namespace

Command report_command() {
  return {.name = "report",
          .usage = "RUN",
          .doc = "Writes a run folder's report as one HTML file.",
          .flags = {{"output", "FILE", "Where it goes (RUN/report.html)."}},
          .least_words = 1,
          .most_words = 1,
          .takes_options = false,
          .run = run,
          .options = nullptr};
}

}  // namespace lydian::cli
