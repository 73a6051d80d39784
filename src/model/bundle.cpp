#include "model/bundle.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "core/hash.hpp"
#include "core/json.hpp"
#include "core/signature.hpp"
#include "core/text.hpp"

namespace tq::model {
namespace {

constexpr const char* kManifest = "manifest.json";
constexpr const char* kSignature = "manifest.sig";
constexpr const char* kRequired[] = {kBundleFacts, kBundleReport, kBundleSources, kBundleVersions};

using Members = std::map<std::string, const StoredMember*>;

/// `members`: all but the manifest and its signature. That there is a signature stands in what is signed: it cannot be taken away.
std::string manifest_of(const std::vector<StoredMember>& members, bool is_signed) {
  Json list = Json::array();
  for (const auto& m : members)
    if (m.name != kManifest && m.name != kSignature)
      list.push_back({{"name", m.name}, {"size", m.data.size()}, {"sha256", sha256_hex(bytes_of(m.data))}});
  const Json doc = {{"schema", kBundleSchema}, {"signed", is_signed}, {"members", std::move(list)}};
  return doc.dump(2) + "\n";
}

/// What is wrong with a bundle, each with the member it is about.
class Problems {
 public:
  void add(const std::string& member, const std::string& what) { list_.push_back(printable(member) + ": " + what); }
  [[nodiscard]] bool any() const { return !list_.empty(); }
  [[nodiscard]] Error error() const {
    constexpr std::size_t kMost = 20;
    std::string all;
    for (std::size_t i = 0; i < list_.size() && i < kMost; ++i) all += (i == 0 ? "" : "; ") + list_[i];
    if (list_.size() > kMost) all += "; and " + std::to_string(list_.size() - kMost) + " more";
    return Error{ErrorCode::corrupt, "bundle", "the bytes that were written", all, {}, "it was changed on its way: get it again"};
  }

