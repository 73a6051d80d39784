#include "analysis/installer/installer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "analysis/installer/condition.hpp"
#include "analysis/ladder.hpp"
#include "core/text.hpp"
#include "format/msi/database.hpp"

namespace tq::analysis {
namespace {

namespace msi = format::msi;
using installer::Condition;
using installer::Parts;
using installer::Values;

// Windows Installer's own numbers end with the release it was last changed for: later ones print the same.
constexpr std::uint32_t kLastBuildPrinted = 9600;
constexpr int kTypeMask = 0x3F, kSetProperty = 51;
constexpr std::string_view kVersionKey = "Microsoft\\Windows NT\\CurrentVersion";

bool is_script(int type) {
  constexpr int kScripts[] = {5, 6, 21, 22, 37, 38, 53, 54};
  return std::find(std::begin(kScripts), std::end(kScripts), type) != std::end(kScripts);
}

/// A row as its columns' values; empty where the table has no such column.
class RowView {
 public:
  RowView(const msi::Table& t, const std::vector<std::string>& row) : table_(t), row_(row) {}
  const std::string& operator[](std::string_view column) const {
    static const std::string kNone;
    const std::size_t i = table_.column(column);
    return i < row_.size() ? row_[i] : kNone;
  }

 private:
  const msi::Table& table_;
  const std::vector<std::string>& row_;
};

/// The type of a custom action; 0, which is none, where it is no number.
int type_of(const RowView& action) {
  const std::string& text = action["Type"];
  int type = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), type);
  return read.ec == std::errc{} ? type : 0;
}

class Setup {
 public:
  Setup(const msi::Database& db, const GateOptions& options) : db_(db), options_(options) {}

  GateReport judge();

 private:
  template <class F>
  void each_row(std::string_view table, const F& f);
  std::optional<msi::Table> table(std::string_view name);
  void know_builds();
  void know_registry_searches();
  void know_set_properties();
  void look_at_conditions();
  void look_at_condition(const msi::Table& table, const std::vector<std::string>& row);
  void look_at_code();
  void look_at_program(const std::string& name);
  void look_at_script(const std::string& name, std::string_view text);
  void open_question(std::string why) { open_.push_back(std::move(why)); }

  const msi::Database& db_;
  const GateOptions& options_;
  Values on_[2];  ///< of the two builds
  GateReport report_;
  std::vector<std::string> open_;
  bool reads_version_ = false;
};

std::optional<msi::Table> Setup::table(std::string_view name) {
  auto t = db_.table(name);
  if (t) return *std::move(t);
  if (t.error().code != ErrorCode::not_found) open_question("table " + std::string(name) + ": " + t.error().text());
  return std::nullopt;
}

template <class F>
void Setup::each_row(std::string_view name, const F& f) {
  const auto t = table(name);
  if (!t) return;
  for (const auto& row : t->rows) f(RowView(*t, row));
}

/// What Windows Installer itself sets. Where both builds agree it is known all the same.
void Setup::know_builds() {
  const Ladder ladder = build_ladder(std::vector<std::uint32_t>{options_.first, options_.second});
  for (int i = 0; i < 2; ++i) {
    const Rung& rung = ladder.rungs[ladder.lane_of(i == 0 ? options_.first : options_.second)];
    const std::uint32_t version = rung.build >= kLastBuildPrinted ? 603 : rung.major * 100 + rung.minor;
    on_[i]["WindowsBuild"] = std::to_string(std::min(rung.build, kLastBuildPrinted));
    on_[i]["VersionNT"] = std::to_string(version);
  }
}

/// AppSearch puts a registry value into a property.
void Setup::know_registry_searches() {
  each_row("RegLocator", [&](const RowView& locator) {
    if (ifind(locator["Key"], kVersionKey) == std::string::npos) return;
    const std::string value = lower_ascii(locator["Name"]);
    const bool number = value == "currentbuildnumber" || value == "currentbuild";
    if (!number && !value.starts_with("buildlab") && value != "ubr") return;
    each_row("AppSearch", [&](const RowView& search) {
      if (search["Signature_"] != locator["Signature_"]) return;
      on_[0][search["Property"]] = number ? std::optional(std::to_string(options_.first)) : std::nullopt;
      on_[1][search["Property"]] = number ? std::optional(std::to_string(options_.second)) : std::nullopt;
    });
  });
}

