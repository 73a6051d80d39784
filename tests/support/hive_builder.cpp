#include "tests/support/hive_builder.hpp"

#include <algorithm>
#include <cstring>

#include "core/text.hpp"
#include "tests/support/hive_writer.hpp"

namespace tq::test {

struct HiveBuilder::Impl {
  HiveSpec spec;
};

namespace {

constexpr std::uint32_t kSz = 1, kExpand = 2, kBinary = 3, kDword = 4, kLink = 6, kMulti = 7, kQword = 11;

/// From the end: names that are made in a row differ there.
bool same(const std::u16string& a, const std::u16string& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = a.size(); i-- > 0;)
    if (a[i] != b[i] && hive_upcase(a[i]) != hive_upcase(b[i])) return false;
  return true;
}

HiveKey* find(HiveKey& parent, const std::u16string& name) {
  for (auto& k : parent.children)
    if (same(k->name, name)) return k.get();
  return nullptr;
}

std::vector<std::string_view> components(std::string_view path) {
  std::vector<std::string_view> out;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('\\'), path.size());
    if (end != 0) out.push_back(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return out;
}

HiveKey& make(HiveSpec& spec, std::string_view path) {
  HiveKey* at = &spec.root;
  for (const std::string_view part : components(path)) {
    const std::u16string name = utf8_to_utf16(part);
    HiveKey* next = find(*at, name);
    if (next == nullptr) {
      at->children.push_back(std::make_unique<HiveKey>());
      next = at->children.back().get();
      next->name = name;
    }
    at = next;
  }
  return *at;
}

std::vector<std::byte> utf16_bytes(std::string_view utf8, std::size_t nuls) {
  std::u16string s = utf8_to_utf16(utf8);
  s.append(nuls, u'\0');
  std::vector<std::byte> out(s.size() * 2);
  if (!s.empty()) std::memcpy(out.data(), s.data(), out.size());
  return out;
}

template <class T>
std::vector<std::byte> integer_bytes(T v) {
  std::vector<std::byte> out(sizeof v);
  std::memcpy(out.data(), &v, sizeof v);
  return out;
}

}  // namespace

HiveBuilder::HiveBuilder(std::string file_name) : impl_(std::make_unique<Impl>()) {
  impl_->spec.file_name = utf8_to_utf16(file_name);
  impl_->spec.root.name = u"CMI-CreateHive{00000000-0000-0000-0000-000000000000}";
}
HiveBuilder::~HiveBuilder() = default;
HiveBuilder::HiveBuilder(HiveBuilder&&) noexcept = default;
HiveBuilder& HiveBuilder::operator=(HiveBuilder&&) noexcept = default;

HiveBuilder& HiveBuilder::key(std::string_view path) {
  make(impl_->spec, path);
  return *this;
}

HiveBuilder& HiveBuilder::raw(std::string_view path, std::string_view name, std::uint32_t type, std::vector<std::byte> data) {
  HiveKey& k = make(impl_->spec, path);
  const std::u16string wide = utf8_to_utf16(name);
  auto at = std::find_if(k.values.begin(), k.values.end(), [&](const HiveValue& v) { return same(v.name, wide); });
  if (at == k.values.end()) at = k.values.insert(k.values.end(), HiveValue{wide, 0, {}});
  at->type = type;
  at->data = std::move(data);
  return *this;
}

HiveBuilder& HiveBuilder::sz(std::string_view path, std::string_view name, std::string_view text) {
  return raw(path, name, kSz, utf16_bytes(text, 1));
}
HiveBuilder& HiveBuilder::expand(std::string_view path, std::string_view name, std::string_view text) {
  return raw(path, name, kExpand, utf16_bytes(text, 1));
}
HiveBuilder& HiveBuilder::multi(std::string_view path, std::string_view name, const std::vector<std::string>& texts) {
  std::vector<std::byte> data;
  for (const std::string& t : texts) {
    const auto one = utf16_bytes(t, 1);
    data.insert(data.end(), one.begin(), one.end());
  }
  data.resize(data.size() + 2);
  return raw(path, name, kMulti, std::move(data));
}
HiveBuilder& HiveBuilder::dword(std::string_view path, std::string_view name, std::uint32_t value) {
  return raw(path, name, kDword, integer_bytes(value));
}
HiveBuilder& HiveBuilder::qword(std::string_view path, std::string_view name, std::uint64_t value) {
  return raw(path, name, kQword, integer_bytes(value));
}
HiveBuilder& HiveBuilder::binary(std::string_view path, std::string_view name, std::vector<std::byte> data) {
  return raw(path, name, kBinary, std::move(data));
}
HiveBuilder& HiveBuilder::class_name(std::string_view path, std::string_view name) {
  make(impl_->spec, path).class_name = utf8_to_utf16(name);
  return *this;
}
HiveBuilder& HiveBuilder::link(std::string_view path, std::string_view target) {
  make(impl_->spec, path).link = true;
  return raw(path, "SymbolicLinkValue", kLink, utf16_bytes(target, 0));
}
HiveBuilder& HiveBuilder::remove(std::string_view path) {
  HiveKey* at = &impl_->spec.root;
  const auto parts = components(path);
  for (std::size_t i = 0; i + 1 < parts.size() && at != nullptr; ++i) at = find(*at, utf8_to_utf16(parts[i]));
  if (at == nullptr || parts.empty()) return *this;
  const std::u16string last = utf8_to_utf16(parts.back());
  std::erase_if(at->children, [&](const auto& k) { return same(k->name, last); });
  return *this;
}
HiveBuilder& HiveBuilder::last_written(FileTime time) {
  impl_->spec.last_written = time;
  return *this;
}
HiveBuilder& HiveBuilder::last_written(std::string_view path, FileTime time) {
  make(impl_->spec, path).last_written = time;
  return *this;
}
HiveBuilder& HiveBuilder::root_name(std::string name) {
  impl_->spec.root.name = utf8_to_utf16(name);
  return *this;
}
HiveBuilder& HiveBuilder::minor_version(std::uint32_t version) {
  impl_->spec.minor_version = version;
  return *this;
}
HiveBuilder& HiveBuilder::lists(Lists kind) {
  impl_->spec.list_kind = kind == Lists::lh ? "lh" : kind == Lists::lf ? "lf" : kind == Lists::li ? "li" : "";
  return *this;
}
HiveBuilder& HiveBuilder::sequence(std::uint32_t number) {
  impl_->spec.sequence = number;
  return *this;
}
std::vector<std::byte> HiveBuilder::build() const { return write_hive(impl_->spec); }

}  // namespace tq::test
