#include "lydian/rollout/rollout_engine.h"

#include <algorithm>
#include <deque>
#include <string>
#include <unordered_map>
#include <utility>

#include "lydian/core/error.h"
#include "rollout/rollout_row.h"

namespace lydian {
namespace {

constexpr std::int64_t kReservedTokens = 1024;

void check_ids(std::span<const TokenId> ids, std::int64_t vocab_size, const char* what) {
  for (const TokenId id : ids) {
    if (id < 0 || id >= vocab_size) {
      throw ConfigError("rollout_engine", std::string(what) + " from 0 to " + std::to_string(vocab_size - 1) + ", the policy's vocabulary", std::to_string(id));
    }
  }
}

}  // namespace

struct RolloutEngine::Implementation {
  Implementation(const Policy& policy_in, const Tokenizer& tokenizer_in, Options options_in) : policy(policy_in), tokenizer(tokenizer_in), options(options_in) {
    if (options.max_rows < 1) throw ConfigError("rollout_engine", "max_rows of at least 1", std::to_string(options.max_rows));
    renew_session();
  }

  void renew_session() {
    session = policy.decode_session();
    version = policy.weights().version();
  }

  std::shared_ptr<SharedRequest> checked(const RolloutRequest& request) const;
  RolloutRow& row(RolloutHandle handle, const char* purpose);
  RolloutRow& ended_row(RolloutHandle handle, const char* purpose);
  void start(RolloutRow& row);
  void admit(std::vector<FinishedRollout>& finished);
  void advance(std::vector<FinishedRollout>& finished);
  void finish(RolloutRow& row, std::vector<FinishedRollout>& finished);
  void forget(RolloutRow& row);

  const Policy& policy;
  const Tokenizer& tokenizer;
  const Options options;
  std::unique_ptr<DecodeSession> session;
  std::uint64_t version = 0;
  RolloutHandle next_handle = 0;
  std::unordered_map<RolloutHandle, std::unique_ptr<RolloutRow>> rows;  ///< All that are alive; looked up by callers only, never by the token loop.
  std::deque<RolloutRow*> reopened, waiting;                            ///< Reopened rows go first: they already hold memory.
  std::vector<RolloutRow*> open, entering;
  std::vector<DecodeSession::Row> step_rows;  ///< Entry i is of open[i].
  std::vector<Drawn> drawn;
};

std::shared_ptr<SharedRequest> RolloutEngine::Implementation::checked(const RolloutRequest& request) const {
  validate(request.sampling);
  auto shared = std::make_shared<SharedRequest>();
  shared->request = request;
  shared->request.budget = resolve_budget(request.budget, tokenizer);
  shared->request.sampling.stop_ids = resolve_stop_ids(request.sampling, tokenizer);
  if (request.prompt_ids.empty()) throw ConfigError("rollout_engine", "a prompt of at least one token", "none");
  check_ids(request.prompt_ids, policy.vocab_size(), "prompt ids");
  check_ids(shared->request.budget.closer, policy.vocab_size(), "the closer's ids");
  check_ids(request.sampling.stop_ids, policy.vocab_size(), "stop_ids");
  for (const TokenId delimiter : {request.budget.open, request.budget.close}) {
    if (delimiter != kNoToken) check_ids(std::vector{delimiter}, policy.vocab_size(), "the ids of thinking's delimiters");
  }
  const std::int64_t left = policy.max_positions() - static_cast<std::int64_t>(request.prompt_ids.size());
  if (left < 1) {
    throw ConfigError("rollout_engine", "a prompt shorter than the policy's " + std::to_string(policy.max_positions()) + " positions",
                      std::to_string(request.prompt_ids.size()) + " tokens");
  }
  shared->limit = std::min(left, request.sampling.max_completion_length);
  return shared;
}

RolloutRow& RolloutEngine::Implementation::row(RolloutHandle handle, const char* purpose) {
  const auto found = rows.find(handle);
  if (found == rows.end()) throw Error("rollout_engine", std::string("a row that is kept (keep_finished) for ") + purpose, "handle " + std::to_string(handle));
  return *found->second;
}

RolloutRow& RolloutEngine::Implementation::ended_row(RolloutHandle handle, const char* purpose) {
  RolloutRow& found = row(handle, purpose);
  if (found.state == RowState::kWaiting || found.state == RowState::kOpen) {
    throw Error("rollout_engine", std::string("an ended row for ") + purpose, "handle " + std::to_string(handle) + ", which goes on");
  }
  return found;
}

/// Gives a row its sequence: the last sample of a request takes its prompt over, the others fork from it.
void RolloutEngine::Implementation::start(RolloutRow& row) {
  SharedRequest& shared = *row.shared;
  const auto prompt_length = static_cast<std::int64_t>(shared.request.prompt_ids.size());
  row.sequence = shared.unstarted == 1 ? std::exchange(shared.prompt, kNoSequence) : session->fork(shared.prompt, prompt_length);
  --shared.unstarted;
  const auto reserved = static_cast<std::size_t>(std::min(shared.limit, kReservedTokens));
  row.ids.reserve(reserved);
  row.log_probs.reserve(reserved);
  row.sources.reserve(reserved);
}

void RolloutEngine::Implementation::admit(std::vector<FinishedRollout>& finished) {
  entering.clear();
  while (static_cast<std::int64_t>(open.size() + entering.size()) < options.max_rows && !(reopened.empty() && waiting.empty())) {
    std::deque<RolloutRow*>& queue = reopened.empty() ? waiting : reopened;
    RolloutRow& row = *queue.front();
    queue.pop_front();
    // All prompts are opened before the first is forked, so that the session may read them side by side.
    if (row.sequence == kNoSequence && row.shared->prompt == kNoSequence) row.shared->prompt = session->open(row.shared->request.prompt_ids);
    entering.push_back(&row);
  }
  for (RolloutRow* row : entering) {
    if (row->sequence == kNoSequence) start(*row);
    if (row->ended()) {
      finish(*row, finished);
      continue;
    }
    row->state = RowState::kOpen;
    open.push_back(row);
    step_rows.push_back({row->sequence, kDraw, &row->shared->request.sampling, row->key, 0});
  }
  drawn.resize(open.size());
}

/// One token for every open row. Rows keep their order, so that those of one prompt stay side by side.
void RolloutEngine::Implementation::advance(std::vector<FinishedRollout>& finished) {
  for (std::size_t i = 0; i < open.size(); ++i) {
    step_rows[i].forced = open[i]->forced_next();
    step_rows[i].token_index = open[i]->ids.size();
  }
  session->step(step_rows, drawn);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < open.size(); ++i) {
    RolloutRow& row = *open[i];
    row.append(drawn[i], step_rows[i].forced);
    if (row.ended()) {
      finish(row, finished);
      continue;
    }
    open[kept] = open[i];
    step_rows[kept] = step_rows[i];
    ++kept;
  }
  open.resize(kept);
  step_rows.resize(kept);
}

