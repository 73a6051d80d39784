#include "fs/ntfs/upcase.hpp"

#include <algorithm>

#include "fs/ntfs/file.hpp"

namespace tq::fs::ntfs {
namespace {
constexpr std::uint64_t kTableBytes = std::uint64_t{65536} * 2;
}

void UpCase::load() {
  loaded_ = true;
  auto file = File::load(*medium_, *mft_, Reference::of(well_known::kUpCase));
  auto s = file ? file->stream(AttributeType::data, {}) : Result<Stream>(file.error());
  auto bytes = s ? read_whole(*medium_, *s, kTableBytes) : Result<std::vector<std::byte>>(s.error());
  if (bytes && bytes->size() == kTableBytes) {
    table_ = *std::move(bytes);
    return;
  }
  lost_ = true;
  if (!bytes) medium_->journal.lose(bytes.error());
  medium_->journal.note("$UpCase is damaged: letters beyond ASCII are matched exactly");
}

char16_t UpCase::beyond_ascii(char16_t c) {
  if (!loaded_) load();
  const auto v = bytes_of(table_).try_get<le16>(std::uint64_t{c} * 2);
  return v ? static_cast<char16_t>(std::uint16_t{*v}) : c;
}

int UpCase::compare(std::u16string_view a, std::u16string_view b) {
  const std::size_t n = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < n; ++i) {
    if (a[i] == b[i]) continue;
    const char16_t x = fold(a[i]), y = fold(b[i]);
    if (x != y) return x < y ? -1 : 1;
  }
  if (a.size() == b.size()) return 0;
  return a.size() < b.size() ? -1 : 1;
}

}  // namespace tq::fs::ntfs
