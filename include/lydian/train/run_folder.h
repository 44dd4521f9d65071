#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lydian/core/metric_sink.h"
#include "lydian/model/policy.h"
#include "lydian/train/stage.h"
#include "lydian/train/state_inventory.h"

namespace lydian {

/// The folder of a run: metrics.jsonl, rollouts/, tensorboard/, checkpoints/, and the rules by which they are written.
///
/// A checkpoint is a folder step_NNNNNN/{config.json, model.safetensors, optimizer.safetensors, state.json, tokenizer.txt, manifest.json}, written under a
/// temporary name, synced and renamed; the manifest holds the others' sizes and SHA-256, checked on loading.
class RunFolder {
 public:
  struct Options {
    std::int64_t save_total_limit = 2;  ///< 0: all.
    bool console = true;
    std::int64_t log_rollouts_every = 1;  ///< Steps; 0: never.
  };
  /// A new run. Throws ConfigError where `path` is not empty, naming how the run in it goes on. As long as the object lives, here and in reopen(), no other
  /// may write into the folder, in this process or in another: it throws ConfigError.
  static RunFolder create(const std::string& path, Options options);
  /// A run that goes on. Nothing is touched until go_on().
  static RunFolder reopen(const std::string& path, Options options);
  RunFolder(RunFolder&&) noexcept;
  RunFolder& operator=(RunFolder&&) noexcept;
  ~RunFolder();

  const std::string& path() const;
  /// Adds how many records stand in metrics.jsonl, and which checkpoint is the best.
  void add_state(StateInventory& inventory);
  /// After the state was loaded: cuts off everything that was written after `step`, and opens the files again.
  void go_on(std::int64_t step);
  /// Writes the step's record, and its rollouts where the step is due, follows a checkpoint (so that it can be rescored), is the stage's last, or halts.
  void record(const std::string& stage, std::int64_t step, std::int64_t total_steps, const StageStep& result);
  /// Writes the step's rollouts alone, for a step whose record is written later.
  void record_rollouts(std::int64_t step, std::int64_t total_steps, const StageStep& result);
  /// Saves a checkpoint of `policy` and `inventory`; drops old ones beyond the limit. `score`, where higher is better, decides which one is kept as the best.
  /// Throws Error, and publishes nothing, where a weight is not finite.
  void save_checkpoint(std::int64_t step, const Policy& policy, const std::string& tokenizer_fingerprint, const StateInventory& inventory,
                       std::optional<double> score = std::nullopt);
  /// Whether `score` is better than every saved checkpoint's.
  bool is_best(double score) const;
  void write_file(const std::string& name, const std::string& text) const;

  /// Stands for the checkpoint whose evaluation was the best, where a step is asked for.
  static constexpr std::int64_t kBestStep = -1;
  /// Step of the checkpoint whose evaluation was the best so far; absent where none was evaluated.
  std::optional<std::int64_t> best_step() const;

  /// Steps of the whole checkpoints of a run folder, ascending.
  static std::vector<std::int64_t> checkpoints(const std::string& path);
  static std::string checkpoint_path(const std::string& path, std::int64_t step);
  /// `wanted`, or the newest of checkpoints(path), or with kBestStep the one whose evaluation was the best. Throws ConfigError where it is not among them,
  /// naming those that are, and where there are none.
  static std::int64_t checkpoint_step(const std::string& path, std::optional<std::int64_t> wanted = std::nullopt);

 private:
  struct Implementation;
  explicit RunFolder(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

/// Checks sizes and digests, then loads weights (and, where given, the inventory) from a checkpoint folder into an existing policy. Throws IoError naming the
/// file that is missing, cut or changed.
void load_checkpoint(const std::string& folder, Policy& policy, const StateInventory* inventory = nullptr, const std::set<std::string>& leave_out = {});

}  // namespace lydian
