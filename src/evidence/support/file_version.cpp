#include "evidence/support/file_version.hpp"

#include <algorithm>

#include "evidence/support/note.hpp"
#include "format/pe/pe.hpp"

namespace tq::evidence {

namespace pe = format::pe;

std::string tree_path(const target::Source& source, const std::string& below_windows) {
  if (!below_windows.starts_with("../")) return source.windows + "/" + below_windows;
  if (source.windows == ".") return {};
  const auto slash = source.windows.rfind('/');
  const std::string parent = slash == std::string::npos ? std::string{} : source.windows.substr(0, slash + 1);
  return parent + below_windows.substr(3);
}

Result<model::FileVersionFact> file_version(const target::Source& source, const std::string& path, std::string as) {
  TQ_TRY(const auto src, source.tree->open(path));
  TQ_TRY(const auto image, pe::open(*src));
  TQ_TRY(const auto info, pe::version_info(*src, image));
  model::FileVersionFact f;
  f.where = source.tree->cite(source.tree->real_path(path).value_or(path));
  if (!info.file_fixed) return Error{ErrorCode::not_found, f.where, "a fixed file version", "none"};
  f.path = std::move(as);
  f.version = *info.file_fixed;
  f.arch = pe::to_string(image.machine);
  return f;
}

bool add_file(const target::Source& source, const std::string& below_windows, model::Facts& facts) {
  const auto same = [&](const auto& f) { return f.path == below_windows; };
  if (std::any_of(facts.files.begin(), facts.files.end(), same)) return true;
  const std::string path = tree_path(source, below_windows);
  if (path.empty()) return false;
  auto f = file_version(source, path, below_windows);
  if (f) {
    facts.files.push_back(*std::move(f));
    return true;
  }
  if (f.error().code != ErrorCode::not_found) cover(facts, "file." + below_windows, model::CoverageStatus::failed, f.error().text());
  return false;
}

}  // namespace tq::evidence
