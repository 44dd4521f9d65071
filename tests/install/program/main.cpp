// A user who gives the whole program an environment of their own: checked, trained on for a few steps, swept, reported.
#include <lydian/lydian.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace {

struct EchoVerifier final : lydian::Verifier {
  lydian::Verdict verify(const lydian::Task& task, const lydian::Completion& completion) const override {
    return lydian::Verdict::scored(completion.answer == task.ground_truth ? 1.0 : 0.0);
  }
};

// A letter to be said again.
struct Echo final : lydian::Environment, lydian::Demonstrator {
  EchoVerifier echo;
  std::string name() const override { return "echo"; }
  std::int64_t size(lydian::Split) const override { return 8; }
  std::string alphabet() const override { return "abcdefghijklmnopqrstuvwx="; }
  const lydian::Verifier& verifier() const override { return echo; }
  lydian::Task task(lydian::Split split, std::int64_t index) const override {
    if (index < 0 || index >= size(split)) throw lydian::Error("echo", "a task index from 0 to 7", std::to_string(index));
    const std::string letter(1, static_cast<char>('a' + 8 * static_cast<int>(split) + static_cast<int>(index)));
    return {.id = letter, .prompt = letter + "=", .ground_truth = letter};
  }
  std::optional<lydian::Demonstration> demonstrate(const lydian::Task& task, lydian::RandomStream&) const override {
    return lydian::Demonstration{.thinking = {{task.ground_truth, 1.0}}, .answer = {{task.ground_truth, 1.0}}};
  }
};

constexpr const char* kConfiguration = R"({
  "environment": {"type": "echo"},
  "policy": {"hidden_size": 16, "num_layers": 1, "num_heads": 2, "max_positions": 32},
  "summary": {"items": 4},
  "sft": {"max_steps": 3, "batch_size": 4},
  "grpo": {"max_steps": 2, "prompts_per_step": 2, "num_generations": 4, "max_completion_length": 8, "eval_items": 4}
})";

}  // namespace

int main() {
  lydian::cli::Catalog catalog = lydian::cli::Catalog::shipped();
  catalog.add("echo", [](const lydian::Config&) { return std::make_shared<Echo>(); });
  std::string folder = (std::filesystem::temp_directory_path() / "lydian-program-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return 1;
  const std::string run = folder + "/run";
  std::ofstream(folder + "/echo.json") << kConfiguration;
  int failures = 0;
  const auto call = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "program");
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    const int code = lydian::cli::run(static_cast<int>(argv.size()), argv.data(), catalog);
    if (code != 0) std::printf("program %s: exit code %d\n", words[1].c_str(), code);
    failures += code != 0 ? 1 : 0;
  };
  call({"env", "check", "echo", "--tasks", "8"});
  call({"train", folder + "/echo.json", "output_dir=" + run, "--quiet"});
  call({"sweep", run, "sweep.budgets=[0,2]", "sweep.items=4"});
  call({"report", run});
  const bool reported = std::filesystem::exists(run + "/report.html");
  std::filesystem::remove_all(folder);
  std::printf("program: %d calls failed, the report is %s\n", failures, reported ? "there" : "missing");
  return failures == 0 && reported ? 0 : 1;
}
