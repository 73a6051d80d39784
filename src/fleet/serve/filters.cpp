#include "fleet/serve/filters.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "catalog/catalog.hpp"
#include "core/text.hpp"
#include "core/url.hpp"
#include "fleet/page.hpp"
#include "fleet/store.hpp"

namespace tq::fleet::serve {

/// A way to narrow the list. `add` puts its condition in, and gives it in words; empty: the value can be none.
struct FilterKind {
  const char* name;
  std::string (*add)(Filters& f, const std::string& value);

  static std::string build(Filters& f, const std::string& value);
  static std::string goal(Filters& f, const std::string& value);
  static std::string behind(Filters& f, const std::string& value);
  static std::string exploited(Filters& f, const std::string& value);
  static std::string claims(Filters& f, const std::string& value);
  static std::string rule(Filters& f, const std::string& value);
  static std::string cve(Filters& f, const std::string& value);
  static std::string kb(Filters& f, const std::string& value);
  static std::string reason(Filters& f, const std::string& value);
  static std::string gate(Filters& f, const std::string& value);
  static std::string site(Filters& f, const std::string& value);
  static std::string search(Filters& f, const std::string& value);
};

std::string FilterKind::build(Filters& f, const std::string& value) {
  std::uint64_t n = 0;
  if (value == "unknown") {
    f.of_verdict_.emplace_back("v.build IS NULL");
  } else {
    if (!parse_u64(value, n) || n > 0xFFFFFFFF) return {};
    f.of_verdict_.push_back("v.build = " + f.number(static_cast<std::int64_t>(n)));
  }
  return "build " + value;
}

std::string FilterKind::goal(Filters& f, const std::string& value) {
  if (value != "yes" && value != "no" && value != "unknown") return {};
  f.of_verdict_.push_back("v.goal_reached = " + f.text(value));
  return value == "yes" ? "at the goal" : value == "no" ? "behind the goal" : "goal not decided";
}

std::string FilterKind::behind(Filters& f, const std::string& value) {
  const auto steps = steps_behind();
  const auto step = std::find_if(steps.begin(), steps.end(), [&](const Step& s) { return value == s.name; });
  if (step == steps.end()) return {};
  if (step->from < 0) {
    f.of_verdict_.emplace_back("v.behind IS NULL");
    return "months behind unknown";
  }
  f.of_verdict_.push_back("v.behind >= " + f.number(step->from));
  if (step->to >= 0) f.of_verdict_.push_back("v.behind <= " + f.number(step->to));
  return value + " months behind";
}

std::string FilterKind::exploited(Filters& f, const std::string& value) {
  if (value != "yes") return {};
  f.of_verdict_.emplace_back("v.exploited > 0");
  return "a known exploited CVE is not repaired";
}

std::string FilterKind::claims(Filters& f, const std::string& value) {
  if (value != "yes") return {};
  f.of_verdict_.emplace_back("v.claims = 1");
  return "say 6003 and are not, or are contradicted";
}

std::string FilterKind::rule(Filters& f, const std::string& value) {
  f.of_verdict_.push_back("v.profile IN (SELECT profile FROM findings WHERE rule = " + f.text(value) + ")");
  return "finding " + value;
}

std::string FilterKind::cve(Filters& f, const std::string& value) {
  const auto id = catalog::parse_cve(value);
  if (!id) return {};
  f.of_verdict_.push_back(fmt::format("v.missing_set IN ({} {})", kSetsOfCve, f.number(std::int64_t{*id})));
  return "miss " + catalog::cve_text(*id);
}

std::string FilterKind::kb(Filters& f, const std::string& value) {
  std::uint64_t n = 0;
  if (!parse_u64(istarts_with(value, "kb") ? value.substr(2) : value, n) || n > 0xFFFFFFFF) return {};
  f.of_verdict_.push_back("v.list IN (SELECT list FROM lacking WHERE kb = " + f.number(static_cast<std::int64_t>(n)) + ")");
  return "miss KB" + std::to_string(n);
}

std::string FilterKind::reason(Filters& f, const std::string& value) {
  std::uint64_t n = 0;
  if (!parse_u64(value, n) || n > 0x7FFFFFFF) return {};
  f.of_verdict_.push_back("v.profile IN (SELECT profile FROM undecided WHERE reason = " + f.number(static_cast<std::int64_t>(n)) + ")");
  return "unknown for one reason";
}

std::string FilterKind::gate(Filters& f, const std::string& value) {
  f.of_verdict_.push_back("v.profile IN (SELECT profile FROM gates WHERE path = " + f.text(value) + ")");
  return "have " + value;
}

std::string FilterKind::site(Filters& f, const std::string& value) {
  f.site_ = value;
  return value.empty() ? "no site" : "site " + value;
}

std::string FilterKind::search(Filters& f, const std::string& value) {
  f.search_ = searched(value);
  return "name has " + value;
}

namespace {

constexpr FilterKind kKinds[] = {
    {"q", FilterKind::search},      {"site", FilterKind::site},     {"build", FilterKind::build},
    {"goal", FilterKind::goal},     {"behind", FilterKind::behind}, {"exploited", FilterKind::exploited},
    {"claims", FilterKind::claims}, {"rule", FilterKind::rule},     {"cve", FilterKind::cve},
    {"kb", FilterKind::kb},         {"reason", FilterKind::reason}, {"gate", FilterKind::gate},
};

std::string joined(const std::vector<std::string>& conditions, std::string_view before) {
  std::string out;
  for (const auto& c : conditions) out += (out.empty() ? std::string(before) : " AND ") + c;
  return out;
}

/// {t0}.. and {n0}.. become $1..; texts come first, as Sql wants them.
void number_values(std::string& sql, std::size_t texts, std::size_t numbers) {
  const auto replace = [&](const std::string& mark, std::size_t n) {
    for (auto at = sql.find(mark); at != std::string::npos; at = sql.find(mark, at)) sql.replace(at, mark.size(), "$" + std::to_string(n));
  };
  for (std::size_t i = 0; i < texts; ++i) replace(fmt::format("{{t{}}}", i), i + 1);
  for (std::size_t i = 0; i < numbers; ++i) replace(fmt::format("{{n{}}}", i), texts + i + 1);
}

std::vector<Value> values_of(const std::vector<std::string>& texts, const std::vector<std::int64_t>& numbers) {
  std::vector<Value> out;
  for (const auto& t : texts) out.emplace_back(std::string_view(t));
  for (const auto n : numbers) out.emplace_back(n);
  return out;
}

}  // namespace

std::string column_holds(std::string_view column, std::string_view mark) {
  return fmt::format("lower({}) LIKE {} ESCAPE '\\'", column, mark);
}

// LIKE's own signs stand for themselves: a name may hold them, and a pattern of many would cost minutes.
std::string searched(std::string_view typed) {
  std::string out = "%";
  for (const char c : lower_ascii(typed)) {
    if (c == '%' || c == '_' || c == '\\') out += '\\';
    out += c;
  }
  return out + "%";
}

std::string Filters::text(const std::string& value) {
  texts_.push_back(storable(value));
  return fmt::format("{{t{}}}", texts_.size() - 1);
}

std::string Filters::number(std::int64_t value) {
  numbers_.push_back(value);
  return fmt::format("{{n{}}}", numbers_.size() - 1);
}

std::string Filters::profiles() const { return "SELECT v.profile FROM verdicts v" + joined(of_verdict_, " WHERE "); }

Result<Filters> Filters::of(Db& db, const Params& params) {
  Filters out;
  for (const auto& kind : kKinds) {
    const auto given = std::find_if(params.begin(), params.end(), [&](const auto& p) { return p.first == kind.name; });
    // A form sends its empty fields too; machines without a site are asked for by a word of their own.
    if (given == params.end() || given->second.empty()) continue;
    const bool no_site = std::string_view(kind.name) == "site" && given->second == kNoSite;
    const std::string words = kind.add(out, no_site ? "" : given->second);
    if (words.empty()) return Error{ErrorCode::usage, kind.name, "a value of this filter", given->second};
    out.chosen_.push_back({kind.name, given->second, words});
  }
  if (out.site_ && !out.site_->empty()) {
    TQ_TRY(out.site_row_, number_of(db, "SELECT id FROM sites WHERE name = $1", {std::string_view(*out.site_)}, -1));
  }
  return out;
}

std::string Filters::address(std::string_view but) const {
  std::string out;
  for (const auto& c : chosen_)
    if (c.name != but) out += "&" + c.name + "=" + url_part(c.value);
  return out;
}

Result<std::optional<std::int64_t>> Filters::count(Db& db) const {
  if (!search_.empty()) return std::optional<std::int64_t>{};
  auto texts = texts_;
  auto numbers = numbers_;
  std::string sql = "SELECT coalesce(sum(machines), 0) FROM profiles" + (of_verdict_.empty() ? "" : " WHERE id IN (" + profiles() + ")");
  if (site_) {
    sql = "SELECT count(*) FROM machines WHERE " + (site_->empty() ? "site IS NULL" : fmt::format("site = {{n{}}}", numbers.size())) +
          (of_verdict_.empty() ? "" : " AND profile IN (" + profiles() + ")");
    if (!site_->empty()) numbers.push_back(*site_row_);
  }
  number_values(sql, texts.size(), numbers.size());
  std::int64_t n = 0;
  TQ_TRY([[maybe_unused]] const auto read, db.run(sql, values_of(texts, numbers), [&](const Row& r) {
    n = r.integer(0);
    return false;
  }));
  return std::optional<std::int64_t>(n);
}

Sql Filters::rows(const std::string& columns, bool few, const std::string& after_name, std::int64_t after_machine) const {
  Sql out;
  out.texts = texts_;
  out.numbers = numbers_;
  std::vector<std::string> conditions;
  // A plus keeps the engine from its index by profile: many machines are found faster along their names, until a page is full.
  if (!of_verdict_.empty()) conditions.push_back((few ? "profile IN (" : "+profile IN (") + profiles() + ")");
  const auto take_text = [&](std::string value) {
    out.texts.push_back(std::move(value));
    return fmt::format("{{t{}}}", out.texts.size() - 1);
  };
  if (site_) conditions.push_back("site = " + take_text(storable(*site_)));
  if (!search_.empty()) conditions.push_back(column_holds("name", take_text(search_)));
  if (after_machine >= 0) {
    const std::string mark = take_text(after_name);
    out.numbers.push_back(after_machine);
    conditions.push_back(fmt::format("lower(name) >= {0} AND (lower(name) > {0} OR machine > {{n{1}}})", mark, out.numbers.size() - 1));
  }
  out.rows = "SELECT " + columns + " FROM v_machines" + joined(conditions, " WHERE ") + " ORDER BY lower(name), machine";
  number_values(out.rows, out.texts.size(), out.numbers.size());
  out.what = "machines";
  return out;
}

}  // namespace tq::fleet::serve
