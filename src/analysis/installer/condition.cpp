#include "analysis/installer/condition.hpp"

#include <algorithm>
#include <cstdint>

#include "core/ascii.hpp"
#include "core/text.hpp"

namespace tq::analysis::installer {

/// `word` of a leaf: a property, or a literal. A bare leaf is true when its property has a value (a number: is not 0).
struct Operand {
  std::string text;
  enum class Kind { property, number, string, outside } kind = Kind::property;  ///< outside: features, components, %environment
};

struct Condition::Node {
  enum class Kind { atom, negation, conjunction, disjunction, exclusive, equivalence, implication } kind = Kind::atom;
  std::unique_ptr<Node> left, right;
  Operand a, b;
  std::string compare;   ///< "=", "<>", "~=", ...; empty: a bare operand
  std::size_t atom = 0;  ///< index among the atoms that are told apart
  std::string key;
};

Condition::Condition() = default;
Condition::Condition(Condition&&) noexcept = default;
Condition& Condition::operator=(Condition&&) noexcept = default;
Condition::~Condition() = default;

namespace {

using Node = Condition::Node;
using NodeKind = Node::Kind;

constexpr std::size_t kMostText = std::size_t{64} * 1024, kMostUnknowns = 14;
constexpr int kDepth = 64;

bool is_word(char c) { return is_alnum(c) || c == '_' || c == '.'; }

bool is_operator(std::string_view word) {
  for (const char* op : {"NOT", "AND", "OR", "XOR", "EQV", "IMP"})
    if (iequals(word, op)) return true;
  return false;
}

std::optional<std::int64_t> integer(std::string_view s) {
  const bool negative = s.starts_with('-');
  std::uint64_t n = 0;
  if (!parse_u64(s.substr(negative ? 1 : 0), n) || n > INT32_MAX) return std::nullopt;
  return negative ? -static_cast<std::int64_t>(n) : static_cast<std::int64_t>(n);
}

template <class T>
bool ordered(std::string_view op, const T& a, const T& b) {
  if (op == "=") return a == b;
  if (op == "<>") return a != b;
  if (op == "<") return a < b;
  if (op == ">") return a > b;
  if (op == "<=") return a <= b;
  return a >= b;
}

bool compare_texts(std::string op, std::string a, std::string b) {
  if (op.starts_with('~')) {
    op.erase(0, 1);
    a = lower_ascii(a);
    b = lower_ascii(b);
  }
  if (op == "><") return a.find(b) != std::string::npos;
  if (op == "<<") return a.starts_with(b);
  if (op == ">>") return a.ends_with(b);
  return ordered(op, a, b);
}

bool compare_numbers(std::string op, std::int64_t a, std::int64_t b) {
  if (op.starts_with('~')) op.erase(0, 1);
  if (op == "><") return (a & b) != 0;
  if (op == "<<") return (a >> 16 & 0xFFFF) == b;
  if (op == ">>") return (a & 0xFFFF) == b;
  return ordered(op, a, b);
}

/// A text beside a number is a number too, or differs from every one.
bool compare_operands(const std::string& op, const Operand& a, const std::string& x, const Operand& b, const std::string& y) {
  const bool numeric = a.kind == Operand::Kind::number || b.kind == Operand::Kind::number;
  if (!numeric) return compare_texts(op, x, y);
  const auto m = integer(x), n = integer(y);
  return m && n ? compare_numbers(op, *m, *n) : op.ends_with("<>");
}

/// What an atom says on one build: nullopt when that is not known.
struct Said {
  std::optional<bool> truth;
  bool depends = false;  ///< it names something that depends on the build
};

Said evaluate(const Node& atom, const Values& values) {
  Said said;
  const auto value = [&](const Operand& o) -> std::optional<std::string> {
    if (o.kind == Operand::Kind::number || o.kind == Operand::Kind::string) return o.text;
    const auto it = o.kind == Operand::Kind::property ? values.find(o.text) : values.end();
    if (it == values.end()) return std::nullopt;
    said.depends = true;
    return it->second;
  };
  const auto a = value(atom.a);
  if (atom.compare.empty()) {
    if (a) said.truth = atom.a.kind == Operand::Kind::number ? integer(*a).value_or(0) != 0 : !a->empty();
    return said;
  }
  const auto b = value(atom.b);
  if (a && b) said.truth = compare_operands(atom.compare, atom.a, *a, atom.b, *b);
  return said;
}

bool holds(const Node& n, const std::vector<bool>& atoms) {
  switch (n.kind) {
    case NodeKind::atom: return atoms[n.atom];
    case NodeKind::negation: return !holds(*n.left, atoms);
    case NodeKind::conjunction: return holds(*n.left, atoms) && holds(*n.right, atoms);
    case NodeKind::disjunction: return holds(*n.left, atoms) || holds(*n.right, atoms);
    case NodeKind::exclusive: return holds(*n.left, atoms) != holds(*n.right, atoms);
    case NodeKind::equivalence: return holds(*n.left, atoms) == holds(*n.right, atoms);
    case NodeKind::implication: return !holds(*n.left, atoms) || holds(*n.right, atoms);
  }
  return false;
}

}  // namespace

class Parser {
 public:
  explicit Parser(std::string_view text) : s_(text) {}

  std::optional<Condition> whole() {
    Condition c;
    c.root_ = level(0, 0);
    space();
    if (!c.root_ || at_ != s_.size()) return std::nullopt;
    number_atoms(*c.root_, c);
    return c;
  }

