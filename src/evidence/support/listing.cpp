#include "evidence/support/listing.hpp"

#include "evidence/support/note.hpp"

namespace tq::evidence {

Listing list_folder(const target::Source& source, const std::string& path) {
  Listing out;
  auto entries = source.tree->list(path);
  if (!entries) {
    if (entries.error().code != ErrorCode::not_found) out.lost = entries.error();
    return out;
  }
  out.entries = *std::move(entries);
  out.there = true;
  out.lost = source.tree->gap(path);
  return out;
}

model::CoverageStatus Listing::status() const {
  if (lost) return model::CoverageStatus::failed;
  return there ? model::CoverageStatus::read : model::CoverageStatus::absent;
}

std::string Listing::detail(const std::string& about) const {
  if (!lost) return about;
  const std::string why = there ? "names may be missing: " + lost->text() : lost->text();
  return about.empty() ? why : about + "; " + why;
}

void cover_gap(model::Facts& facts, const std::string& name, const Listing& listing) {
  if (listing.lost) cover(facts, name, model::CoverageStatus::failed, listing.detail());
}

}  // namespace tq::evidence
