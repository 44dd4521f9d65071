#include <cstdio>
#include <iostream>

#include "cli/code/layer_names.h"
#include "cli/command.h"
#include "lydian/core/durable_file.h"
#include "lydian/core/error.h"
#include "lydian/sandbox/sandbox.h"

namespace lydian::cli {
namespace {

int print_probe() {
  bool all = true;
  for (const LayerState& state : CodeSandbox::probe()) {
    std::printf("%-16s %-8s %s\n", to_string(state.layer), state.works ? "works" : "MISSING", state.detail.c_str());
    all = all && state.works;
  }
  std::puts(all ? "programs can be contained here" : "programs are refused here, unless a weaker policy names what is missing (do_without)");
  return all ? kDone : kFailed;
}

std::string standard_input() {
  std::string text;
  char buffer[65536];
  for (std::size_t size; (size = std::fread(buffer, 1, sizeof buffer, stdin)) > 0;) text.append(buffer, size);
  return text;
}

ProgramLanguage language_of(const std::string& path) {
  if (path.ends_with(".py")) return ProgramLanguage::kPython;
  if (path.ends_with(".cpp") || path.ends_with(".cc")) return ProgramLanguage::kCpp;
  throw ConfigError("sandbox", "a program whose name ends in .py, .cpp or .cc", path);
}

int run_file(const Arguments& arguments) {
  const std::string& path = arguments.words[1];
  RunRequest request;
  request.language = language_of(path);
  request.program = read_whole_file(path);
  if (arguments.has("tests")) {
    request.mode = RunMode::kAssert;
    request.tests = read_whole_file(arguments.text("tests"));
  }
  if (!arguments.has("no-input")) request.stdin_text = standard_input();
  request.limits.wall_s = static_cast<double>(arguments.integer("seconds", 4, 1));
  request.limits.mem_mb = static_cast<int>(arguments.integer("memory", 512, 1));
  CodeSandbox box({.do_without = layers_named(arguments.text("do-without"))});
  const RunReport report = box.run(request);
  std::fwrite(report.stdout_text.data(), 1, report.stdout_text.size(), stdout);
  std::fflush(stdout);
  std::cerr << report.compile_log << report.stderr_text;
  std::fprintf(stderr, "%s: %s; %.3f s, %.3f s of processor time, %.1f MiB\n", to_string(report.outcome), report.evidence.c_str(), report.wall_s, report.cpu_s,
               report.peak_mib);
  return report.outcome == RunOutcome::kCompleted ? kDone : kFailed;
}

int run(const Arguments& arguments, const Catalog&) {
  if (arguments.words[0] == "probe" && arguments.words.size() == 1) return print_probe();
  if (arguments.words[0] == "run" && arguments.words.size() == 2) return run_file(arguments);
  const bool two = arguments.words.size() == 2;
  throw ConfigError("sandbox", "lydian sandbox probe, or lydian sandbox run FILE",
                    "lydian sandbox " + arguments.words[0] + (two ? " " + arguments.words[1] : ""));
}

}  // namespace

Command sandbox_command() {
  return {.name = "sandbox",
          .usage = "probe | run FILE",
          .doc = "Says which layers hold programs on this machine; runs one program (.py, .cpp) in a cell, with this command's input.",
          .flags = {{"tests", "FILE", "run: assertions that must hold for the program, instead of running it alone."},
                    {"seconds", "N", "run: wall limit (4)."},
                    {"memory", "N", "run: memory limit in MiB (512)."},
                    {"no-input", "", "run: the program's input is empty."},
                    {"do-without", "LAYERS", "run: layers that may be missing, by name, separated by commas."}},
          .least_words = 1,
          .most_words = 2,
          .takes_options = false,
          .run = run,
          .options = nullptr};
}

}  // namespace lydian::cli
