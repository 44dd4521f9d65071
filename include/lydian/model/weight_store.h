#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace lydian {

/// One named tensor within a store.
struct WeightSegment {
  std::string name;                 ///< Hugging Face's name.
  std::vector<std::int64_t> shape;  ///< Row-major, as in a checkpoint.
  std::int64_t offset = 0;          ///< First element within values().
  std::int64_t size = 0;
  bool trainable = true;
  bool decay = true;  ///< Whether weight decay applies (matrices: yes; norms and biases: no).
};

/// Float32 weights of a policy in one flat array, their gradient and the optimizer's two moments beside them, by segments.
///
/// update() is the only way to write weights; it raises version(), which every completion records.
/// Threads: reading from any number; update() alone.
class WeightStore {
 public:
  /// Segments are laid out in the order given, each at a multiple of 16 elements; padding is zero and stays so. Throws ShapeError on equal names or empty
  /// shapes.
  explicit WeightStore(std::vector<WeightSegment> segments);

  const std::vector<WeightSegment>& segments() const { return segments_; }
  /// Throws Error naming the segment where it is absent.
  const WeightSegment& segment(std::string_view name) const;
  std::int64_t parameters() const;  ///< Without padding.

  std::span<const float> values() const { return values_; }
  std::span<const float> values(const WeightSegment& segment) const;
  std::uint64_t version() const { return version_; }
  /// Number of updates of this object: what derived copies are checked against, since restore_version() may give an older number back.
  std::uint64_t revision() const { return revision_; }
  /// Calls `write` with the flat weights and raises version() and revision().
  void update(const std::function<void(std::span<float>)>& write);

  /// Same layout as values(); allocated at first use; zero where not trainable.
  std::span<float> gradient();
  std::span<float> first_moment();
  std::span<float> second_moment();
  /// Sets version() to what a checkpoint recorded.
  void restore_version(std::uint64_t version) { version_ = version; }

  /// Lower-case SHA-256 of names, shapes and values.
  std::string sha256() const;

 private:
  std::vector<WeightSegment> segments_;
  std::vector<float> values_, gradient_, first_moment_, second_moment_;
  std::uint64_t version_ = 0, revision_ = 0;
};

}  // namespace lydian
