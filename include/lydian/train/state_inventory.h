#pragma once

#include <functional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace lydian {

/// Everything that a resumed run needs, in one list: what is not in it is lost, what is in it is saved and loaded by it, and a test leaves out each item in
/// turn.
///
/// Small items are JSON text in state.json; arrays are tensors in optimizer.safetensors. The policy's weights are model.safetensors beside them.
class StateInventory {
 public:
  /// A small item. `save` gives JSON text; `load` reads what save gave. Throws Error where the name is taken.
  void text(std::string name, std::function<std::string()> save, std::function<void(const std::string&)> load);
  /// An array of floats whose size is known when loading.
  void array(std::string name, std::function<std::span<float>()> values);

  std::vector<std::string> names() const;
  /// Writes state.json and optimizer.safetensors into an existing folder.
  void save(const std::string& folder) const;
  /// Reads them back, all items but those in `leave_out` (tests). Throws IoError naming the file and the item that is missing, unknown or of another size.
  void load(const std::string& folder, const std::set<std::string>& leave_out = {}) const;
  /// The JSON text of one item of a saved state, without loading it. Throws IoError where it is absent.
  static std::string read_text(const std::string& folder, const std::string& name);

 private:
  struct Text {
    std::string name;
    std::function<std::string()> save;
    std::function<void(const std::string&)> load;
  };
  struct Array {
    std::string name;
    std::function<std::span<float>()> values;
  };
  /// Throws Error where an item has this name.
  void check_new(const std::string& name) const;

  std::vector<Text> texts_;
  std::vector<Array> arrays_;
};

}  // namespace lydian
