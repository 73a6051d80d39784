#include "format/manifest/manifest.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "format/manifest/xml.hpp"

namespace tq::format::manifest {
namespace {

constexpr std::uint64_t kManifestLimit = 16u << 20;
constexpr std::size_t kItemLimit = 100000;  // identities, parents, updates and files together

AssemblyIdentity identity_of(const Attributes& a) {
  AssemblyIdentity i{a.get("name"),
                     a.get("version"),
                     a.get("processorArchitecture"),
                     a.get("language"),
                     a.get("publicKeyToken"),
                     a.get("versionScope"),
                     {}};
  i.version = FileVersion::parse(i.version_text);
  return i;
}

/// Which element an identity belongs to is told by its parent element, and whether that stands in an <update> by the path.
class Reader final : public Handler {
 public:
  Manifest out;
  bool is_assembly = false, has_identity = false;

  void start(const std::vector<std::string>& path, const Attributes& a) override {
    const std::string& name = path.back();
    if (path.size() == 1) return root(name, a);
    if (!is_assembly || !room(name)) return;
    if (name == "assemblyIdentity") return identity(path, identity_of(a));
    if (name == "package" && path.size() == 2) return package(a);
    if (name == "installerAssembly") out.installer = identity_of(a);
    if (name == "parent") out.parents.push_back(parent_of(a));
    if (name == "update") out.updates.push_back({a.get("name"), {}, {}});
    if (name == "file") out.files.push_back(a.get("name"));
  }
  void end(const std::vector<std::string>&) override {}

 private:
  void root(const std::string& name, const Attributes& a) {
    is_assembly = name == "assembly";
    out.description = a.get("description");
    out.support_information = a.get("supportInformation");
    out.creation_time = a.get("creationTimeStamp");
  }

  void package(const Attributes& a) {
    out.is_package = true;
    out.package_identifier = a.get("identifier");
    out.release_type = a.get("releaseType");
    out.restart = a.get("restart");
    out.psf_name = a.get("psfName");
  }

  static Parent parent_of(const Attributes& a) {
    return {a.get("buildCompare"),
            a.get("serviceCompare"),
            a.get("revisionCompare"),
            a.get("distributionCompare"),
            a.get("integrate"),
            a.get("disposition"),
            {}};
  }

  void identity(const std::vector<std::string>& path, AssemblyIdentity i) {
    const std::string& owner = path[path.size() - 2];
    const bool in_update = std::find(path.begin(), path.end(), "update") != path.end() && !out.updates.empty();
    if (path.size() == 2) {
      out.identity = std::move(i);
      has_identity = true;
    } else if (owner == "parent" && !out.parents.empty()) {
      out.parents.back().identities.push_back(std::move(i));
    } else if (owner == "package") {
      (in_update ? out.updates.back().packages : out.packages).push_back(std::move(i));
    } else if (in_update && (owner == "updateComponent" || owner == "component")) {
      out.updates.back().components.push_back(std::move(i));
    } else if (owner == "dependentAssembly") {
      out.dependencies.push_back(std::move(i));
    }
  }

  /// Counts what is kept; the first item too many is named.
  bool room(std::string_view element) {
    constexpr std::string_view kKept[] = {"assemblyIdentity", "parent", "update", "file"};
    if (std::find(std::begin(kKept), std::end(kKept), element) == std::end(kKept)) return true;
    if (++items_ == kItemLimit + 1) out.lost.push_back({ErrorCode::limit, "manifest.items", fmt::format("at most {}", kItemLimit), "more"});
    return items_ <= kItemLimit;
  }
  std::size_t items_ = 0;
};

}  // namespace

std::string AssemblyIdentity::package_form() const {
  const bool neutral = language.empty() || iequals(language, "neutral");
  return fmt::format("{}~{}~{}~{}~{}", name, public_key_token, architecture, neutral ? std::string_view{} : std::string_view(language),
                     version_text);
}

Result<Manifest> parse_manifest(Bytes text) {
  if (text.chars().starts_with("DCM\x01"))
    return Error{ErrorCode::unsupported, "manifest", "XML", "a compressed manifest (NT 6.2 and later)", text.base()};
  Reader reader;
  const auto stopped = read_xml(text, kManifestLimit, reader);
  if (!reader.is_assembly || !reader.has_identity) {
    if (stopped) return *stopped;
    return Error{ErrorCode::corrupt, "manifest.assembly", "an <assembly> with an <assemblyIdentity>",
                 reader.is_assembly ? "no identity" : "another root", text.base()};
  }
  if (stopped && stopped->code == ErrorCode::unsupported) return *stopped;  // hostile on purpose: nothing of it is believed
  if (stopped) reader.out.lost.push_back(*stopped);
  return std::move(reader.out);
}

}  // namespace tq::format::manifest