 private:
  struct Level {
    const char* word;
    NodeKind kind;
  };
  // Loosest first.
  static constexpr Level kLevels[] = {{"IMP", NodeKind::implication},
                                      {"EQV", NodeKind::equivalence},
                                      {"XOR", NodeKind::exclusive},
                                      {"OR", NodeKind::disjunction},
                                      {"AND", NodeKind::conjunction}};

  void space() {
    while (at_ < s_.size() && (s_[at_] == ' ' || s_[at_] == '\t' || s_[at_] == '\r' || s_[at_] == '\n')) ++at_;
  }
  bool keyword(std::string_view word) {
    space();
    if (!istarts_with(s_.substr(at_), word)) return false;
    const std::size_t end = at_ + word.size();
    if (end < s_.size() && is_word(s_[end])) return false;
    at_ = end;
    return true;
  }

  std::unique_ptr<Node> level(std::size_t i, int depth) {
    if (depth > kDepth) return nullptr;
    if (i == std::size(kLevels)) return unary(depth);
    auto left = level(i + 1, depth);
    while (left && keyword(kLevels[i].word)) {
      auto node = std::make_unique<Node>();
      node->kind = kLevels[i].kind;
      node->left = std::move(left);
      node->right = level(i + 1, depth);
      if (!node->right) return nullptr;
      left = std::move(node);
    }
    return left;
  }

  std::unique_ptr<Node> unary(int depth) {
    if (depth > kDepth) return nullptr;
    if (keyword("NOT")) {
      auto node = std::make_unique<Node>();
      node->kind = NodeKind::negation;
      node->left = unary(depth + 1);
      return node->left ? std::move(node) : nullptr;
    }
    space();
    if (at_ < s_.size() && s_[at_] == '(') {
      ++at_;
      auto inside = level(0, depth + 1);
      space();
      if (!inside || at_ >= s_.size() || s_[at_] != ')') return nullptr;
      ++at_;
      return inside;
    }
    return atom();
  }

  std::unique_ptr<Node> atom() {
    const std::size_t from = at_;
    auto node = std::make_unique<Node>();
    if (!operand(node->a)) return nullptr;
    const std::size_t after = at_;
    space();
    if (comparison(node->compare)) {
      if (!operand(node->b)) return nullptr;
    } else {
      at_ = after;
    }
    node->key = s_.substr(from, at_ - from);
    return node;
  }

  bool comparison(std::string& op) {
    for (const char* word :
         {"~<>", "~<=", "~>=", "~><", "~<<", "~>>", "~=", "~<", "~>", "<>", "<=", ">=", "><", "<<", ">>", "=", "<", ">"}) {
      if (!s_.substr(at_).starts_with(word)) continue;
      op = word;
      at_ += op.size();
      return true;
    }
    return false;
  }

  bool operand(Operand& o) {
    space();
    if (at_ >= s_.size()) return false;
    const char c = s_[at_];
    if (c == '"') {
      const std::size_t end = s_.find('"', at_ + 1);
      if (end == std::string_view::npos) return false;
      o = {std::string(s_.substr(at_ + 1, end - at_ - 1)), Operand::Kind::string};
      at_ = end + 1;
      return true;
    }
    const bool outside = c == '%' || c == '$' || c == '?' || c == '&' || c == '!';
    std::size_t end = at_ + (outside || c == '-' ? 1 : 0);
    while (end < s_.size() && is_word(s_[end])) ++end;
    const std::string_view word = s_.substr(at_, end - at_);
    if (word.empty() || (outside && word.size() == 1) || is_operator(word)) return false;
    at_ = end;
    o = {std::string(word), outside ? Operand::Kind::outside : integer(word) ? Operand::Kind::number : Operand::Kind::property};
    return true;
  }

  void number_atoms(Node& n, Condition& c) {
    if (n.kind != NodeKind::atom) {
      number_atoms(*n.left, c);
      if (n.right) number_atoms(*n.right, c);
      return;
    }
    for (const Operand* o : {&n.a, &n.b})
      if (o->kind == Operand::Kind::property && !o->text.empty()) c.properties_.push_back(o->text);
    const auto same = std::find_if(c.atoms_.begin(), c.atoms_.end(), [&](const Node* other) { return other->key == n.key; });
    n.atom = static_cast<std::size_t>(same - c.atoms_.begin());
    if (same == c.atoms_.end()) c.atoms_.push_back(&n);
  }

  std::string_view s_;
  std::size_t at_ = 0;
};

std::optional<Condition> Condition::parse(std::string_view text) {
  if (text.size() > kMostText) return std::nullopt;
  return Parser(text).whole();
}

Parts Condition::compare(const Values& a, const Values& b) const {
  std::vector<bool> on_a(atoms_.size()), on_b(atoms_.size());
  std::vector<std::size_t> free;
  for (std::size_t i = 0; i < atoms_.size(); ++i) {
    const Said x = evaluate(*atoms_[i], a), y = evaluate(*atoms_[i], b);
    if (x.truth && y.truth) {
      on_a[i] = *x.truth;
      on_b[i] = *y.truth;
    } else if (x.depends || y.depends) {
      return Parts::unclear;
    } else {
      free.push_back(i);
    }
  }
  if (on_a == on_b) return Parts::alike;
  if (free.size() > kMostUnknowns) return Parts::unclear;
  for (std::uint32_t state = 0; state < (1U << free.size()); ++state) {
    for (std::size_t k = 0; k < free.size(); ++k) on_a[free[k]] = on_b[free[k]] = (state >> k & 1) != 0;
    if (holds(*root_, on_a) != holds(*root_, on_b)) return Parts::differ;
  }
  return Parts::alike;
}

}  // namespace tq::analysis::installer
