#include "lydian/verify/program_runner.h"

#include <mutex>
#include <optional>

namespace lydian {
namespace {

class SandboxRunner final : public ProgramRunner {
 public:
  explicit SandboxRunner(const SandboxOptions& options) : options_(options) {}

  RunReport run(const RunRequest& request) override { return sandbox().run(request); }
  std::vector<RunReport> run_many(const RunRequest& request, const std::vector<std::string>& inputs,
                                  const std::function<bool(std::size_t, const RunReport&)>& keep_going) override {
    return sandbox().run_many(request, inputs, keep_going);
  }

 private:
  CodeSandbox& sandbox() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!sandbox_) sandbox_.emplace(options_);
    return *sandbox_;
  }

  const SandboxOptions options_;
  std::mutex mutex_;
  std::optional<CodeSandbox> sandbox_;
};

}  // namespace

std::shared_ptr<ProgramRunner> sandbox_runner(const SandboxOptions& options) {
  return std::make_shared<SandboxRunner>(options);
}

}  // namespace lydian
