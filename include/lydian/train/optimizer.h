#pragma once

#include <span>
#include <string>

#include "lydian/model/weight_store.h"
#include "lydian/train/state_inventory.h"

namespace lydian {

class ConfigVisitor;

/// What an optimizer step did.
struct OptimizerReport {
  double grad_norm = 0.0;   ///< Global, before the clip.
  std::string halt_reason;  ///< Not empty: training must not go on, and why (a gradient or weights that are not finite).
};

/// One step over a list of weight stores. Knows no loss.
class Optimizer {
 public:
  virtual ~Optimizer() = default;
  /// Uses and clears weights->gradient(). `learning_rate` comes from the schedule. A gradient that is not finite changes no weight.
  virtual OptimizerReport step(std::span<WeightStore* const> stores, double learning_rate) = 0;
  /// Forgets all moments: a stage begins.
  virtual void reset(std::span<WeightStore* const> stores) = 0;
  /// Adds what a resumed run needs.
  virtual void add_state(StateInventory& inventory, std::span<WeightStore* const> stores, const std::string& prefix) = 0;
};

struct AdamWOptions {
  double adam_beta1 = 0.9;     ///< Below 1: with 1 the bias correction divides by 0.
  double adam_beta2 = 0.999;   ///< Below 1.
  double adam_epsilon = 1e-8;  ///< Above 0: a weight without gradient would divide 0 by 0.
  double weight_decay = 0.0;   ///< Decoupled; on matrices only.
  double max_grad_norm = 1.0;  ///< Global norm above which the gradient is scaled down; 0: off.
};

void describe(ConfigVisitor& visitor, AdamWOptions& options);

/// AdamW with a global-norm clip. Source: arXiv:1711.05101. Sums in a fixed order; the bias corrections are running products in float64 and part of the state.
class AdamW final : public Optimizer {
 public:
  /// Throws ConfigError for an option outside its range.
  explicit AdamW(AdamWOptions options = {});
  OptimizerReport step(std::span<WeightStore* const> stores, double learning_rate) override;
  void reset(std::span<WeightStore* const> stores) override;
  void add_state(StateInventory& inventory, std::span<WeightStore* const> stores, const std::string& prefix) override;

 private:
  AdamWOptions options_;
  double beta1_power_ = 1.0, beta2_power_ = 1.0;
};

}  // namespace lydian
