#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "model/transformer_backward.h"
#include "model/transformer_head.h"
#include "model/transformer_record.h"

namespace lydian {

class ThreadPool;

/// Scratch of one thread in training: of a group's forward or backward.
struct TrainingWorkspace {
  BackwardWorkspace backward;
  BodyWorkspace body;
  HeadWorkspace head;
  AlignedFloats pages, prompt_state, head_inputs, inverse_rms, d_head, d_final, d_prompt_state;
  std::vector<float*> page_pointers;
  std::vector<float> inverse_temperatures;
  std::vector<BodySpan> spans;
  std::vector<BackwardSpan> backward_spans;
};

/// Workspaces that wait between jobs, so that any number of callers can have one a thread.
class TrainingWorkspaces {
 public:
  std::unique_ptr<TrainingWorkspace> take();
  void give(std::unique_ptr<TrainingWorkspace> workspace);

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<TrainingWorkspace>> waiting_;
};

/// Gradients of a loss by the outputs of a forward; empty: zero.
struct OutputGradients {
  std::span<const float> log_prob, entropy, hidden;
};

/// The raw forward and backward over packed batches: prompt groups spread over threads, each group's chunks in order (and back).
class TransformerTraining {
 public:
  TransformerTraining(const TransformerNetwork& network, const kernels::KernelTable& table, ThreadPool& pool, TrainingWorkspaces& workspaces);

  /// Fills `output`, whose arrays have their sizes; `record` is null where nothing is kept.
  void forward(const PackedBatch& batch, const BatchPlan& plan, TransformerRecord* record, ForwardOutput& output) const;
  /// Adds to `gradients`: groups of one buffer in order, on one thread at a time.
  void backward(const TransformerRecord& record, const OutputGradients& d_output, GradientBuffers& gradients) const;

 private:
  class GroupForward;
  class GroupBackward;

  const TransformerNetwork& network_;
  const TransformerShape& shape_;
  const kernels::KernelTable& table_;
  ThreadPool& pool_;
  TrainingWorkspaces& workspaces_;
  const TransformerBody body_;
  const TransformerHead head_;
  const TransformerBackward backward_;
};

}  // namespace lydian