void RolloutEngine::Implementation::finish(RolloutRow& row, std::vector<FinishedRollout>& finished) {
  row.state = RowState::kEnded;
  FinishedRollout result{row.handle, row.shared->request.tag, row.sample, {}};
  Completion& completion = result.completion;
  completion.budget = row.tracker.budget();
  completion.temperature = static_cast<float>(row.shared->request.sampling.temperature);
  completion.weight_version = version;
  if (options.keep_finished) {
    completion.token_ids = row.ids;
    completion.log_probs = row.log_probs;
    completion.sources = row.sources;
  } else {
    completion.token_ids = std::move(row.ids);
    completion.log_probs = std::move(row.log_probs);
    completion.sources = std::move(row.sources);
  }
  const RolloutRequest& request = row.shared->request;
  read_completion(completion, request.prompt_ids, request.sampling.stop_ids, tokenizer);
  finished.push_back(std::move(result));
  if (!options.keep_finished) forget(row);
}

void RolloutEngine::Implementation::forget(RolloutRow& row) {
  if (row.sequence != kNoSequence) {
    session->close(row.sequence);
  } else if (--row.shared->unstarted == 0 && row.shared->prompt != kNoSequence) {
    session->close(std::exchange(row.shared->prompt, kNoSequence));
  }
  rows.erase(row.handle);
}

RolloutEngine::RolloutEngine(const Policy& policy, const Tokenizer& tokenizer) : RolloutEngine(policy, tokenizer, Options{}) {}
RolloutEngine::RolloutEngine(const Policy& policy, const Tokenizer& tokenizer, Options options)
    : implementation_(std::make_unique<Implementation>(policy, tokenizer, options)) {}
RolloutEngine::~RolloutEngine() = default;

RolloutHandle RolloutEngine::submit(const RolloutRequest& request, std::int32_t samples) {
  Implementation& engine = *implementation_;
  if (samples < 1) throw ConfigError("rollout_engine", "at least 1 sample", std::to_string(samples));
  const std::shared_ptr<SharedRequest> shared = engine.checked(request);
  if (engine.rows.empty() && engine.policy.weights().version() != engine.version) engine.renew_session();
  shared->unstarted = samples;
  const RolloutHandle first = engine.next_handle;
  for (std::int32_t i = 0; i < samples; ++i) {
    StreamKey key = request.key;
    key.sample += static_cast<std::uint64_t>(i);
    const RolloutRequest& resolved = shared->request;
    auto row = std::make_unique<RolloutRow>(RolloutRow{.handle = engine.next_handle++,
                                                       .shared = shared,
                                                       .sample = static_cast<std::int32_t>(key.sample),
                                                       .key = key.folded(),
                                                       .tracker = CompletionTracker(resolved.budget, resolved.sampling.stop_ids, resolved.prompt_ids)});
    engine.waiting.push_back(row.get());
    engine.rows.emplace(row->handle, std::move(row));
  }
  return first;
}

