// docs/exposure.md holds the exposure rows of the catalog as tables. TQ_WRITE_EXPOSURE=1 writes them anew.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "judge/exposure_table.hpp"

namespace {

using tq::judge::ExposureKind;
using tq::judge::ExposureRow;

const std::string kPage = std::string(TQ_SOURCE_DIR) + "/docs/exposure.md";
const std::string kBegin = "<!-- tables: from the catalog -->\n";

std::string or_dash(std::string_view s) { return s.empty() ? "-" : std::string(s); }

/// "1", or "0 / 0 / 1" where server, client and domain controller differ; "-": not known.
std::string defaults(const ExposureRow& r) {
  const auto &s = r.row.default_server, &c = r.row.default_client, &d = r.row.default_domain_controller;
  return s == c && c == d ? or_dash(s) : fmt::format("{} / {} / {}", or_dash(s), or_dash(c), or_dash(d));
}

std::string place(const ExposureKind& k) {
  const auto& r = k.rows.front().row;
  if (r.hive.empty()) return std::string(r.reads);
  std::string out = fmt::format("`{}\\{}{}{}`", r.hive, r.key, r.value.empty() ? "" : ":", r.value);
  if (!r.policy_key.empty()) out += fmt::format("; policy `{}{}{}`", r.policy_key, r.policy_value.empty() ? "" : ":", r.policy_value);
  return out;
}

std::string line(const ExposureKind& k) {
  std::string when, by_windows, source;
  for (const auto& r : k.rows) {
    const std::string nt = r.row.nt_versions == "*" ? "all" : std::string(r.row.nt_versions);
    by_windows += fmt::format("{}{}: {}", by_windows.empty() ? "" : "<br>", nt, defaults(r));
    const std::string w = fmt::format("`{}`", r.row.open_when);
    if (when.find(w) == std::string::npos) when += (when.empty() ? "" : ", ") + w;
    const bool none = r.row.confidence == tq::catalog::Confidence::unconfirmed;
    source += fmt::format("{}{}: {}", source.empty() ? "" : "<br>", nt, none ? "unconfirmed" : std::string(r.row.source));
  }
  const auto& first = k.rows.front().row;
  return fmt::format("| `{}` | {} | {} | {} | {} | {} | {} | {} |\n", k.id, first.open_says, place(k), when, by_windows,
                     or_dash(first.service), or_dash(first.needs), source);
}

std::string tables() {
  const auto catalog = *tq::catalog::Catalog::embedded();
  const tq::judge::ExposureTable table(catalog);
  std::string out =
      "| id | open means | read from | open when | when absent, by NT | service | needs | source |\n|---|---|---|---|---|---|---|---|\n";
  for (const auto& k : table.kinds()) out += line(k);
  out += "\n| exposure | CVE | why | source |\n|---|---|---|---|\n";
  for (const auto& j : catalog.exposure_cves())
    out += fmt::format("| `{}` | {} | {} | {} |\n", j.exposure, tq::catalog::cve_text(j.cve), j.why, j.source);
  return out;
}

}  // namespace

TEST_CASE("docs: the tables of docs/exposure.md are those of the catalog") {
  std::ifstream in(kPage);
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  const auto begin = page.find(kBegin);
  REQUIRE(begin != std::string::npos);
  const std::string wanted = page.substr(0, begin + kBegin.size()) + tables();
  if (std::getenv("TQ_WRITE_EXPOSURE") != nullptr) {
    std::ofstream(kPage) << wanted;
    return;
  }
  CHECK_MESSAGE(page == wanted, "run with TQ_WRITE_EXPOSURE=1");
}
