#include <chrono>
#include <filesystem>
#include <string>

#include "lydian/report/sinks.h"
#include "report/append_file.h"
#include "report/tensorboard_event.h"

namespace lydian {
namespace {

double wall_time() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// A resumed run gets a file of its own. Readers take files in the order of their names and know them by "tfevents".
std::string next_event_file(const std::string& folder) {
  for (int number = 1;; ++number) {
    const std::string digits = std::to_string(number);
    const std::string path = folder + "/events.out.tfevents." + std::string(digits.size() < 6 ? 6 - digits.size() : 0, '0') + digits;
    std::error_code unreadable;  // Opening it says why.
    if (!std::filesystem::exists(path, unreadable)) return path;
  }
}

class TensorboardSink final : public MetricSink {
 public:
  explicit TensorboardSink(const std::string& folder) : file_("tensorboard_sink", next_event_file(folder)) {
    file_.append(tensorboard_record(file_version_event(wall_time())));
  }

  void write(const StepRecord& record) override {
    if (!session_started_) file_.append(tensorboard_record(session_start_event(wall_time(), record.step)));
    session_started_ = true;
    file_.append(tensorboard_record(scalars_event(wall_time(), record.step, record.metrics)));
  }

  void flush() override { file_.sync(); }

 private:
  AppendFile file_;
  bool session_started_ = false;
};

}  // namespace

std::unique_ptr<MetricSink> tensorboard_sink(const std::string& folder) {
  return std::make_unique<TensorboardSink>(folder);
}

}  // namespace lydian