std::vector<FinishedRollout> RolloutEngine::poll() {
  Implementation& engine = *implementation_;
  std::vector<FinishedRollout> finished;
  engine.admit(finished);
  if (!engine.open.empty()) engine.advance(finished);
  std::sort(finished.begin(), finished.end(), [](const FinishedRollout& a, const FinishedRollout& b) { return a.handle < b.handle; });
  return finished;
}

bool RolloutEngine::idle() const {
  return implementation_->open.empty() && implementation_->waiting.empty() && implementation_->reopened.empty();
}

std::vector<FinishedRollout> RolloutEngine::run(const StopRequest& interrupted) {
  std::vector<FinishedRollout> all;
  while (!idle()) {
    heed(interrupted, "rollout_engine");
    for (FinishedRollout& finished : poll()) all.push_back(std::move(finished));
  }
  std::sort(all.begin(), all.end(), [](const FinishedRollout& a, const FinishedRollout& b) { return a.handle < b.handle; });
  return all;
}

void RolloutEngine::extend(RolloutHandle handle, std::span<const TokenId> ids, TokenSource source) {
  Implementation& engine = *implementation_;
  RolloutRow& row = engine.ended_row(handle, "extend");
  if (source == TokenSource::kSampled) throw Error("rollout_engine", "kForced or kEnvironment as the source of an extension", "kSampled");
  check_ids(ids, engine.policy.vocab_size(), "an extension's ids");
  row.extension.assign(ids.begin(), ids.end());
  row.extended = 0;
  row.extension_source = source;
  row.state = RowState::kWaiting;
  engine.reopened.push_back(&row);
}

RolloutHandle RolloutEngine::fork(RolloutHandle handle, std::int64_t length, const ThinkingBudget& budget) {
  Implementation& engine = *implementation_;
  const RolloutRow& parent = engine.ended_row(handle, "fork");
  if (length < 0 || length > static_cast<std::int64_t>(parent.ids.size())) {
    throw Error("rollout_engine", "a fork of at most " + std::to_string(parent.ids.size()) + " tokens", std::to_string(length));
  }
  const RolloutRequest& request = parent.shared->request;
  const ThinkingBudget resolved = resolve_budget(budget, engine.tokenizer);
  check_ids(resolved.closer, engine.policy.vocab_size(), "the closer's ids");
  auto row =
      std::make_unique<RolloutRow>(RolloutRow{.handle = engine.next_handle++,
                                              .shared = parent.shared,
                                              .sample = parent.sample,
                                              .key = parent.key,
                                              .sequence = engine.session->fork(parent.sequence, static_cast<std::int64_t>(request.prompt_ids.size()) + length),
                                              .state = RowState::kForked,
                                              .tracker = CompletionTracker(resolved, request.sampling.stop_ids, request.prompt_ids)});
  row->ids.assign(parent.ids.begin(), parent.ids.begin() + length);
  row->log_probs.assign(parent.log_probs.begin(), parent.log_probs.begin() + length);
  row->sources.assign(parent.sources.begin(), parent.sources.begin() + length);
  for (std::int64_t t = 0; t < length; ++t) row->tracker.advance(row->ids[static_cast<std::size_t>(t)], row->sources[static_cast<std::size_t>(t)]);
  const RolloutHandle forked = row->handle;
  engine.rows.emplace(forked, std::move(row));
  return forked;
}

void RolloutEngine::resume(RolloutHandle handle) {
  RolloutRow& row = implementation_->ended_row(handle, "resume");
  if (row.state != RowState::kForked) throw Error("rollout_engine", "a forked row for resume", "handle " + std::to_string(handle) + ", which ended by itself");
  row.state = RowState::kWaiting;
  implementation_->reopened.push_back(&row);
}

void RolloutEngine::release(RolloutHandle handle) {
  Implementation& engine = *implementation_;
  RolloutRow& row = engine.row(handle, "release");
  if (row.state == RowState::kOpen) {
    const auto at = std::find(engine.open.begin(), engine.open.end(), &row) - engine.open.begin();
    engine.open.erase(engine.open.begin() + at);
    engine.step_rows.erase(engine.step_rows.begin() + at);
  } else if (row.state == RowState::kWaiting) {
    std::erase(engine.waiting, &row);
    std::erase(engine.reopened, &row);
  }
  engine.forget(row);
}

}  // namespace lydian
