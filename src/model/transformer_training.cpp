#include "model/transformer_training.h"

#include <algorithm>

#include "lydian/core/thread_pool.h"
#include "model/training_group.h"

namespace lydian {
namespace {

bool any_nonzero(std::span<const float> values) {
  return std::any_of(values.begin(), values.end(), [](float value) { return value != 0.0F; });
}

std::span<const float> part(std::span<const float> values, std::int64_t first, std::int64_t count) {
  return values.empty() ? values : values.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
}

}  // namespace

std::unique_ptr<TrainingWorkspace> TrainingWorkspaces::take() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (waiting_.empty()) return std::make_unique<TrainingWorkspace>();
  std::unique_ptr<TrainingWorkspace> workspace = std::move(waiting_.back());
  waiting_.pop_back();
  return workspace;
}

void TrainingWorkspaces::give(std::unique_ptr<TrainingWorkspace> workspace) {
  const std::lock_guard<std::mutex> lock(mutex_);
  waiting_.push_back(std::move(workspace));
}

TransformerTraining::TransformerTraining(const TransformerNetwork& network, const kernels::KernelTable& table, ThreadPool& pool, TrainingWorkspaces& workspaces)
    : network_(network),
      shape_(network.shape),
      table_(table),
      pool_(pool),
      workspaces_(workspaces),
      body_(network, table),
      head_(network, table),
      backward_(network, table) {}

/// The forward of one group.
class TransformerTraining::GroupForward {
 public:
  GroupForward(const TransformerTraining& training, const PackedBatch& batch, const BatchPlan& plan, std::size_t number, TransformerRecord* record,
               ForwardOutput& output, TrainingWorkspace& workspace)
      : training_(training),
        shape_(training.shape_),
        batch_(batch),
        number_(number),
        record_(record),
        output_(output),
        workspace_(workspace),
        group_(batch, plan, number, shape_, record != nullptr ? record->pages(number) : workspace.pages.fit(plan.groups[number].pages * shape_.page_floats())),
        prompt_state_(record != nullptr ? record->prompt_state(number) : workspace.prompt_state.fit(shape_.hidden_stride)) {}

  void run() {
    for (std::size_t chunk = 0; chunk < group_.plan().chunks.size(); ++chunk) run_chunk(chunk);
  }

 private:
  void run_chunk(std::size_t number) {
    const PlanChunk& chunk = group_.plan().chunks[number];
    group_.body_spans(chunk, workspace_.page_pointers, workspace_.spans);
    workspace_.body.fit(shape_, chunk.tokens, group_.plan().positions);
    const float* stream = nullptr;
    float* inverse_rms = nullptr;
    if (record_ != nullptr) {
      const ChunkActivations kept = record_->chunk(number_, number);
      training_.body_.embed(workspace_.spans, kept.layer(0).input);
      for (std::int64_t layer = 0; layer < shape_.layers; ++layer)
        training_.body_.layer(layer, workspace_.spans, chunk.tokens, kept.layer(layer), workspace_.body);
      stream = kept.final_stream();
      inverse_rms = kept.final_inverse_rms();
    } else {
      training_.body_.run(workspace_.spans, chunk.tokens, workspace_.body);
      stream = workspace_.body.stream.data();
      inverse_rms = workspace_.inverse_rms.fit(kernels::padded(chunk.tokens));
    }
    training_.body_.final_norm(stream, chunk.tokens, workspace_.body.normed.data(), inverse_rms);
    score(chunk);
  }

