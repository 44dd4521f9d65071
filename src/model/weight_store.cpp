#include "lydian/model/weight_store.h"

#include <set>
#include <string_view>

#include "lydian/core/error.h"
#include "lydian/core/sha256.h"

namespace lydian {
namespace {

constexpr std::int64_t kSegmentAlignment = 16;

std::int64_t elements(const WeightSegment& segment) {
  std::int64_t size = segment.shape.empty() ? 0 : 1;
  for (const std::int64_t extent : segment.shape) {
    if (extent <= 0) throw ShapeError("weight_store", "extents of at least 1 in " + segment.name, std::to_string(extent));
    size *= extent;
  }
  if (size == 0) throw ShapeError("weight_store", "a shape for " + segment.name, "none");
  return size;
}

}  // namespace

WeightStore::WeightStore(std::vector<WeightSegment> segments) : segments_(std::move(segments)) {
  std::set<std::string_view> names;
  std::int64_t offset = 0;
  for (WeightSegment& segment : segments_) {
    if (!names.insert(segment.name).second) throw ShapeError("weight_store", "different segment names", "two of " + segment.name);
    segment.size = elements(segment);
    segment.offset = offset;
    offset += (segment.size + kSegmentAlignment - 1) / kSegmentAlignment * kSegmentAlignment;
  }
  values_.assign(static_cast<std::size_t>(offset), 0.0F);
}

const WeightSegment& WeightStore::segment(std::string_view name) const {
  for (const WeightSegment& segment : segments_) {
    if (segment.name == name) return segment;
  }
  throw Error("weight_store", "a segment of this policy", std::string(name));
}

std::int64_t WeightStore::parameters() const {
  std::int64_t sum = 0;
  for (const WeightSegment& segment : segments_) sum += segment.size;
  return sum;
}

std::span<const float> WeightStore::values(const WeightSegment& segment) const {
  return std::span<const float>(values_).subspan(static_cast<std::size_t>(segment.offset), static_cast<std::size_t>(segment.size));
}

void WeightStore::update(const std::function<void(std::span<float>)>& write) {
  ++version_;
  ++revision_;  // First: if `write` throws half way, copies of the old weights must not pass for the new ones.
  write(values_);
}

std::span<float> WeightStore::gradient() {
  gradient_.resize(values_.size(), 0.0F);
  return gradient_;
}

std::span<float> WeightStore::first_moment() {
  first_moment_.resize(values_.size(), 0.0F);
  return first_moment_;
}

std::span<float> WeightStore::second_moment() {
  second_moment_.resize(values_.size(), 0.0F);
  return second_moment_;
}

std::string WeightStore::sha256() const {
  Sha256 digest;
  for (const WeightSegment& segment : segments_) {
    digest.add(segment.name.data(), segment.name.size() + 1);  // With its terminator, so that names and shapes cannot trade bytes.
    digest.add(segment.shape.data(), segment.shape.size() * sizeof(std::int64_t));
    digest.add(values(segment).data(), values(segment).size_bytes());
  }
  return digest.hex();
}

}  // namespace lydian
