#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lydian::code {

/// A Python value as it crosses the border of a cell: exact built-in types and nothing that can act.
///
/// Written as JSON; what JSON lacks is tagged {"__t__": "tuple" | "set" | "frozenset" | "int" | "float" | "complex" | "bytes" | "dict", "v": …}. A JSON number
/// with a point or an exponent is a float, one without is an int of any length.
struct DataValue {
  enum class Kind { kNone, kBool, kInt, kFloat, kComplex, kString, kBytes, kList, kTuple, kSet, kFrozenset, kDict };

  Kind kind = Kind::kNone;
  bool truth = false;             ///< kBool
  std::string text;               ///< kInt: canonical decimal digits with a sign; kString (UTF-8), kBytes.
  double real = 0.0, imag = 0.0;  ///< kFloat, kComplex
  std::vector<DataValue> items;   ///< Elements; a kDict's keys and values by turns.

  bool is_sequence() const { return kind == Kind::kList || kind == Kind::kTuple; }
  bool is_real() const { return kind == Kind::kBool || kind == Kind::kInt || kind == Kind::kFloat; }
};

/// Why a text is no value.
struct DataMistake {
  std::string sentence;
};

/// What a reader takes: the text of a hostile value is bounded before anything is made of it.
struct DataLimits {
  std::size_t bytes = std::size_t{64} << 20;
  std::size_t depth = 808;        ///< Of JSON: 400 tagged values inside of one another, each an object and a list.
  std::size_t nodes = 1'000'000;  ///< Values inside of values, all counted: each costs some hundred bytes.
};

/// Throws DataMistake for anything that is not one value: broken or doubled JSON, an unknown tag, a key twice, too long, too deep. Linear in time and memory.
DataValue read_data_value(std::string_view json, const DataLimits& limits = {});

/// A text that two values share exactly where Python's == holds between them: 1 == 1.0 == True, [1] != (1,), sets and dicts without order. Nothing where
/// the value contains a NaN, which equals nothing.
std::optional<std::string> equality_key(const DataValue& value);

/// Python's ==.
bool python_equal(const DataValue& a, const DataValue& b);
/// Python's bool().
bool python_truth(const DataValue& value);
/// Python's set(): the equality keys of the elements (a dict's keys, a string's characters), in order and once each; nothing where there is no such set.
std::optional<std::vector<std::string>> python_set(const DataValue& value);
/// The value of a real number as a double; an int beyond the doubles is infinite.
double real_value(const DataValue& value);

/// The value as Python would write it, shortened for a message.
std::string shown(const DataValue& value);

}  // namespace lydian::code