 private:
  std::vector<std::string> list_;
};

Members by_name(const std::vector<StoredMember>& members, Problems& problems) {
  Members out;
  for (const auto& m : members)
    if (!out.emplace(m.name, &m).second) problems.add(m.name, "twice in the archive");
  return out;
}

const Json* field(const Json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto it = object.find(name);
  return it == object.end() ? nullptr : &*it;
}

std::string text_field(const Json& object, const char* name) {
  const Json* f = field(object, name);
  return f != nullptr && f->is_string() ? f->get<std::string>() : std::string{};
}

/// One line of the manifest against the member it names; that name, or nothing when the line is none.
std::string compare(const Json& line, const Members& members, Problems& problems) {
  std::string name = text_field(line, "name");
  const Json* size = field(line, "size");
  if (name.empty() || size == nullptr || !size->is_number_unsigned()) {
    problems.add(kManifest, "a line of it has no name or size");
    return {};
  }
  const auto it = members.find(name);
  if (it == members.end()) {
    problems.add(name, "removed, or no longer readable");
  } else if (it->second->data.size() != size->get<std::uint64_t>() ||
             sha256_hex(bytes_of(it->second->data)) != text_field(line, "sha256")) {
    problems.add(name, "changed: it is not what the manifest says");
  }
  return name;
}

void check_members(const Members& members, Problems& problems) {
  const auto manifest = members.find(kManifest);
  if (manifest == members.end()) return problems.add(kManifest, "removed, or no longer readable");
  const Json doc = Json::parse(manifest->second->data, nullptr, false);
  const Json* list = field(doc, "members");
  if (list == nullptr || !list->is_array() || text_field(doc, "schema") != kBundleSchema)
    return problems.add(kManifest, std::string("changed: no manifest of schema ") + kBundleSchema);
  std::set<std::string> named = {kManifest, kSignature};
  for (const auto& line : *list) named.insert(compare(line, members, problems));
  for (const char* name : kRequired)
    if (!named.contains(name)) problems.add(name, "not in the manifest");
  for (const auto& [name, member] : members)
    if (!named.contains(name)) problems.add(name, "added: the manifest does not name it");
}

/// The manifest is no member of itself: it has to be what the members give, to the byte.
void check_manifest(const std::vector<StoredMember>& list, const Members& members, Problems& problems) {
  const bool is_signed = members.contains(kSignature);
  const std::string& text = members.at(kManifest)->data;
  if (manifest_of(list, is_signed) == text) return;
  if (manifest_of(list, !is_signed) == text)
    problems.add(kSignature, is_signed ? "added: the bundle was written without one" : "removed");
  else
    problems.add(kManifest, "changed: it is not what the members give");
}

/// Order, dates, comments, a cut or longer end: whatever lies outside of the members has one form only.
void check_form(Bytes archive, const std::vector<StoredMember>& members, Problems& problems) {
  const auto again = write_stored_zip(members);
  const bool sorted = std::is_sorted(members.begin(), members.end(), [](const auto& a, const auto& b) {
    const auto rank = [](const std::string& n) { return n == kManifest ? 0 : n == kSignature ? 1 : 2; };
    return std::pair(rank(a.name), a.name) < std::pair(rank(b.name), b.name);
  });
  if (!sorted) problems.add("archive", "its members are in another order");
  if (!again || *again == archive.chars()) return;
  problems.add("archive", archive.size() < again->size() ? "cut short, or written anew by another program"
                                                         : "not as it was written: longer, packed, dated or written anew");
}

Result<std::string> check_signature(const Members& members, const std::string& verify_key) {
  const auto signature = members.find(kSignature);
  if (verify_key.empty()) return std::string(signature == members.end() ? "none" : "not_checked");
  if (signature == members.end())
    return Error{ErrorCode::corrupt, "bundle", "a signature of the key that --verify-key names", "none: it is not signed"};
  TQ_TRY(const auto good, verify_ed25519(verify_key, bytes_of(members.at(kManifest)->data), bytes_of(signature->second->data)));
  static_cast<void>(good);
  return std::string("valid");
}

BundleNote read_versions(const std::string& text) {
  const Json doc = Json::parse(text, nullptr, false);
  BundleNote n;
  n.tool_version = text_field(doc, "tool");
  n.catalog_id = text_field(doc, "catalog");
  n.data_as_of = text_field(doc, "data_as_of");
  n.as_of = text_field(doc, "as_of");
  n.goal = text_field(doc, "goal");
  return n;
}

}  // namespace

Result<std::string> pack_bundle(std::vector<StoredMember> members, const std::string& sign_key) {
  std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  std::vector<StoredMember> all = {{kManifest, manifest_of(members, !sign_key.empty())}};
  if (!sign_key.empty()) {
    TQ_TRY(std::string signature, sign_ed25519(sign_key, bytes_of(all.front().data)));
    all.push_back({kSignature, std::move(signature)});
  }
  for (auto& m : members) all.push_back(std::move(m));
  return write_stored_zip(all);
}

std::string versions_json(const BundleNote& n) {
  const Json doc = {{"schema", kVersionsSchema},  {"tool", n.tool_version}, {"catalog", n.catalog_id},
                    {"data_as_of", n.data_as_of}, {"as_of", n.as_of},       {"goal", n.goal}};
  return doc.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<OpenedBundle> open_bundle(Bytes archive, const std::string& verify_key) {
  const auto list = read_stored_members(archive);
  Problems problems;
  const Members members = by_name(list, problems);
  check_members(members, problems);
  if (!problems.any()) check_manifest(list, members, problems);
  check_form(archive, list, problems);
  if (problems.any()) return problems.error();
  OpenedBundle out;
  TQ_TRY(std::string signature, check_signature(members, verify_key));
  out.facts = members.at(kBundleFacts)->data;
  out.note = read_versions(members.at(kBundleVersions)->data);
  out.note.signature = std::move(signature);
  return out;
}

bool looks_like_bundle(Bytes head) {
  const auto whole = read_stored_members(head);
  const auto is_manifest = [](const StoredMember& m) { return m.name == kManifest && m.data.find(kBundleSchema) != std::string::npos; };
  if (std::any_of(whole.begin(), whole.end(), is_manifest)) return true;
  // The manifest was taken away, or lies behind something long: a bundle all the same when it begins with another of its members.
  constexpr std::size_t kNameAt = 30;
  if (!head.chars().starts_with("PK\x03\x04") || head.size() < kNameAt) return false;
  const std::string_view rest = head.chars().substr(kNameAt);
  const auto begins = [rest](const char* name) { return rest.starts_with(name); };
  const bool named = begins(kManifest) || begins(kSignature) || std::any_of(std::begin(kRequired), std::end(kRequired), begins);
  return named && rest.find("\"tourniquet.") != std::string_view::npos;
}

}  // namespace tq::model
