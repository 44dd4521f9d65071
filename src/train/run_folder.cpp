#include "lydian/train/run_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "lydian/core/durable_file.h"
#include "lydian/model/safetensors.h"
#include "lydian/model/transformer_policy.h"
#include "lydian/report/rollout_log.h"
#include "lydian/report/sinks.h"
#include "train/checkpoint_files.h"
#include "train/finite_weights.h"

namespace lydian {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

std::string numbered(std::int64_t step) {
  char name[32];
  std::snprintf(name, sizeof name, "step_%06lld", static_cast<long long>(step));
  return name;
}

/// Two processes must not write into one run. The system lets go of the lock when the process ends, however it ends.
class FolderLock {
 public:
  explicit FolderLock(const std::string& path) : file_(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (file_ < 0) throw IoError("run_folder", "cannot open the folder " + path + ": " + std::strerror(errno));
    if (flock(file_, LOCK_EX | LOCK_NB) == 0) return;
    close(file_);
    throw ConfigError("run_folder", "a run folder in which no other run is at work", path + ", in which one is");
  }
  ~FolderLock() { close(file_); }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int file_;
};

/// A file of a folder that no run has written; empty where there is none.
std::string foreign_file(const std::string& path) {
  static const std::set<std::string> kOwn{"config.json",    "metrics.jsonl", "rollouts",     "tensorboard",
                                          "verdicts.jsonl", "checkpoints",   "summary.json", "report.html"};
  for (const auto& entry : fs::directory_iterator(path)) {
    const std::string name = entry.path().filename().string();
    if (!kOwn.contains(name.substr(0, name.find(".tmp-")))) return name;
  }
  return {};
}

/// What is in a folder without a checkpoint, and what to do.
std::string without_checkpoint(const std::string& path) {
  if (fs::is_empty(path)) return "an empty folder";
  if (const std::string foreign = foreign_file(path); !foreign.empty()) return "files that are no run's, as " + foreign;
  return "a run that stopped before its first one: delete the folder and start it anew";
}

std::string way_to_go_on(const std::string& path) {
  if (RunFolder::checkpoints(path).empty()) return without_checkpoint(path);
  return "a run in it: go on by " + (is_whole_run(path) ? "`lydian train --resume " + path + "`" : std::string("Trainer::resume()"));
}

}  // namespace

struct RunFolder::Implementation {
  std::string path;
  Options options;
  FolderLock lock;
  std::vector<std::unique_ptr<MetricSink>> sinks;
  std::int64_t records = 0;
  std::int64_t saved_step = 0;  ///< Of the newest checkpoint.
  std::int64_t best_step = -1;
  double best_score = 0.0;

  void make_folders() const {
    for (const char* name : {"/rollouts", "/checkpoints"}) fs::create_directories(path + name);
  }

  void open_sinks() {
    if (options.console) sinks.push_back(console_sink(stdout));
    sinks.push_back(jsonl_sink(path + "/metrics.jsonl", records));
    sinks.push_back(tensorboard_sink(path + "/tensorboard"));
  }

  void drop_old_checkpoints() const {
    if (options.save_total_limit <= 0) return;
    std::vector<std::int64_t> steps = checkpoints(path);
    const auto keep = static_cast<std::size_t>(options.save_total_limit);
    for (std::size_t i = 0; i + keep < steps.size(); ++i) {
      if (steps[i] != best_step) fs::remove_all(checkpoint_path(path, steps[i]));
    }
  }
};

RunFolder::RunFolder(std::unique_ptr<Implementation> implementation) : implementation_(std::move(implementation)) {}
RunFolder::RunFolder(RunFolder&&) noexcept = default;
RunFolder& RunFolder::operator=(RunFolder&&) noexcept = default;
RunFolder::~RunFolder() = default;

RunFolder RunFolder::create(const std::string& path, Options options) {
  if (path.empty()) throw ConfigError("run_folder", "output_dir to name a folder", "nothing");
  if (fs::exists(path) && !fs::is_directory(path)) throw ConfigError("run_folder", "output_dir to name a folder", "the file " + path);
  if (fs::exists(path) && !fs::is_empty(path)) {
    throw ConfigError("run_folder", "output_dir " + path + " to be new or empty", way_to_go_on(path) + ", or choose another output_dir");
  }
  std::error_code error;
  fs::create_directories(path, error);
  if (error) throw IoError("run_folder", "cannot make the folder " + path + ": " + error.message());
  auto implementation = std::unique_ptr<Implementation>(new Implementation{path, options, FolderLock(path)});
  implementation->make_folders();
  implementation->open_sinks();
  return RunFolder(std::move(implementation));
}

RunFolder RunFolder::reopen(const std::string& path, Options options) {
  return RunFolder(std::unique_ptr<Implementation>(new Implementation{path, options, FolderLock(path)}));
}

void RunFolder::add_state(StateInventory& inventory) {
  Implementation& folder = *implementation_;
  inventory.text(
      "run/records", [&folder] { return std::to_string(folder.records); }, [&folder](const std::string& text) { folder.records = std::stoll(text); });
  inventory.text(
      "run/best",
      [&folder] {
        return Json{{"step", folder.best_step}, {"score", folder.best_score}}.dump();
      },
      [&folder](const std::string& text) {
        const Json state = Json::parse(text);
        folder.best_step = state.at("step").get<std::int64_t>();
        folder.best_score = state.at("score").get<double>();
      });
}