/// A custom action may copy one property into another: "[WindowsBuild]".
void Setup::know_set_properties() {
  each_row("CustomAction", [&](const RowView& action) {
    if ((type_of(action) & kTypeMask) != kSetProperty) return;
    const std::string& target = action["Target"];
    for (Values* values : {&on_[0], &on_[1]}) {
      for (const auto& [property, value] : Values(*values)) {
        if (target.find("[" + property + "]") == std::string::npos || property == "VersionNT") continue;
        // Parts of longer texts are not put together.
        (*values)[action["Source"]] = target == "[" + property + "]" ? value : std::nullopt;
      }
    }
  });
}

void Setup::look_at_condition(const msi::Table& table, const std::vector<std::string>& row) {
  const std::string& text = RowView(table, row)["Condition"];
  if (trim(text).empty()) return;
  const auto condition = Condition::parse(text);
  if (!condition) return open_question(fmt::format("table {}: a condition that could not be read: {}", table.name, text));
  const auto& named = condition->properties();
  const auto source = std::find_if(named.begin(), named.end(), [&](const auto& p) { return p != "VersionNT" && on_[0].contains(p); });
  reads_version_ |= source != named.end() || std::find(named.begin(), named.end(), "VersionNT") != named.end();
  switch (condition->compare(on_[0], on_[1])) {
    case Parts::alike: return;
    case Parts::unclear: return open_question(fmt::format("table {}: {} has too many unknowns", table.name, text));
    case Parts::differ: break;
  }
  GateSite site;
  site.source = source == named.end() ? "VersionNT" : *source;
  site.comparison = text;
  site.instruction = "table " + table.name + ", row " + row.front();
  for (int i = 0; i < 2; ++i)
    site.on.emplace_back(i == 0 ? options_.first : options_.second, site.source + " = " + on_[i].at(site.source).value_or("another value"));
  report_.sites.push_back(std::move(site));
}

void Setup::look_at_conditions() {
  for (const auto& name : db_.tables()) {
    const auto t = table(name);
    if (!t || t->column("Condition") == t->columns.size()) continue;
    for (const auto& row : t->rows) look_at_condition(*t, row);
  }
}

void Setup::look_at_script(const std::string& name, std::string_view text) {
  for (const char* word : {"WindowsBuild", "CurrentBuild", "Win32_OperatingSystem", "BuildNumber", "BuildLab"})
    if (ifind(text, word) != std::string::npos) {
      reads_version_ = true;
      return open_question(fmt::format("the script {} names {}; scripts are not followed", name, word));
    }
}

void Setup::look_at_program(const std::string& name) {
  const auto content = db_.binary(name);
  if (!content) return open_question("Binary." + name + ": " + content.error().text());
  const Bytes bytes = bytes_of(*content);
  if (!bytes.chars().starts_with("MZ")) return look_at_script("Binary." + name, bytes.chars());
  GateReport inner = find_gates(bytes, options_);
  reads_version_ |= inner.gate != Gate::no_source;
  if (inner.gate == Gate::undecided || inner.gate == Gate::unsupported)
    open_question("Binary." + name + ": " + (inner.why.empty() ? "undecided" : inner.why.front()));
  for (auto& site : inner.sites) {
    site.source = "Binary." + name + ": " + site.source;
    report_.sites.push_back(std::move(site));
  }
}

void Setup::look_at_code() {
  each_row("Binary", [&](const RowView& row) { look_at_program(row["Name"]); });
  each_row("CustomAction", [&](const RowView& action) {
    if (is_script(type_of(action) & kTypeMask)) look_at_script(action["Action"], action["Target"]);
  });
}

GateReport Setup::judge() {
  know_builds();
  know_registry_searches();
  know_set_properties();
  look_at_conditions();
  look_at_code();
  for (const auto& lost : db_.lost()) open_question(lost.text());
  if (!report_.sites.empty()) {
    report_.gate = Gate::differs;
    report_.why = {"a Windows Installer package; the files it installs were not looked at"};
    return std::move(report_);
  }
  report_.gate = !open_.empty() ? Gate::undecided : reads_version_ ? Gate::same : Gate::no_source;
  report_.why = std::move(open_);
  if (report_.why.empty())
    report_.why = {reads_version_ ? "its conditions decide alike on both builds; the files it installs were not looked at"
                                  : "none of its conditions and embedded programs reads a version"};
  return std::move(report_);
}

}  // namespace

GateReport find_installer_gates(Bytes file, const GateOptions& options) {
  const auto db = msi::Database::open(file);
  if (db) return Setup(*db, options).judge();
  GateReport report;
  report.gate = Gate::unsupported;
  report.why = {db.error().text()};
  return report;
}

}  // namespace tq::analysis
