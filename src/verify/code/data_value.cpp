#include "verify/code/data_value.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

namespace lydian::code {
namespace {

using Kind = DataValue::Kind;

DataValue of_kind(Kind kind) {
  DataValue value;
  value.kind = kind;
  return value;
}
DataValue of_text(Kind kind, std::string text) {
  DataValue value = of_kind(kind);
  value.text = std::move(text);
  return value;
}
DataValue of_float(double real) {
  DataValue value = of_kind(Kind::kFloat);
  value.real = real;
  return value;
}

// "-007" is "-7" and "-0" is "0". Throws where the text is no integer.
std::string canonical_integer(std::string_view text) {
  const bool negative = text.starts_with('-');
  std::string_view digits = text.substr(negative ? 1 : 0);
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) throw DataMistake{"an int that is no decimal number"};
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size() - 1));
  return (negative && digits != "0" ? "-" : "") + std::string(digits);
}

double float_of(std::string_view text) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (text == "inf") return kInfinity;
  if (text == "-inf") return -kInfinity;
  if (text == "nan") return std::numeric_limits<double>::quiet_NaN();
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || end != text.data() + text.size() || error != std::errc()) throw DataMistake{"a float that cannot be read"};
  return value;
}

const DataValue& required(const DataValue& value, Kind kind, const char* what) {
  if (value.kind != kind) throw DataMistake{what};
  return value;
}

double component(const DataValue& value) {
  if (!value.is_real()) throw DataMistake{"a complex of something that is no number"};
  return value.kind == Kind::kFloat ? value.real : real_value(value);
}

bool hashable(const DataValue& value) {
  if (value.kind == Kind::kList || value.kind == Kind::kSet || value.kind == Kind::kDict) return false;
  return value.kind != Kind::kTuple || std::all_of(value.items.begin(), value.items.end(), hashable);
}

DataValue untagged(const std::string& tag, DataValue content) {
  if (tag == "int") return of_text(Kind::kInt, canonical_integer(required(content, Kind::kString, "an int that is no text").text));
  if (tag == "float") return of_float(float_of(required(content, Kind::kString, "a float that is no text").text));
  required(content, Kind::kList, "a tagged value without its list");
  if (tag == "complex") {
    if (content.items.size() != 2) throw DataMistake{"a complex without two parts"};
    // A part may itself be a tagged float: complex('nan').
    DataValue value = of_kind(Kind::kComplex);
    value.real = component(content.items[0]);
    value.imag = component(content.items[1]);
    return value;
  }
  if (tag == "bytes") {
    std::string bytes;
    for (const DataValue& item : content.items) {
      const double byte = item.kind == Kind::kInt ? real_value(item) : -1.0;
      if (!(byte >= 0.0 && byte <= 255.0)) throw DataMistake{"a byte that is none"};
      bytes += static_cast<char>(static_cast<unsigned char>(byte));
    }
    return of_text(Kind::kBytes, std::move(bytes));
  }
  if (tag == "dict") {
    DataValue value = of_kind(Kind::kDict);
    for (DataValue& pair : content.items) {
      if (pair.kind != Kind::kList || pair.items.size() != 2) throw DataMistake{"a dict's entry that is no pair"};
      if (!hashable(pair.items[0])) throw DataMistake{"a dict's key that cannot be one"};
      value.items.push_back(std::move(pair.items[0]));
      value.items.push_back(std::move(pair.items[1]));
    }
    return value;
  }
  for (const auto& [name, kind] : {std::pair{"tuple", Kind::kTuple}, {"set", Kind::kSet}, {"frozenset", Kind::kFrozenset}}) {
    if (tag != name) continue;
    if (kind != Kind::kTuple && !std::all_of(content.items.begin(), content.items.end(), hashable)) throw DataMistake{"a set of what cannot be in one"};
    content.kind = kind;
    return content;
  }
  throw DataMistake{"the unknown tag \"" + tag + "\""};
}

