#include <iostream>
#include <iterator>

#include "cli/run_configuration.h"
#include "lydian/core/error.h"
#include "lydian/rollout/rollout_engine.h"
#include "lydian/text/chat_template.h"

namespace lydian::cli {
namespace {

struct GenerateOptions {
  std::int64_t samples = 1;
  SamplingOptions sampling;
  ThinkingBudget thinking;
  std::uint64_t seed = 1;
};

void describe(ConfigVisitor& visitor, GenerateOptions& options) {
  visitor.field({"samples", "Completions of the prompt", 1, 1e6}, options.samples);
  describe(visitor, options.sampling);
  visitor.group({"thinking", "How long a completion may think"}, options.thinking);
  visitor.field({"seed", "Seed of the draws; the run's where it is not set"}, options.seed);
}

std::string prompt_text(const Arguments& arguments) {
  const std::string text = arguments.has("prompt") ? arguments.text("prompt") : std::string(std::istreambuf_iterator<char>(std::cin), {});
  if (text.empty()) throw ConfigError("generate", "a prompt by --prompt TEXT or on standard input", "none");
  return text;
}

std::vector<TokenId> prompt_ids(const TrainedRun& trained, const Arguments& arguments) {
  const std::vector<Message> messages{{"user", prompt_text(arguments)}};
  const std::string text = render_messages(messages, trained.options.tokenizer.chat_template);
  try {
    return trained.objects.tokenizer->encode(text);
  } catch (const Error& error) {
    throw ConfigError("generate", "a prompt that the run's tokenizer can encode", error.what());
  }
}

int run(const Arguments& arguments, const Catalog& catalog) {
  const TrainedRun trained = trained_run(arguments, catalog, "generate");
  GenerateOptions options;
  options.seed = trained.options.seed;
  read_config(trained.config.section("generate"), options);

  RolloutRequest request;
  request.prompt_ids = prompt_ids(trained, arguments);
  request.sampling = options.sampling;
  request.budget = options.thinking;
  request.key = {.seed = options.seed, .purpose = StreamPurpose::kGenerate};
  RolloutEngine engine(*trained.objects.policy, *trained.objects.tokenizer);
  engine.submit(request, static_cast<std::int32_t>(options.samples));
  for (const FinishedRollout& finished : engine.run()) {
    const Completion& completion = finished.completion;
    std::cout << completion.text << '\n';
    std::cerr << "sample " << finished.sample << ": " << completion.token_ids.size() << " tokens, " << completion.thinking_tokens << " of thinking, "
              << to_string(completion.finish_reason) << '\n';
  }
  return kDone;
}

}  // namespace

Command generate_command() {
  return {.name = "generate",
          .usage = "RUN | CONFIG [--prompt TEXT] [key=value …]",
          .doc = "Completions of a prompt, on standard output. The policy is a run folder's, or a configuration's with init_from.",
          .flags = {kStepFlag, {"prompt", "TEXT", "The prompt; without it, standard input is."}},
          .least_words = 1,
          .most_words = 1,
          .takes_options = true,
          .run = run,
          .options = [](const Catalog&) { return behind("generate", document_config<GenerateOptions>()); }};
}

}  // namespace lydian::cli
