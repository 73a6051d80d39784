// The appendix for auditors: every update with its state, every witness, every file with its digest.
#include <fmt/format.h>

#include <map>

#include "report/support/html_parts.hpp"

namespace tq::report::html {
namespace {

std::string mono(std::string_view s) { return element("code", "", text(s)); }

struct Names {
  const model::Report& report;
  [[nodiscard]] std::string released(std::uint32_t kb) const {
    const auto it = report.update_names.find(kb);
    return it == report.update_names.end() ? std::string{} : whole(it->second.released.text());
  }
  [[nodiscard]] std::string title(std::uint32_t kb) const {
    const auto it = report.update_names.find(kb);
    return it == report.update_names.end() ? std::string{} : text(it->second.title);
  }
};

std::string missing_updates(const model::Verdict& v) {
  Table t({"Update", "Released", "Kind", "Why"}, {"15%", "14%", "19%", ""});
  for (const auto& u : v.missing) t.row({text(kb_text(u.kb)), whole(u.released.text()), text(u.kind), text(u.why)});
  return t.markup();
}

std::string installed(const model::Verdict& v, const Names& names) {
  Table t({"Update", "Released", "Title", "State", "Evidence"}, {"15%", "14%", "", "14%", "20%"});
  for (const auto& u : v.installed)
    t.row({text(kb_text(u.kb)), names.released(u.kb), names.title(u.kb), text(u.state),
           text(fmt::format("{}", fmt::join(v.installed_evidence[u.evidence], ", ")))});
  return t.markup();
}

/// Hundreds of numbers share a reason, or the newer update that holds them: a row for each of those, not for each number.
std::string grouped(const std::map<std::string, std::string>& groups, const char* head) {
  Table t({head, "Updates"}, {"30%", ""});
  for (const auto& [key, kbs] : groups) t.row({text(key), text(kbs)});
  return t.markup();
}

std::string unknown(const model::Verdict& v) {
  std::map<std::string, std::string> by_reason;
  for (const auto& u : v.unknown) {
    auto& list = by_reason[u.why];
    list += (list.empty() ? "" : ", ") + kb_text(u.kb);
  }
  return grouped(by_reason, "Why it cannot be told");
}

std::string covered(const model::Verdict& v) {
  std::map<std::string, std::string> by_holder;
  for (const auto& u : v.covered) {
    auto& list = by_holder[u.by == 0 ? "the files of a newer one" : kb_text(u.by)];
    list += (list.empty() ? "" : ", ") + kb_text(u.kb);
  }
  return grouped(by_holder, "Held by");
}

std::string witnesses(const model::Verdict& v) {
  Table t({"Witness", "Group", "Says", "Where"}, {"24%", "18%", "20%", ""});
  for (const auto& w : v.build.witnesses)
    t.row({text(w.source) + (w.older ? " (older)" : ""), text(to_string(w.group)), text(w.says), mono(w.where)});
  return t.markup();
}

std::string files(const model::Facts& f) {
  Table t({"File", "Version", "SHA-256"}, {"34%", "18%", ""});
  for (const auto& file : f.files) t.row({mono(file.path), text(file.version.text()), file.sha256.empty() ? "" : mono(file.sha256)});
  return t.markup();
}

std::string traces(const model::Facts& f) {
  Table t({"Trace", "What", "When", "Where"}, {"14%", "30%", "14%", ""});
  for (const auto& x : f.traces) t.row({text(x.source), text(x.what), text(x.date), mono(x.where)});
  return t.markup();
}

}  // namespace

std::string appendix(const model::Machine& m, const model::Report& report) {
  const Names names{report};
  const auto& v = m.verdict;
  const std::string out = section("Missing updates", missing_updates(v)) + section("Updates in place", installed(v, names)) +
                          section("Updates held by newer ones", covered(v)) + section("Updates that cannot be told", unknown(v)) +
                          section("Witnesses of the build", witnesses(v)) +
                          section("Settings that offer something to others", settings(v)) + section("Files read", files(m.facts)) +
                          section("Traces of servicing", traces(m.facts));
  return out.empty() ? out : element("div", "appendix", element("h3", "part", "Appendix for auditors") + out);
}

}  // namespace tq::report::html
