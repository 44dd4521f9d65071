#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "verify/math/lexer.h"
#include "verify/math/parser.h"
#include "verify/math/tree.h"

namespace lydian::math {

/// The text is no expression. Never leaves this folder.
struct ParseError {
  std::string what;
};

/// What stands between two elements of a list.
enum class Joint : std::uint8_t { kNone, kComma, kOr, kAnd };

Joint joint_of(const Token& token);
/// The three corners behind \angle and \triangle.
bool is_corners(const Token& token);
/// \sim and \cong, which pair the corners of triangles.
bool is_correspondence(const Token& token);

/// A Pratt parser written out by levels: lists, relations, set operations, ratios, sums, products, powers, primaries. Every nesting counts towards max_depth.
class Parser {
 public:
  Parser(Lexed& lexed, const ReadOptions& options, Tree& tree) : lexed_(lexed), tokens_(lexed.tokens), options_(options), tree_(tree) {}
  NodeId parse_all();

 private:
  struct Deeper {
    explicit Deeper(Parser& parser) : parser_(parser) {
      if (++parser_.depth_ > parser_.options_.max_depth) throw LimitExceeded{"nested too deep"};
    }
    ~Deeper() { --parser_.depth_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;
    Parser& parser_;
  };

  /// What stands between brackets, bars or braces is read for itself; the state around it comes back at its end.
  struct Inside {
    explicit Inside(Parser& parser, bool angle = false)
        : parser_(parser),
          bars_(std::exchange(parser.open_bars_, 0)),
          in_function_(std::exchange(parser.in_function_, false)),
          in_argument_(parser.in_argument_),
          in_angle_(std::exchange(parser.in_angle_, angle)) {}
    ~Inside() {
      parser_.open_bars_ = bars_;
      parser_.in_function_ = in_function_;
      parser_.in_argument_ = in_argument_;
      parser_.in_angle_ = in_angle_;
    }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
    Parser& parser_;
    int bars_;
    bool in_function_, in_argument_, in_angle_;
  };

  // parser_lists.cpp: what commas, semicolons and words join.
  NodeId parse_list();
  NodeId group_list(const std::vector<NodeId>& items, const std::vector<ListKind>& before, ListKind kind, std::uint16_t joints);
  NodeId join_conditions(const std::vector<NodeId>& items, const std::vector<std::uint16_t>& words);
  bool is_not_equal(NodeId id) const;
  void spread_not_equal(std::vector<NodeId>& items, std::vector<std::uint16_t>& words);
  bool separator(ListKind& kind, std::uint16_t& joints);

  // parser.cpp: levels.
  NodeId parse_relation();
  std::size_t named_side() const;
  NodeId parse_side();
  NodeId parse_set();
  bool is_set_minus(NodeId left) const;
  bool is_condition_in_brackets() const;
  NodeId parse_ratio();
  NodeId parse_sum();
  NodeId parse_product();
  bool is_cross_product(const std::vector<NodeId>& factors) const;
  NodeId parse_unary();
  NodeId parse_factor();
  NodeId parse_postfix(NodeId base);
  NodeId parse_exponent();
  NodeId parse_script(NodeId base);
  NodeId based_number(std::string_view digits, std::string_view script);
  bool starts_factor() const;
  bool unit_run_follows() const;
  bool unit_follows() const;
  bool between_values() const;
  bool joins_numbers() const;
  NodeId parse_joined_numbers(NodeId left);
  NodeId parse_unit(NodeId value);
  NodeId try_mixed(NodeId whole);
  NodeId multiply(std::vector<NodeId>& factors, NodeId next);
  NodeId divide(NodeId above, NodeId below);

  // parser_primary.cpp: what stands alone.
  NodeId parse_primary();
  NodeId parse_number();
  static std::size_t known_prefix(std::string_view word);
  NodeId letter(std::string_view name);
  NodeId corners(std::string_view kind);
  void match_corners(std::vector<NodeId>& triangles);
  NodeId parse_text();
  NodeId parse_open();
  NodeId parse_inside(Delimiter delimiter);
  NodeId parse_spaced_matrix();
  bool is_set_builder(Delimiter delimiter) const;
  NodeId parse_bars();
  NodeId parse_fraction();
  NodeId parse_root();
  NodeId parse_argument(bool formula = true);
  NodeId parse_function(Function function);
  NodeId parse_function_argument();
  std::vector<NodeId> parse_call_arguments();
  NodeId parse_angle();
  NodeId parse_unknown_function(std::string_view name);
  NodeId parse_sum_sign(bool product);
  NodeId parse_opaque(std::string_view name);
  NodeId parse_environment();
  NodeId parse_rows(std::string_view environment, bool matrix);
  std::size_t end_of_environment() const;
  void join_aligned_cells(bool lines);
  NodeId parse_cell(bool condition);
  std::string script_text();
  NodeId apply_function(Function function, std::vector<NodeId> arguments);

  // parser_words.cpp: words of plain text.
  NodeId parse_word();
  NodeId parse_left_script();
  NodeId split_word(std::string_view word);
  NodeId indexed(std::string_view name);
  std::size_t inverse_mark() const;
  std::string prime_marks();
  bool can_be_called(std::string_view name) const;
  NodeId parse_named_call(std::string_view name);
  NodeId parse_named_structure(std::string_view name, const std::vector<NodeId>& arguments);
  NodeId named_matrix(const std::vector<NodeId>& arguments);

  NodeId ungroup(NodeId id) const;
  bool is_small_integer(NodeId id) const;

  const Token& now() const { return tokens_[at_]; }
  const Token& ahead(std::size_t n) const { return tokens_[std::min(at_ + n, tokens_.size() - 1)]; }
  bool is(Tok kind) const { return now().kind == kind; }
  bool is_open(Delimiter delimiter) const { return is(Tok::kOpen) && now().payload == static_cast<std::uint32_t>(delimiter); }
  bool is_close(Delimiter delimiter) const { return is(Tok::kClose) && now().payload == static_cast<std::uint32_t>(delimiter); }
  bool ends_list() const { return is(Tok::kEnd) || is(Tok::kClose) || ends_cell(); }
  bool ends_cell() const { return is(Tok::kAmpersand) || is(Tok::kNewRow) || is(Tok::kEndEnvironment); }
  bool take(Tok kind) {
    if (!is(kind)) return false;
    ++at_;
    return true;
  }
  [[noreturn]] void fail(const char* what) const;
  void expect_close(Delimiter delimiter);

  Lexed& lexed_;
  std::vector<Token>& tokens_;
  const ReadOptions& options_;
  Tree& tree_;
  std::size_t at_ = 0;
  std::int64_t depth_ = 0;
  int open_bars_ = 0;
  int bound_i_ = 0;           ///< Inside sums over i, where i is a number and not the imaginary unit.
  bool in_argument_ = false;  ///< Of a fraction, a root or a function: four letters are a product there, and no word.
  bool in_angle_ = false;     ///< Between < and >, the brackets of a vector.
  bool in_function_ = false;  ///< Reading the bare argument of a function: another function ends it.
};

}  // namespace lydian::math
