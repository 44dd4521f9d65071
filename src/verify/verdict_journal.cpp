#include "lydian/verify/verdict_journal.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <unordered_map>

#include "core/json_text.h"
#include "lydian/core/durable_file.h"
#include "lydian/core/error.h"
#include "lydian/core/sha256.h"
#include "lydian/verify/prompt_split.h"

namespace lydian {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array kStatuses{VerdictStatus::kScored, VerdictStatus::kUnparsable, VerdictStatus::kResourceLimit, VerdictStatus::kVerifierFault};

std::string digest_of(const Rollout& rollout) {
  Sha256 digest;
  const auto add = [&digest](std::string_view text) {
    const std::uint64_t size = text.size();
    digest.add(&size, sizeof size);
    digest.add(text.data(), text.size());
  };
  add(rollout.task->id);
  add(canonical_prompt(*rollout.task));
  add(rollout.task->ground_truth);
  add(rollout.completion.text);
  digest.add(rollout.completion.token_ids.data(), rollout.completion.token_ids.size() * sizeof(TokenId));
  return digest.hex();
}

Json verdict_json(const Verdict& verdict) {
  Json json{{"status", to_string(verdict.status)}, {"reward", verdict.valid() ? verdict.reward : 0.0}, {"parts", Json::object()}, {"reason", verdict.reason}};
  for (const auto& [name, value] : verdict.parts) json["parts"][name] = value;
  return json;
}

Verdict verdict_of(const Json& json) {
  Verdict verdict;
  const auto status = json.at("status").get<std::string>();
  for (const VerdictStatus known : kStatuses) {
    if (status == to_string(known)) verdict.status = known;
  }
  verdict.reward = json.at("reward").get<double>();
  for (const auto& [name, value] : json.at("parts").items()) verdict.parts.emplace_back(name, value.get<double>());
  verdict.reason = json.at("reason").get<std::string>();
  return verdict;
}

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

struct VerdictJournal::Implementation {
  ~Implementation() {
    if (descriptor >= 0) ::close(descriptor);
  }

  [[noreturn]] void fail(const char* action) const {
    throw IoError("verdict_journal", path + ": cannot " + action + ": " + std::generic_category().message(errno));
  }

  void read(std::int64_t first_step) {
    const std::string text = read_whole_file(path);
    std::size_t begin = 0, number = 0;
    for (std::size_t end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
      ++number;
      try {
        const Json line = parse_json(std::string_view(text).substr(begin, end - begin));
        if (line.at("item").at("step").get<std::int64_t>() < first_step) continue;
        kept[text_of(line.at("item"))] = verdict_of(line.at("verdict"));
      } catch (const JsonMistake& mistake) {
        throw IoError("verdict_journal", path + ", line " + std::to_string(number) + ": " + mistake.sentence);
      } catch (const Json::exception& error) {
        throw IoError("verdict_journal", path + ", line " + std::to_string(number) + ": expected a verdict and its item, got " + error.what());
      }
    }
    if (begin != text.size() && ::truncate(path.c_str(), static_cast<off_t>(begin)) != 0) fail("cut off its half line");
  }

  Json item_of(const Rollout& rollout) const {
    return {{"purpose", purpose},          {"step", step}, {"environment", rollout.environment}, {"prompt", rollout.prompt_number}, {"sample", rollout.sample},
            {"digest", digest_of(rollout)}};
  }

  void append(std::string_view line) {
    const std::lock_guard<std::mutex> lock(mutex);
    while (!line.empty()) {
      const ssize_t count = ::write(descriptor, line.data(), line.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail("write");
      line.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  std::string path, purpose;
  std::int64_t step = 0;
  int descriptor = -1;
  std::unordered_map<std::string, Verdict> kept;  ///< By their items' text; not changed once the file is open.
  mutable std::mutex mutex;
  std::int64_t reused = 0;
};

VerdictJournal::VerdictJournal() : implementation_(std::make_unique<Implementation>()) {}
VerdictJournal::~VerdictJournal() = default;

void VerdictJournal::open(const std::string& path, std::int64_t first_step) {
  Implementation& journal = *implementation_;
  if (is_open()) throw Error("verdict_journal", "one file, " + journal.path, "another, " + path);
  journal.path = path;
  if (std::filesystem::exists(path)) journal.read(first_step);
  journal.descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (journal.descriptor < 0) journal.fail("open");
}

bool VerdictJournal::is_open() const {
  return implementation_->descriptor >= 0;
}

void VerdictJournal::begin(std::string_view purpose, std::int64_t step) {
  Implementation& journal = *implementation_;
  journal.purpose = purpose;
  journal.step = step;
  if (is_open() && ::fdatasync(journal.descriptor) != 0 && errno != EINVAL) journal.fail("fsync");
}

VerdictJournal::Entry VerdictJournal::look_up(const Rollout& rollout) {
  if (!is_open()) return {};
  Implementation& journal = *implementation_;
  Entry entry{text_of(journal.item_of(rollout)), {}};
  if (const auto found = journal.kept.find(entry.item); found != journal.kept.end()) {
    entry.kept = found->second;
    const std::lock_guard<std::mutex> lock(journal.mutex);
    ++journal.reused;
  }
  return entry;
}

Verdict VerdictJournal::keep(const Entry& entry, Verdict verdict) {
  if (entry.item.empty()) return verdict;
  try {
    implementation_->append("{\"item\":" + entry.item + ",\"verdict\":" + text_of(verdict_json(verdict)) + "}\n");
  } catch (const Error& error) {
    return Verdict::fault(error.what());
  }
  return verdict;
}

std::int64_t VerdictJournal::reused() const {
  const std::lock_guard<std::mutex> lock(implementation_->mutex);
  return implementation_->reused;
}

}  // namespace lydian