/// Builds the value from the parser's events, so that depth is bounded and no number is rounded on its way.
class Builder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit Builder(const DataLimits& limits) : limits_(limits) { frames_.push_back({of_kind(Kind::kList), {}}); }

  DataValue result() { return std::move(frames_.front().value.items.front()); }

  bool null() override { return add(DataValue()); }
  bool boolean(bool truth) override {
    DataValue value = of_kind(Kind::kBool);
    value.truth = truth;
    return add(std::move(value));
  }
  bool number_integer(number_integer_t number) override { return add(of_text(Kind::kInt, std::to_string(number))); }
  bool number_unsigned(number_unsigned_t number) override { return add(of_text(Kind::kInt, std::to_string(number))); }
  // Also what has no point but does not fit into 64 bits: an int all the same.
  bool number_float(number_float_t number, const string_t& text) override {
    if (text.find_first_of(".eE") == std::string::npos) return add(of_text(Kind::kInt, canonical_integer(text)));
    return add(of_float(number));
  }
  bool string(string_t& text) override { return add(of_text(Kind::kString, std::move(text))); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Kind::kDict); }
  bool start_array(std::size_t) override { return open(Kind::kList); }
  bool key(string_t& text) override {
    if (!frames_.back().keys.insert(text).second) throw DataMistake{"the key \"" + text.substr(0, 40) + "\" twice"};
    frames_.back().value.items.push_back(of_text(Kind::kString, std::move(text)));
    return true;
  }
  bool end_array() override { return close(); }
  bool end_object() override {
    Frame& frame = frames_.back();
    if (frame.keys.contains("__t__")) {
      std::vector<DataValue>& items = frame.value.items;
      if (items.size() != 4 || !frame.keys.contains("v")) throw DataMistake{"a tagged value of something else than a tag and its v"};
      const std::size_t tag_at = items[0].text == "__t__" ? 1 : 3;
      const std::string tag = required(items[tag_at], Kind::kString, "a tag that is no text").text;
      DataValue content = std::move(items[4 - tag_at]);
      frame.value = untagged(tag, std::move(content));
    }
    return close();
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception& error) override {
    // A number beyond the doubles comes here too.
    throw DataMistake{"broken JSON at byte " + std::to_string(position) + " (" + std::to_string(error.id) + ")"};
  }

 private:
  struct Frame {
    DataValue value;
    std::set<std::string> keys;
  };

  bool add(DataValue value) {
    if (++nodes_ > limits_.nodes) throw DataMistake{"a value of more than " + std::to_string(limits_.nodes) + " parts"};
    frames_.back().value.items.push_back(std::move(value));
    return true;
  }
  bool open(Kind kind) {
    if (frames_.size() > limits_.depth) throw DataMistake{"a value nested deeper than " + std::to_string(limits_.depth)};
    frames_.push_back({of_kind(kind), {}});
    return true;
  }
  bool close() {
    DataValue value = std::move(frames_.back().value);
    frames_.pop_back();
    return add(std::move(value));
  }

  const DataLimits limits_;
  std::size_t nodes_ = 0;
  std::vector<Frame> frames_;
};

void append_sized(std::string& out, char mark, std::string_view text) {
  out += mark;
  out += std::to_string(text.size());
  out += ':';
  out += text;
}

// Equal numbers of all types share a key: their decimal digits where the number is whole, else the shortest text that names the double.
bool append_real(std::string& out, double value) {
  if (std::isnan(value)) return false;
  if (std::isinf(value)) {
    out += value > 0 ? "f+" : "f-";
    return true;
  }
  char text[400];
  const bool whole = std::trunc(value) == value;
  const auto end = whole ? std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, 0).ptr : std::to_chars(text, text + sizeof text, value).ptr;
  const std::string_view digits(text, static_cast<std::size_t>(end - text));
  append_sized(out, whole ? 'i' : 'f', whole ? canonical_integer(digits) : std::string(digits));
  return true;
}

bool append_key(std::string& out, const DataValue& value);

// The elements' keys, sorted and once each: two sets are equal where their sorted elements are.
bool append_unordered(std::string& out, const std::vector<DataValue>& items) {
  std::set<std::string> keys;
  for (const DataValue& item : items) {
    std::string key;
    if (!append_key(key, item)) return false;
    keys.insert(std::move(key));
  }
  for (const std::string& key : keys) append_sized(out, ',', key);
  return true;
}

bool append_dict(std::string& out, const std::vector<DataValue>& items) {
  std::vector<std::pair<std::string, std::string>> entries(items.size() / 2);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!append_key(entries[i].first, items[2 * i]) || !append_key(entries[i].second, items[2 * i + 1])) return false;
  }
  std::sort(entries.begin(), entries.end());
  for (const auto& [key, entry] : entries) {
    append_sized(out, 'k', key);
    append_sized(out, 'v', entry);
  }
  return true;
}

bool append_key(std::string& out, const DataValue& value) {
  switch (value.kind) {
    case Kind::kNone:
      out += 'N';
      return true;
    case Kind::kBool:
      append_sized(out, 'i', value.truth ? "1" : "0");
      return true;
    case Kind::kInt:
      append_sized(out, 'i', value.text);
      return true;
    case Kind::kFloat:
      return append_real(out, value.real);
    case Kind::kComplex:
      if (value.imag == 0.0) return append_real(out, value.real);
      out += 'c';
      return append_real(out, value.real) && append_real(out, value.imag);
    case Kind::kString:
      append_sized(out, 's', value.text);
      return true;
    case Kind::kBytes:
      append_sized(out, 'b', value.text);
      return true;
    case Kind::kSet:
    case Kind::kFrozenset:
      out += '{';
      if (!append_unordered(out, value.items)) return false;
      out += '}';
      return true;
    case Kind::kDict:
      out += 'd';
      if (!append_dict(out, value.items)) return false;
      out += '}';
      return true;
    case Kind::kList:
    case Kind::kTuple:
      break;
  }
  out += value.kind == Kind::kList ? '[' : '(';
  for (const DataValue& item : value.items) {
    if (!append_key(out, item)) return false;
  }
  out += value.kind == Kind::kList ? ']' : ')';
  return true;
}

