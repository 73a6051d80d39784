// What systeminfo printed: the word of the last booted kernel, and a hotfix list that may be cut.
#include <fmt/format.h>

#include "evidence/collector.hpp"
#include "evidence/support/note.hpp"

namespace tq::evidence {
namespace {

namespace systeminfo = format::systeminfo;

std::string where_of(const target::Source& source, const systeminfo::SystemInfo& s, std::string_view what) {
  for (const auto& e : s.evidence)
    if (e.what == what) return fmt::format("{}//line {}", source.label, e.line);
  return source.label;
}

void witnesses(const target::Source& source, const systeminfo::SystemInfo& s, model::Facts& facts) {
  model::BuildWitness w;
  w.source = "systeminfo.version";
  w.says = s.os_version_line;
  w.where = where_of(source, s, "os_version");
  w.build = s.build;
  w.revision = s.revision;
  facts.build_witnesses.push_back(w);
  if (!s.text_build || *s.text_build == s.build) return;
  w.source = "systeminfo.build_text";
  w.build = s.text_build;
  w.revision.reset();
  facts.build_witnesses.push_back(std::move(w));
}

void hotfixes(const target::Source& source, const systeminfo::SystemInfo& s, model::Facts& facts) {
  if (!s.hotfixes_seen) return cover(facts, "systeminfo.hotfixes", model::CoverageStatus::absent, "the text has no hotfix section");
  facts.hotfix_lists.push_back(
      {"systeminfo", !s.hotfixes_truncated, s.hotfixes_announced, s.hotfixes_listed, where_of(source, s, "hotfixes")});
  for (std::size_t i = 0; i < s.kbs.size(); ++i)
    facts.hotfixes.push_back(
        {s.kbs[i], "systeminfo", {}, true, fmt::format("{}//line {}", source.label, i < s.kb_lines.size() ? s.kb_lines[i] : 0)});
}

void collect_systeminfo_text(const target::Source& source, model::Facts& facts) {
  if (!source.systeminfo) return;
  const auto& s = *source.systeminfo;
  auto& id = facts.identity;
  id.name = s.host;
  id.product = s.product.empty() ? s.os_name : s.product;
  id.nt_version = fmt::format("{}.{}", s.major, s.minor);
  id.arch = s.arch.value_or("");
  id.service_pack = s.service_pack;
  if (s.product_type) id.product_type = to_string(*s.product_type);
  witnesses(source, s, facts);
  hotfixes(source, s, facts);
  for (const auto& e : s.losses) cover(facts, "systeminfo", model::CoverageStatus::failed, e.text());
  cover(facts, "systeminfo", model::CoverageStatus::read, source.text_note);
}

}  // namespace

extern const Collector systeminfo_text;
const Collector systeminfo_text{"systeminfo_text", collect_systeminfo_text};

}  // namespace tq::evidence