  void score(const PlanChunk& chunk) {
    const std::int64_t stride = shape_.hidden_stride;
    float* inputs = record_ != nullptr ? record_->head_inputs() + chunk.first_entry * stride : workspace_.head_inputs.fit(chunk.entries() * stride);
    const float* states = workspace_.body.normed.data();
    const std::int64_t prompt_end = TrainingGroup::prompt_end(chunk);
    if (prompt_end >= 0) std::copy(states + prompt_end * stride, states + (prompt_end + 1) * stride, prompt_state_);
    const auto state = [&](std::int64_t token) { return token < 0 ? prompt_state_ : states + token * stride; };
    group_.for_each_state(
        chunk, [&](std::int64_t entry, std::int64_t token) { std::copy(state(token), state(token) + stride, inputs + (entry - chunk.first_entry) * stride); },
        [&](std::int64_t slot, std::int64_t token) { give_hidden(batch_.tokens() + slot, state(token)); });
    for (std::int64_t i = 0; i < chunk.entries(); ++i) give_hidden(chunk.first_entry + i, inputs + i * stride);
    if (output_.log_prob.empty() && output_.entropy.empty()) return;
    group_.inverse_temperatures(chunk, workspace_.inverse_temperatures);
    const HeadRows rows{inputs, batch_.completion_ids.data() + chunk.first_entry, workspace_.inverse_temperatures.data(), chunk.entries()};
    training_.head_.score(rows, output_.log_prob.empty() ? nullptr : output_.log_prob.data() + chunk.first_entry,
                          output_.entropy.empty() ? nullptr : output_.entropy.data() + chunk.first_entry, workspace_.head);
  }

  void give_hidden(std::int64_t row, const float* state) {
    if (!output_.hidden.empty()) std::copy(state, state + shape_.hidden, output_.hidden.data() + row * shape_.hidden);
  }

  const TransformerTraining& training_;
  const TransformerShape& shape_;
  const PackedBatch& batch_;
  const std::size_t number_;
  TransformerRecord* const record_;
  ForwardOutput& output_;
  TrainingWorkspace& workspace_;
  const TrainingGroup group_;
  float* const prompt_state_;
};

void TransformerTraining::forward(const PackedBatch& batch, const BatchPlan& plan, TransformerRecord* record, ForwardOutput& output) const {
  network_.packed.refresh_forward(network_.store, pool_);
  pool_.run(static_cast<int>(plan.groups.size()), [&](int group) {
    std::unique_ptr<TrainingWorkspace> workspace = workspaces_.take();
    GroupForward(*this, batch, plan, static_cast<std::size_t>(group), record, output, *workspace).run();
    workspaces_.give(std::move(workspace));
  });
}

/// The backward of one group: chunks from the last to the first.
class TransformerTraining::GroupBackward {
 public:
  GroupBackward(const TransformerTraining& training, const TransformerRecord& record, std::size_t number, const OutputGradients& d_output,
                TrainingWorkspace& workspace)
      : training_(training),
        shape_(training.shape_),
        record_(record),
        number_(number),
        d_output_(d_output),
        workspace_(workspace),
        group_(record.batch, record.plan, number, shape_, record.pages(number)) {}

  /// Whether anything flows back: groups without signal are left out.
  bool has_gradient() const {
    const std::int64_t first = group_.first_entry(group_.plan().first_row), count = group_.end_entry(group_.plan().end_row - 1) - first;
    if (any_nonzero(part(d_output_.log_prob, first, count)) || any_nonzero(part(d_output_.entropy, first, count))) return true;
    if (any_nonzero(part(d_output_.hidden, first * shape_.hidden, count * shape_.hidden))) return true;
    bool found = false;
    for (std::int64_t row = group_.plan().first_row; row < group_.plan().end_row; ++row) {
      const std::int64_t slot = record_.plan.bootstrap_slot[static_cast<std::size_t>(row)];
      if (slot >= 0) found = found || any_nonzero(part(d_output_.hidden, (record_.batch.tokens() + slot) * shape_.hidden, shape_.hidden));
    }
    return found;
  }

  void run(PackedGradient& gradient) {
    const PlanGroup& plan = group_.plan();
    workspace_.backward.key_value.fit(shape_, plan.positions);
    for (std::int64_t layer = 0; layer < shape_.layers; ++layer) workspace_.backward.key_value.clear(layer, 0, plan.prompt_tokens);
    d_prompt_state_ = workspace_.d_prompt_state.fit(shape_.hidden_stride);
    std::fill(d_prompt_state_, d_prompt_state_ + shape_.hidden_stride, 0.0F);
    for (std::size_t chunk = plan.chunks.size(); chunk-- > 0;) {
      head_gradient(plan.chunks[chunk], gradient);
      body_gradient(chunk, gradient);
    }
  }

