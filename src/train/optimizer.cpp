#include "lydian/train/optimizer.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "lydian/core/config.h"
#include "lydian/kernels/kernel_table.h"
#include "train/finite_weights.h"

namespace lydian {
namespace {

// Sum of squares over all trainable segments, segment after segment: one order for every machine.
double squared_norm(std::span<WeightStore* const> stores) {
  const kernels::KernelTable& kernel = kernels::active_table();
  double total = 0.0;
  for (WeightStore* store : stores) {
    const std::span<const float> gradient = store->gradient();
    for (const WeightSegment& segment : store->segments()) {
      if (segment.trainable) total += kernel.sum_of_squares(gradient.data() + segment.offset, segment.size);
    }
  }
  return total;
}

constexpr const char* kRemedy = "start from an older checkpoint (init_from) with a lower learning_rate or max_grad_norm";

// Rounded to float, as the kernel takes them, the decays stay below 1; a smaller epsilon would turn a gradient whose square underflows into a step of any
// length.
constexpr double kLargestBeta = 0.999999, kSmallestEpsilon = 1e-20;

}  // namespace

AdamW::AdamW(AdamWOptions options) : options_(options) {
  check_ranges(options_, "AdamWOptions");
}

OptimizerReport AdamW::step(std::span<WeightStore* const> stores, double learning_rate) {
  const kernels::KernelTable& kernel = kernels::active_table();
  const double norm = std::sqrt(squared_norm(stores));
  if (!std::isfinite(norm)) {
    for (WeightStore* store : stores) std::fill(store->gradient().begin(), store->gradient().end(), 0.0F);
    return {norm, "the gradient is not finite (norm " + std::to_string(norm) + "), so this optimizer step was left out; " + kRemedy};
  }
  const bool clipped = options_.max_grad_norm > 0.0 && norm > options_.max_grad_norm;
  const auto scale = static_cast<float>(clipped ? options_.max_grad_norm / norm : 1.0);
  beta1_power_ *= options_.adam_beta1;
  beta2_power_ *= options_.adam_beta2;
  const auto correction1 = static_cast<float>(1.0 / (1.0 - beta1_power_));
  const auto correction2 = static_cast<float>(1.0 / (1.0 - beta2_power_));
  for (WeightStore* store : stores) {
    const std::span<float> gradient = store->gradient(), first = store->first_moment(), second = store->second_moment();
    store->update([&](std::span<float> weights) {
      for (const WeightSegment& segment : store->segments()) {
        if (!segment.trainable) continue;
        const std::int64_t at = segment.offset;
        kernel.adamw(weights.data() + at, first.data() + at, second.data() + at, gradient.data() + at, segment.size, scale, static_cast<float>(learning_rate),
                     static_cast<float>(options_.adam_beta1), static_cast<float>(options_.adam_beta2), static_cast<float>(options_.adam_epsilon),
                     static_cast<float>(segment.decay ? options_.weight_decay : 0.0), correction1, correction2);
      }
    });
    std::fill(gradient.begin(), gradient.end(), 0.0F);
  }
  const bool finite = std::all_of(stores.begin(), stores.end(), [](const WeightStore* store) { return finite_weights(*store); });
  return {norm, finite ? "" : std::string("the weights are not finite after this optimizer step; ") + kRemedy};
}

void AdamW::reset(std::span<WeightStore* const> stores) {
  beta1_power_ = beta2_power_ = 1.0;
  for (WeightStore* store : stores) {
    for (const std::span<float> values : {store->gradient(), store->first_moment(), store->second_moment()}) std::fill(values.begin(), values.end(), 0.0F);
  }
}

void AdamW::add_state(StateInventory& inventory, std::span<WeightStore* const> stores, const std::string& prefix) {
  inventory.text(
      prefix + "bias_corrections",
      [this] {
        return nlohmann::json{beta1_power_, beta2_power_}.dump();
      },
      [this](const std::string& text) {
        const nlohmann::json values = nlohmann::json::parse(text);
        beta1_power_ = values.at(0).get<double>();
        beta2_power_ = values.at(1).get<double>();
      });
  for (std::size_t i = 0; i < stores.size(); ++i) {
    WeightStore* store = stores[i];
    const std::string suffix = stores.size() == 1 ? "" : std::to_string(i);
    inventory.array(prefix + "first_moment" + suffix, [store] { return store->first_moment(); });
    inventory.array(prefix + "second_moment" + suffix, [store] { return store->second_moment(); });
  }
}

void describe(ConfigVisitor& visitor, AdamWOptions& options) {
  visitor.field({"adam_beta1", "Decay of AdamW's first moment", 0, kLargestBeta}, options.adam_beta1);
  visitor.field({"adam_beta2", "Decay of AdamW's second moment", 0, kLargestBeta}, options.adam_beta2);
  visitor.field({"adam_epsilon", "Added to the root of the second moment", kSmallestEpsilon, 1}, options.adam_epsilon);
  visitor.field({"weight_decay", "Decoupled weight decay of matrices", 0, 10}, options.weight_decay);
  visitor.field({"max_grad_norm", "Global gradient norm above which the gradient is scaled down; 0: off", 0, 1e9}, options.max_grad_norm);
}

}  // namespace lydian
