#pragma once

#include "lydian/kernels/kernel_table.h"
#include "lydian/model/decode_session.h"

namespace lydian {

/// 1 / temperature as every log-prob uses it, sampled or computed in training; greedy rows (0) are scored at 1.
float inverse_temperature(float temperature);

/// The token of a decode step's row from its logits [vocabulary]: drawn, or the forced one scored. The row has sampling options.
Drawn next_token(const kernels::KernelTable& table, const float* logits, std::int64_t vocabulary, const DecodeSession::Row& row);

}  // namespace lydian
