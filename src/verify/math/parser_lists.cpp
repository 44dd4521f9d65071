// Lists: what separates their elements, and what belongs together in them.
#include <algorithm>
#include <array>

#include "verify/math/parser_state.h"

namespace lydian::math {

bool Parser::separator(ListKind& kind, std::uint16_t& joints) {
  ListKind found = ListKind::kComma;
  const std::size_t start = at_;
  bool any = false;
  for (;; ++at_) {
    if (is(Tok::kComma)) {
      found = std::max(found, ListKind::kComma);
    } else if (is(Tok::kSemicolon)) {
      found = std::max(found, ListKind::kSemicolon);
    } else if (is(Tok::kDot) && (ahead(1).kind == Tok::kAmpersand || ahead(1).kind == Tok::kNewRow || ahead(1).kind == Tok::kEndEnvironment)) {
      // The full stop behind a row.
    } else if (!any && is_condition_in_brackets()) {
      // As if a comma stood before it.
      any = true;
      break;
    } else if (joint_of(now()) != Joint::kNone) {
      found = std::max(found, ListKind::kWord);
      if (joint_of(now()) == Joint::kOr) joints |= kOrBetween;
      if (joint_of(now()) == Joint::kAnd) joints |= kAndBetween;
    } else {
      break;
    }
    any = true;
  }
  if (!any) return false;
  if (ends_list()) {
    // A separator before an end: "1, 2,".
    if (start == at_) return false;
  }
  kind = std::max(kind, found);
  return true;
}

NodeId Parser::parse_list() {
  const Deeper deeper(*this);
  std::vector<NodeId> items{parse_relation()};
  std::vector<ListKind> before{ListKind::kComma};
  std::vector<std::uint16_t> words{0};
  ListKind kind = ListKind::kComma;
  std::uint16_t joints = 0;
  while (true) {
    ListKind between = ListKind::kComma;
    std::uint16_t joint = 0;
    const bool comma = is(Tok::kComma);
    if (!separator(between, joint) || ends_list()) break;
    kind = std::max(kind, between);
    joints |= joint;
    before.push_back(comma && between == ListKind::kWord ? ListKind::kComma : between);
    words.push_back(joint);
    items.push_back(parse_relation());
  }
  spread_not_equal(items, words);
  if (items.size() == 1) return items[0];
  if ((joints & kOrBetween) == 0 && std::all_of(items.begin(), items.end(), [&](NodeId item) { return is_not_equal(item); })) joints |= kAndBetween;
  before.resize(items.size(), ListKind::kComma);
  if (joints == (kOrBetween | kAndBetween) && std::find(words.begin() + 1, words.end(), 0) == words.end()) return join_conditions(items, words);
  return group_list(items, before, kind, joints);
}

bool Parser::is_not_equal(NodeId id) const {
  return tree_.is(id, Op::kRelation) && tree_[id].count == 2 && tree_.relations(id)[0] == Relation::kNotEqual && tree_.is(tree_.child(id, 0), Op::kSymbol);
}

// x \ne 2, 3 and x \ne \pm 1 say of each value that x is another.
void Parser::spread_not_equal(std::vector<NodeId>& items, std::vector<std::uint16_t>& words) {
  if (!is_not_equal(items[0])) return;
  const NodeId letter = tree_.child(items[0], 0);
  const auto not_equal = [&](NodeId value) { return tree_.add(Op::kRelation, {letter, value}, tree_.add_relations(std::array{Relation::kNotEqual})); };
  std::vector<NodeId> spread;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const NodeId item = items[i];
    const NodeId value = is_not_equal(item) ? tree_.child(item, 1) : item;
    if (i > 0 && item == value && (!is_scalar(tree_, item) || (words[i] & kOrBetween) != 0)) return;
    if (tree_.is(value, Op::kPlusMinus) && tree_[value].count == 1) {
      spread.push_back(not_equal(tree_.child(value, 0)));
      spread.push_back(not_equal(tree_.add(Op::kNegate, {tree_.child(value, 0)})));
    } else {
      spread.push_back(item == value ? not_equal(value) : item);
    }
  }
  items = std::move(spread);
  words.resize(items.size(), 0);
}

// x < -3 or x > -1 and x < 2: "and" binds tighter.
NodeId Parser::join_conditions(const std::vector<NodeId>& items, const std::vector<std::uint16_t>& words) {
  constexpr auto kWord = static_cast<std::uint8_t>(ListKind::kWord);
  std::vector<NodeId> alternatives, all{items[0]};
  for (std::size_t i = 1; i <= items.size(); ++i) {
    if (i < items.size() && (words[i] & kOrBetween) == 0) {
      all.push_back(items[i]);
      continue;
    }
    alternatives.push_back(all.size() == 1 ? all[0] : tree_.add(Op::kList, all, 0, kWord, kAndBetween));
    if (i < items.size()) all.assign(1, items[i]);
  }
  return tree_.add(Op::kList, alternatives, 0, kWord, kOrBetween);
}

// 1, 2; 3, 4 is a list of two lists, and so is p = 5, q = 2 and p = 7, q = 2.
NodeId Parser::group_list(const std::vector<NodeId>& items, const std::vector<ListKind>& before, ListKind kind, std::uint16_t joints) {
  const bool semicolons = std::find(before.begin() + 1, before.end(), ListKind::kSemicolon) != before.end();
  const ListKind outer = semicolons ? ListKind::kSemicolon : ListKind::kWord;
  std::vector<std::vector<NodeId>> groups(1);
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0 && before[i] == outer) groups.emplace_back();
    groups.back().push_back(items[i]);
  }
  const bool alike =
      groups.size() > 1 && groups[0].size() > 1 && std::all_of(groups.begin(), groups.end(), [&](const auto& g) { return g.size() == groups[0].size(); });
  const bool named = std::all_of(items.begin(), items.end(), [&](NodeId item) { return tree_.is(item, Op::kRelation); });
  if (!alike || (!semicolons && !named)) return tree_.add(Op::kList, items, 0, static_cast<std::uint8_t>(kind), joints);
  std::vector<NodeId> lists;
  for (const auto& group : groups) lists.push_back(tree_.add(Op::kList, group));
  return tree_.add(Op::kList, lists, 0, static_cast<std::uint8_t>(ListKind::kSemicolon));
}

}  // namespace lydian::math
