#include "evidence/deep.hpp"

#include <fmt/format.h>

#include "core/hash.hpp"
#include "core/limits.hpp"
#include "core/parallel.hpp"
#include "evidence/support/loaded_programs.hpp"
#include "evidence/support/note.hpp"

namespace tq::evidence {
namespace {

using model::CoverageStatus;

constexpr std::size_t kUnresolvedNamed = 3;

/// What is worth a line of one file: the sites that differ, or the reason why nothing could be said.
std::string detail_of(const analysis::GateReport& r) {
  if (r.sites.empty() || r.gate != analysis::Gate::differs) return r.why.empty() ? std::string() : r.why.front();
  const auto& s = r.sites.front();
  std::string text = fmt::format("{} at 0x{:x} ({})", s.comparison, s.rva, s.source);
  if (r.sites.size() > 1) text += fmt::format(" and {} more", r.sites.size() - 1);
  if (!r.partition.empty()) text += "; builds that act alike: " + r.partition;
  return text;
}

std::string summary(std::size_t files, std::size_t unread, const std::vector<UnresolvedProgram>& unresolved) {
  std::string text = fmt::format("{} files of the services that load", files);
  if (unread != 0) text += fmt::format(", {} unread", unread);
  if (unresolved.empty()) return text;
  text += fmt::format("; {} services without a file here", unresolved.size());
  for (std::size_t i = 0; i < unresolved.size() && i < kUnresolvedNamed; ++i) text += (i == 0 ? ": " : "; ") + unresolved[i].text;
  return text;
}

}  // namespace

void skip_deep(model::Facts& facts) {
  for (const char* what : {"drivers", "time32"}) cover(facts, what, CoverageStatus::skipped, "only with --deep");
}

std::shared_ptr<const DeepReader::Answer> DeepReader::answer(const std::string& sha256, Bytes file) {
  {
    const std::scoped_lock lock(mutex_);
    if (const auto it = known_.find(sha256); it != known_.end()) return it->second;
  }
  // Two threads may analyse the same bytes at once: rare, and the answers are the same.
  auto made = std::make_shared<Answer>(Answer{analysis::find_gates(file, options_), analysis::find_exposure(file, {})});
  const std::scoped_lock lock(mutex_);
  return known_.emplace(sha256, std::move(made)).first->second;
}

DeepReader::Looked DeepReader::look(const target::Source& source, const LoadedProgram& program) {
  const auto bytes = [&] {
    // A tree may share its caches between files: one reader at a time.
    const std::scoped_lock lock(reading_);
    return fs::read_file(*source.tree, program.path, limits::kPeBytes);
  }();
  if (!bytes) return {{}, {}, bytes.error()};
  const std::string sha256 = sha256_hex(bytes_of(*bytes));
  const auto found = answer(sha256, bytes_of(*bytes));
  const std::string where = source.tree->cite(program.path);
  return {{where,
           sha256,
           to_string(found->gates.gate),
           {options_.first, options_.second},
           detail_of(found->gates),
           program.service + ", " + program.how},
          {where, sha256, to_string(found->times.exposure), found->times.why},
          std::nullopt};
}

void DeepReader::collect(const target::Source& source, model::Facts& facts) {
  if (!source.tree || facts.configuration.services_read != model::Tri::yes) {
    const char* why = !source.tree ? "the target holds no files" : "the services of the machine were not read";
    for (const char* what : {"drivers", "time32"}) cover(facts, what, CoverageStatus::absent, why);
    return;
  }
  facts.deep_read = model::Tri::yes;
  const auto programs = loaded_programs(source, facts.configuration);
  std::vector<Looked> all(programs.found.size());
  parallel(all.size(), jobs_, [&](std::size_t i) { all[i] = look(source, programs.found[i]); });
  std::size_t unread = 0;
  for (auto& looked : all) {
    if (looked.unread) {
      cover(facts, "drivers", CoverageStatus::failed, looked.unread->text());
      ++unread;
      continue;
    }
    facts.drivers.push_back(std::move(looked.gate));
    facts.time32.push_back(std::move(looked.time));
  }
  for (const char* what : {"drivers", "time32"}) cover(facts, what, CoverageStatus::read, summary(all.size(), unread, programs.unresolved));
}

}  // namespace tq::evidence
