#include <iostream>

#include "cli/command.h"
#include "lydian/report/html_report.h"

namespace lydian::cli {
namespace {

int run(const Arguments& arguments, const Catalog&) {
  const std::string path = arguments.has("output") ? arguments.text("output") : arguments.words[0] + "/report.html";
  write_html_report(arguments.words[0], path);
  std::cout << path << '\n';
  return kDone;
}

}  // namespace

Command report_command() {
  return {"report", "RUN",  "Writes a run folder's report as one HTML file.", {{"output", "FILE", "Where it goes (RUN/report.html)."}}, 1, 1, false,
          run,      nullptr};
}

}  // namespace lydian::cli
