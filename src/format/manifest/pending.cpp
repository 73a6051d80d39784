#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/text.hpp"
#include "format/manifest/manifest.hpp"
#include "format/manifest/xml.hpp"

namespace tq::format::manifest {
namespace {

constexpr std::uint64_t kPendingLimit = 256u << 20;  // a service pack writes tens of megabytes
constexpr std::size_t kListLimit = 20000, kKindLimit = 200;

/// "Package_for_KBnnnnnnn, Culture=neutral, Version=6.0.1.18005, PublicKeyToken=31bf3856ad364e35, ProcessorArchitecture=amd64,
/// versionScope=NonSxS"
AssemblyIdentity identity_of(std::string_view text) {
  AssemblyIdentity i;
  for (bool first = true; !text.empty(); first = false) {
    const std::size_t comma = text.find(',');
    const std::string_view part = trim(text.substr(0, comma));
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    const std::size_t equals = part.find('=');
    if (first && equals == std::string_view::npos) {
      i.name = std::string(part);
      continue;
    }
    const std::string_view key = part.substr(0, equals);
    const std::string value(equals == std::string_view::npos ? std::string_view{} : part.substr(equals + 1));
    if (iequals(key, "Culture")) i.language = value;
    if (iequals(key, "Version")) i.version_text = value;
    if (iequals(key, "PublicKeyToken")) i.public_key_token = value;
    if (iequals(key, "ProcessorArchitecture")) i.architecture = value;
    if (iequals(key, "versionScope")) i.version_scope = value;
  }
  i.version = FileVersion::parse(i.version_text);
  return i;
}

class PendingReader final : public Handler {
 public:
  bool is_pending = false;

  void start(const std::vector<std::string>& path, const Attributes& a) override {
    const std::string& name = path.back();
    if (path.size() == 1) return root(name, a);
    if (!is_pending) return;
    const std::string& owner = path[path.size() - 2];
    if (owner == "POQ") operation(name);
    if (owner == "Transaction") install(a);
    for (const auto& [key, value] : a.all()) scan(value);
  }
  void end(const std::vector<std::string>&) override {}

  Pending take() {
    out_.components.assign(components_.begin(), components_.end());
    out_.packages.assign(packages_.begin(), packages_.end());
    out_.kbs.assign(kbs_.begin(), kbs_.end());
    return std::move(out_);
  }

 private:
  void root(const std::string& name, const Attributes& a) {
    is_pending = name == "PendingTransaction";
    out_.version = a.get("Version");
    out_.identifier = a.get("Identifier");
  }

  void operation(const std::string& name) {
    ++out_.operations;
    if (out_.operation_kinds.contains(name) || out_.operation_kinds.size() < kKindLimit)
      ++out_.operation_kinds[name];
    else
      cap("pending.operation_kinds", kKindLimit);
  }

  void install(const Attributes& a) {
    const std::string application = a.get("Application");
    if (application.empty()) return;
    if (out_.installs.size() < kListLimit)
      out_.installs.push_back(identity_of(application));
    else
      cap("pending.installs", kListLimit);
  }

  void scan(const std::string& value) {
    if (auto c = component_in_path(value)) keep(components_, *std::move(c), "pending.components");
    if (auto p = package_in_text(value)) keep(packages_, *std::move(p), "pending.packages");
    for (const std::uint32_t kb : kb_numbers(value)) keep(kbs_, kb, "pending.kbs");
  }

  template <class T>
  void keep(std::set<T>& into, T value, const char* place) {
    if (into.size() < kListLimit)
      into.insert(std::move(value));
    else if (!into.contains(value))
      cap(place, kListLimit);
  }

  /// Each list is named once.
  void cap(const char* place, std::size_t limit) {
    if (capped_.insert(place).second) out_.lost.push_back({ErrorCode::limit, place, fmt::format("at most {}", limit), "more"});
  }

  Pending out_;
  std::set<ComponentName> components_;
  std::set<PackageName> packages_;
  std::set<std::uint32_t> kbs_;
  std::set<std::string> capped_;
};

}  // namespace

Result<Pending> parse_pending(Bytes text) {
  PendingReader reader;
  const auto stopped = read_xml(text, kPendingLimit, reader);
  if (!reader.is_pending) {
    if (stopped) return *stopped;
    return Error{ErrorCode::corrupt, "pending.root", "<PendingTransaction>", "another root", text.base()};
  }
  if (stopped && stopped->code == ErrorCode::unsupported) return *stopped;
  Pending out = reader.take();
  if (stopped) out.lost.push_back(*stopped);
  return out;
}

}  // namespace tq::format::manifest