void RunFolder::go_on(std::int64_t step) {
  Implementation& folder = *implementation_;
  folder.saved_step = step;
  folder.make_folders();  // Whoever had no use for old rollouts may have removed them.
  for (const auto& entry : fs::directory_iterator(folder.path + "/rollouts")) {
    if (std::atoll(entry.path().filename().c_str()) > step) fs::remove(entry.path());
  }
  for (const std::int64_t saved : checkpoints(folder.path)) {
    if (saved > step) fs::remove_all(checkpoint_path(folder.path, saved));
  }
  for (const auto& entry : fs::directory_iterator(folder.path + "/checkpoints")) {
    if (entry.path().extension() == ".tmp") fs::remove_all(entry.path());  // Of a save that was cut off.
  }
  folder.open_sinks();
}

const std::string& RunFolder::path() const {
  return implementation_->path;
}

void RunFolder::record(const std::string& stage, std::int64_t step, std::int64_t total_steps, const StageStep& result) {
  Implementation& folder = *implementation_;
  const StepRecord record{stage, step, total_steps, result.metrics};
  for (const auto& sink : folder.sinks) sink->write(record);
  ++folder.records;
  record_rollouts(step, total_steps, result);
}

void RunFolder::record_rollouts(std::int64_t step, std::int64_t total_steps, const StageStep& result) {
  const Implementation& folder = *implementation_;
  const bool due = step % std::max<std::int64_t>(1, folder.options.log_rollouts_every) == 0 || step == total_steps || step == folder.saved_step + 1;
  const bool logged = (folder.options.log_rollouts_every > 0 && due) || !result.halt_reason.empty();
  if (logged && !result.rollouts.empty()) {
    write_rollouts(folder.path + "/rollouts/" + std::to_string(step) + ".jsonl", step, result.rollouts, result.advantage);
  }
}

void RunFolder::save_checkpoint(std::int64_t step, const Policy& policy, const std::string& tokenizer_fingerprint, const StateInventory& inventory,
                                std::optional<double> score) {
  if (!finite_weights(policy.weights()))
    throw Error("run_folder", "finite weights after step " + std::to_string(step), "infinity or NaN, which no checkpoint keeps");
  Implementation& folder = *implementation_;
  for (const auto& sink : folder.sinks) sink->flush();
  if (score && is_best(*score)) {
    folder.best_step = step;
    folder.best_score = *score;
  }
  const std::string target = checkpoint_path(folder.path, step), temporary = target + ".tmp";
  fs::remove_all(temporary);
  fs::create_directories(temporary);
  save_policy(policy, temporary);
  write_file_durably(temporary + "/tokenizer.txt", tokenizer_fingerprint + "\n");
  inventory.save(temporary);
  publish_checkpoint(temporary, target);
  folder.saved_step = step;
  folder.drop_old_checkpoints();
}

bool RunFolder::is_best(double score) const {
  return implementation_->best_step < 0 || score > implementation_->best_score;
}

void RunFolder::write_file(const std::string& name, const std::string& text) const {
  write_file_durably(implementation_->path + "/" + name, text);
}

std::vector<std::int64_t> RunFolder::checkpoints(const std::string& path) {
  std::vector<std::int64_t> steps;
  if (!fs::exists(path + "/checkpoints")) return steps;
  for (const auto& entry : fs::directory_iterator(path + "/checkpoints")) {
    const std::string name = entry.path().filename().string();
    const std::int64_t step = name.rfind("step_", 0) == 0 ? std::atoll(name.c_str() + 5) : -1;
    if (step >= 0 && name == numbered(step)) steps.push_back(step);
  }
  std::sort(steps.begin(), steps.end());
  return steps;
}

std::optional<std::int64_t> RunFolder::best_step() const {
  return implementation_->best_step < 0 ? std::nullopt : std::optional(implementation_->best_step);
}

std::int64_t RunFolder::checkpoint_step(const std::string& path, std::optional<std::int64_t> wanted) {
  check_run_folder(path);
  const std::vector<std::int64_t> steps = checkpoints(path);
  if (steps.empty()) {
    throw ConfigError("run_folder", "a checkpoint in " + path + "/checkpoints", "none, but " + without_checkpoint(path));
  }
  if (wanted == kBestStep) {
    wanted = Json::parse(StateInventory::read_text(checkpoint_path(path, steps.back()), "run/best")).at("step").get<std::int64_t>();
    if (*wanted < 0) throw ConfigError("run_folder", "a run that evaluated a checkpoint (eval_steps), to have a best one", path + ", which did not");
  }
  const std::int64_t step = wanted.value_or(steps.back());
  if (std::find(steps.begin(), steps.end(), step) == steps.end()) {
    throw ConfigError("run_folder", "the step of a checkpoint of " + path + " (" + steps_text(steps) + ")", std::to_string(step));
  }
  return step;
}

std::string RunFolder::checkpoint_path(const std::string& path, std::int64_t step) {
  return path + "/checkpoints/" + numbered(step);
}

}  // namespace lydian
