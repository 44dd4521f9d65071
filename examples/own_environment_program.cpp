// The whole program, every subcommand, with an environment of one's own: for instance
//   own_environment_program env check reverse
//   own_environment_program train config.json 'environment={"type": "reverse", "longest": 4}'
#include <lydian/lydian.h>

namespace {

struct ReverseOptions {
  std::uint64_t seed = 1;
  std::int64_t longest = 6;
};

void describe(lydian::ConfigVisitor& visitor, ReverseOptions& options) {
  visitor.field({"seed", "Seed of the words."}, options.seed);
  visitor.field({"longest", "Letters of the longest word.", 1, 20}, options.longest);
}

struct ReverseVerifier final : lydian::Verifier {
  lydian::Verdict verify(const lydian::Task& task, const lydian::Completion& completion) const override {
    return lydian::Verdict::scored(completion.answer == task.ground_truth ? 1.0 : 0.0);
  }
};

// Words without end, to be written backwards. Each split draws from a stream of its own and keeps the words that belong to it.
class ReverseEnvironment final : public lydian::Environment, public lydian::Demonstrator {
 public:
  explicit ReverseEnvironment(ReverseOptions options) : options_(options) {}

  std::string name() const override { return "reverse"; }
  std::int64_t size(lydian::Split) const override { return kUnbounded; }
  std::string alphabet() const override { return "abcdefgh="; }
  const lydian::Verifier& verifier() const override { return verifier_; }

  lydian::Task task(lydian::Split split, std::int64_t index) const override {
    if (index < 0) throw lydian::Error("reverse", "a task index of at least 0", std::to_string(index));
    lydian::RandomStream stream({.seed = options_.seed,
                                 .purpose = lydian::StreamPurpose::kEnvironment,
                                 .step = static_cast<std::uint64_t>(split),
                                 .prompt = static_cast<std::uint64_t>(index)});
    std::string word;
    do {
      word.assign(static_cast<std::size_t>(stream.between(1, options_.longest)), ' ');
      for (char& letter : word) letter = static_cast<char>('a' + stream.below(8));
    } while (lydian::split_of_prompt(word, /*dev_share=*/0.1, /*test_share=*/0.1) != split);
    lydian::Task task;
    task.id = lydian::to_string(split) + std::string("-") + std::to_string(index);
    task.prompt = word + "=";
    task.ground_truth.assign(word.rbegin(), word.rend());
    task.category = std::to_string(word.size()) + " letters";
    return task;
  }

  std::optional<lydian::Demonstration> demonstrate(const lydian::Task& task, lydian::RandomStream&) const override {
    const std::string word = task.prompt.substr(0, task.prompt.size() - 1);
    return lydian::Demonstration{.thinking = {{word, 1.0}}, .answer = {{task.ground_truth, 1.0}}};
  }

 private:
  ReverseOptions options_;
  ReverseVerifier verifier_;
};

std::shared_ptr<lydian::Environment> make_reverse(const lydian::Config& config) {
  ReverseOptions options;
  lydian::read_config(config, options);
  return std::make_shared<ReverseEnvironment>(options);
}

}  // namespace

int main(int argc, char** argv) {
  lydian::cli::Catalog catalog = lydian::cli::Catalog::shipped();
  catalog.add("reverse", make_reverse, lydian::document_config<ReverseOptions>());
  return lydian::cli::run(argc, argv, catalog);
}
