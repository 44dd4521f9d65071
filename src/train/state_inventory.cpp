#include "lydian/train/state_inventory.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "lydian/core/durable_file.h"
#include "lydian/core/error.h"
#include "lydian/model/safetensors.h"
#include "train/checkpoint_files.h"

namespace lydian {
namespace {

using Json = nlohmann::ordered_json;

Json items_of(const std::string& path) {
  return read_checkpoint_json(path).value("items", Json::object());
}

/// The JSON text of one of the items in the file `path`.
std::string item_of(const Json& items, const std::string& name, const std::string& path) {
  if (!items.contains(name)) throw IoError("checkpoint", "an item " + name + " in " + path, "none");
  return items.at(name).dump();
}

}  // namespace

std::string StateInventory::read_text(const std::string& folder, const std::string& name) {
  const std::string path = folder + "/state.json";
  return item_of(items_of(path), name, path);
}

std::vector<std::string> StateInventory::names() const {
  std::vector<std::string> all;
  for (const Text& item : texts_) all.push_back(item.name);
  for (const Array& item : arrays_) all.push_back(item.name);
  return all;
}

void StateInventory::check_new(const std::string& name) const {
  const std::vector<std::string> taken = names();
  if (std::find(taken.begin(), taken.end(), name) != taken.end()) throw Error("state_inventory", "items of different names", "two named " + name);
}

void StateInventory::text(std::string name, std::function<std::string()> save, std::function<void(const std::string&)> load) {
  check_new(name);
  texts_.push_back({std::move(name), std::move(save), std::move(load)});
}

void StateInventory::array(std::string name, std::function<std::span<float>()> values) {
  check_new(name);
  arrays_.push_back({std::move(name), std::move(values)});
}

void StateInventory::save(const std::string& folder) const {
  std::vector<NamedTensor> tensors;
  for (const Array& item : arrays_) {
    const std::span<float> values = item.values();
    tensors.push_back({item.name, {static_cast<std::int64_t>(values.size())}, {values.begin(), values.end()}});
  }
  write_safetensors(folder + "/optimizer.safetensors", tensors);
  Json state;
  state["schema_version"] = kCheckpointSchema;
  for (const Text& item : texts_) state["items"][item.name] = Json::parse(item.save());
  write_file_durably(folder + "/state.json", state.dump(1) + "\n");
}

void StateInventory::load(const std::string& folder, const std::set<std::string>& leave_out) const {
  const std::string state_path = folder + "/state.json", tensor_path = folder + "/optimizer.safetensors";
  const Json items = items_of(state_path);
  for (const Text& item : texts_) {
    if (leave_out.contains(item.name)) continue;
    item.load(item_of(items, item.name, state_path));
  }
  std::map<std::string, NamedTensor> tensors;
  for (NamedTensor& tensor : read_safetensors(tensor_path)) tensors[tensor.name] = std::move(tensor);
  for (const Array& item : arrays_) {
    if (leave_out.contains(item.name)) continue;
    const auto found = tensors.find(item.name);
    if (found == tensors.end()) throw IoError("checkpoint", "a tensor " + item.name + " in " + tensor_path, "none");
    const std::span<float> values = item.values();
    if (found->second.values.size() != values.size()) {
      throw IoError("checkpoint", item.name + " in " + tensor_path + " with " + std::to_string(values.size()) + " values",
                    std::to_string(found->second.values.size()));
    }
    std::copy(found->second.values.begin(), found->second.values.end(), values.begin());
  }
  const std::vector<std::string> known = names();
  for (const auto& [name, value] : items.items()) {
    if (std::find(known.begin(), known.end(), name) == known.end()) throw IoError("checkpoint", "only known items in " + state_path, name);
  }
}

}  // namespace lydian