std::vector<DataValue> elements(const DataValue& value) {
  std::vector<DataValue> list;
  if (value.kind == Kind::kString) {
    for (const char c : value.text) {
      const bool continues = (static_cast<unsigned char>(c) & 0xC0) == 0x80 && !list.empty();
      if (!continues) list.push_back(of_kind(Kind::kString));
      list.back().text += c;
    }
  } else if (value.kind == Kind::kBytes) {
    for (const char c : value.text) list.push_back(of_text(Kind::kInt, std::to_string(static_cast<unsigned char>(c))));
  } else if (value.kind == Kind::kDict) {
    for (std::size_t i = 0; i < value.items.size(); i += 2) list.push_back(value.items[i]);
  } else {
    list = value.items;
  }
  return list;
}

void show(const DataValue& value, std::string& out, std::size_t limit) {
  if (out.size() > limit) return;
  switch (value.kind) {
    case Kind::kNone:
      out += "None";
      return;
    case Kind::kBool:
      out += value.truth ? "True" : "False";
      return;
    case Kind::kInt:
      out += value.text.substr(0, limit);
      return;
    case Kind::kFloat:
    case Kind::kComplex: {
      out += nlohmann::json(value.real).dump();
      if (value.kind == Kind::kComplex) out += " + " + nlohmann::json(value.imag).dump() + "j";
      return;
    }
    case Kind::kString:
    case Kind::kBytes:
      out += value.kind == Kind::kBytes ? "b" : "";
      out += nlohmann::json(value.text.substr(0, limit)).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
      return;
    default:
      break;
  }
  const char* const brackets = value.kind == Kind::kList ? "[]" : value.kind == Kind::kTuple ? "()" : "{}";
  out += brackets[0];
  for (std::size_t i = 0; i < value.items.size() && out.size() <= limit; ++i) {
    if (i > 0) out += value.kind == Kind::kDict && i % 2 == 1 ? ": " : ", ";
    show(value.items[i], out, limit);
  }
  out += brackets[1];
}

}  // namespace

DataValue read_data_value(std::string_view json, const DataLimits& limits) {
  if (json.size() > limits.bytes) throw DataMistake{"a value of more than " + std::to_string(limits.bytes) + " bytes"};
  Builder builder(limits);
  if (!nlohmann::json::sax_parse(json, &builder)) throw DataMistake{"no JSON"};
  return builder.result();
}

std::optional<std::string> equality_key(const DataValue& value) {
  std::string key;
  if (!append_key(key, value)) return std::nullopt;
  return key;
}

bool python_equal(const DataValue& a, const DataValue& b) {
  const std::optional<std::string> key = equality_key(a);
  return key && key == equality_key(b);
}

bool python_truth(const DataValue& value) {
  switch (value.kind) {
    case Kind::kNone:
      return false;
    case Kind::kBool:
      return value.truth;
    case Kind::kInt:
      return value.text != "0";
    case Kind::kFloat:
      return value.real != 0.0;
    case Kind::kComplex:
      return value.real != 0.0 || value.imag != 0.0;
    case Kind::kString:
    case Kind::kBytes:
      return !value.text.empty();
    default:
      return !value.items.empty();
  }
}

std::optional<std::vector<std::string>> python_set(const DataValue& value) {
  const bool iterable = value.kind >= Kind::kString;
  if (!iterable) return std::nullopt;
  std::set<std::string> keys;
  for (const DataValue& element : elements(value)) {
    std::optional<std::string> key = equality_key(element);
    if (!key || !hashable(element)) return std::nullopt;
    keys.insert(std::move(*key));
  }
  return std::vector<std::string>(keys.begin(), keys.end());
}

double real_value(const DataValue& value) {
  if (value.kind == Kind::kBool) return value.truth ? 1.0 : 0.0;
  if (value.kind != Kind::kInt) return value.real;
  double number = 0.0;
  const auto [end, error] = std::from_chars(value.text.data(), value.text.data() + value.text.size(), number);
  if (error == std::errc()) return number;
  return value.text.starts_with('-') ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
}

std::string shown(const DataValue& value) {
  constexpr std::size_t kLongest = 100;
  std::string text;
  show(value, text, kLongest);
  if (text.size() <= kLongest) return text;
  std::size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

}  // namespace lydian::code
