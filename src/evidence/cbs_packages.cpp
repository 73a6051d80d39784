// The packages of component-based servicing: the key with their states, and the files that must lie beside it.
#include <set>

#include "core/text.hpp"
#include "evidence/collector.hpp"
#include "evidence/support/listing.hpp"
#include "evidence/support/note.hpp"

namespace tq::evidence {
namespace {

/// "Package_for_KB<n>~31bf3856ad364e35~amd64~~6.0.1.3" -> its parts.
struct Identity {
  std::string_view name, arch, version;
};
std::optional<Identity> split_identity(std::string_view s) {
  std::string_view part[5];
  for (int i = 0; i < 4; ++i) {
    const auto cut = s.find('~');
    if (cut == std::string_view::npos) return std::nullopt;
    part[i] = s.substr(0, cut);
    s.remove_prefix(cut + 1);
  }
  part[4] = s;
  return Identity{part[0], part[2], part[4]};
}

/// The KB in a package name; `child` for Package_<n>_for_KB..., one target of the parent.
std::uint32_t kb_of(std::string_view name, bool& child) {
  const auto at = ifind(name, "KB");
  if (at == std::string_view::npos) return 0;
  const auto digits = name.substr(at + 2);
  const auto end = digits.find_first_not_of("0123456789");
  const auto kb = parse_kb(digits.substr(0, end));
  child = !istarts_with(name, "Package_for_") || (end != std::string_view::npos && digits[end] == '_');
  return kb.value_or(0);
}

model::Package named(const std::string& identity) {
  model::Package p;
  p.identity = identity;
  if (const auto id = split_identity(identity)) {
    p.kb = kb_of(id->name, p.child);
    p.arch = arch_word(id->arch);
    p.version = FileVersion::parse(id->version);
  }
  return p;
}

void read_state(const target::Registry& reg, const std::string& key, model::Package& p) {
  p.where = reg.cite(key, "CurrentState");
  const auto state = reg.dword(key, "CurrentState");
  if (!state) return;  // stays unknown: the value is missing or of a wrong type
  p.raw_state = static_cast<std::int32_t>(*state);
  p.state = model::decode_package_state(p.raw_state);
  p.last_error = reg.dword(key, "LastError").value_or(0);
  p.client = reg.text(key, "InstallClient").value_or("");
  const auto high = reg.dword(key, "InstallTimeHigh"), low = reg.dword(key, "InstallTimeLow");
  if (high && low) p.installed_at = FileTime{(std::uint64_t{*high} << 32) | *low}.text();
}

struct PackageFiles {
  Listing folder;
  std::set<std::string> names;  ///< with manifest and catalog, without their endings, lower case

  [[nodiscard]] bool present(const std::string& identity) const { return names.contains(lower_ascii(identity)); }
  /// False for a name that damage may have taken out of the folder.
  [[nodiscard]] bool known(const std::string& identity) const { return folder.there && (!folder.lost || present(identity)); }
};

PackageFiles package_files(const target::Source& source) {
  PackageFiles out;
  if (!source.tree) return out;
  out.folder = list_folder(source, source.windows + "/servicing/Packages");
  std::set<std::string> mum;
  for (const auto& e : out.folder.entries) {
    const std::string n = lower_ascii(e.name);
    if (n.ends_with(".mum")) mum.insert(n.substr(0, n.size() - 4));
  }
  for (const auto& e : out.folder.entries) {
    const std::string n = lower_ascii(e.name);
    if (n.ends_with(".cat") && mum.contains(n.substr(0, n.size() - 4))) out.names.insert(n.substr(0, n.size() - 4));
  }
  return out;
}

void collect_cbs_packages(const target::Source& source, model::Facts& facts) {
  const auto* reg = source.registry("SOFTWARE");
  if (reg == nullptr) return;
  const std::string packages = std::string(kCbs) + "\\Packages";
  const target::Certainty sure(*reg);
  const auto names = reg->subkeys(packages);
  if (!names) {
    cover(facts, "cbs.packages", model::CoverageStatus::absent, "no key " + reg->cite(packages, ""));
    return;
  }
  const auto files = package_files(source);
  for (const auto& name : *names) {
    model::Package p = named(name);
    read_state(*reg, packages + "\\" + name, p);
    p.files_known = files.known(name);
    p.files_present = files.present(name);
    facts.packages.push_back(std::move(p));
  }
  // A package whose state was lost may be the one that holds all others.
  facts.packages_read = sure.whole(packages) ? model::Tri::yes : model::Tri::unknown;
  cover(facts, "cbs.packages", model::CoverageStatus::read, std::to_string(names->size()) + " packages");
  if (source.tree)
    cover(facts, "cbs.package_files", files.folder.status(),
          files.folder.detail(files.folder.there ? std::to_string(files.names.size()) + " manifests with catalog" : ""));
}

}  // namespace

extern const Collector cbs_packages;
const Collector cbs_packages{"cbs_packages", collect_cbs_packages};

}  // namespace tq::evidence