 private:
  /// workspace.d_head [entries] <- the gradient by the states from which the chunk's entries were predicted.
  void head_gradient(const PlanChunk& chunk, PackedGradient& gradient) {
    const std::int64_t stride = shape_.hidden_stride, count = chunk.entries();
    float* d_head = workspace_.d_head.fit(count * stride);
    const std::span<const float> log_prob = part(d_output_.log_prob, chunk.first_entry, count), entropy = part(d_output_.entropy, chunk.first_entry, count);
    if (any_nonzero(log_prob) || any_nonzero(entropy)) {
      group_.inverse_temperatures(chunk, workspace_.inverse_temperatures);
      const HeadRows rows{record_.head_inputs() + chunk.first_entry * stride, record_.batch.completion_ids.data() + chunk.first_entry,
                          workspace_.inverse_temperatures.data(), count};
      training_.head_.backward(rows, log_prob.empty() ? nullptr : log_prob.data(), entropy.empty() ? nullptr : entropy.data(), d_head,
                               gradient.linear(training_.network_.linears.head_number()), workspace_.head);
    } else {
      std::fill(d_head, d_head + count * stride, 0.0F);
    }
    if (d_output_.hidden.empty()) return;
    for (std::int64_t i = 0; i < count; ++i) add_hidden(chunk.first_entry + i, d_head + i * stride);
  }

  void body_gradient(std::size_t number, PackedGradient& gradient) {
    const PlanChunk& chunk = group_.plan().chunks[number];
    const std::int64_t stride = shape_.hidden_stride;
    float* d_final = workspace_.d_final.fit(chunk.tokens * stride);
    std::fill(d_final, d_final + chunk.tokens * stride, 0.0F);
    const auto place = [&](std::int64_t token) { return token < 0 ? d_prompt_state_ : d_final + token * stride; };
    group_.for_each_state(
        chunk,
        [&](std::int64_t entry, std::int64_t token) {
          training_.table_.add_to(workspace_.d_head.data() + (entry - chunk.first_entry) * stride, stride, place(token));
        },
        [&](std::int64_t slot, std::int64_t token) { add_hidden(record_.batch.tokens() + slot, place(token)); });
    const std::int64_t prompt_end = TrainingGroup::prompt_end(chunk);
    if (prompt_end >= 0) std::copy(d_prompt_state_, d_prompt_state_ + stride, d_final + prompt_end * stride);
    group_.body_spans(chunk, workspace_.page_pointers, workspace_.spans);
    workspace_.backward_spans.clear();
    for (std::size_t i = 0; i < chunk.spans.size(); ++i) {
      workspace_.backward_spans.push_back({workspace_.spans[i], chunk.spans[i].is_prompt(), chunk.spans[i].ends_stream, group_.plan().prompt_tokens});
    }
    workspace_.backward.fit(shape_, chunk.tokens, group_.plan().positions);
    training_.backward_.run(workspace_.backward_spans, chunk.tokens, record_.chunk(number_, number), d_final, gradient, workspace_.backward);
  }

  void add_hidden(std::int64_t row, float* d_state) const {
    if (!d_output_.hidden.empty()) training_.table_.add_to(d_output_.hidden.data() + row * shape_.hidden, shape_.hidden, d_state);
  }

  const TransformerTraining& training_;
  const TransformerShape& shape_;
  const TransformerRecord& record_;
  const std::size_t number_;
  const OutputGradients& d_output_;
  TrainingWorkspace& workspace_;
  const TrainingGroup group_;
  float* d_prompt_state_ = nullptr;
};

void TransformerTraining::backward(const TransformerRecord& record, const OutputGradients& d_output, GradientBuffers& gradients) const {
  network_.packed.refresh_transposed(network_.store, pool_);
  pool_.run(kGradientBuffers, [&](int buffer) {
    std::unique_ptr<TrainingWorkspace> workspace = workspaces_.take();
    for (std::size_t number = 0; number < record.plan.groups.size(); ++number) {
      const auto prompt = static_cast<std::size_t>(record.plan.groups[number].prompt);
      if (GradientBuffers::number_of(record.batch.gradient_buffer[prompt]) != buffer) continue;
      GroupBackward group(*this, record, number, d_output, *workspace);
      if (group.has_gradient()) group.run(gradients.touched(buffer));
    }
    workspaces_.give(std::move(workspace));
  });
}

}  // namespace lydian
