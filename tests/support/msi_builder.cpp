#include "tests/support/msi_builder.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>

#include "format/msi/database.hpp"

namespace tq::test {
namespace {

using Buffer = std::vector<std::byte>;
constexpr std::size_t kSector = 512, kShort = 64, kCutoff = 4096;
constexpr std::uint32_t kFree = 0xFFFFFFFF, kEnd = 0xFFFFFFFE, kFatSector = 0xFFFFFFFD;

void put(Buffer& b, std::size_t at, std::uint64_t v, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) b[at + i] = static_cast<std::byte>(v >> (8 * i));
}
void add(Buffer& b, std::uint64_t v, std::size_t n) {
  b.resize(b.size() + n);
  put(b, b.size() - n, v, n);
}
void pad(Buffer& b, std::size_t to) { b.resize((b.size() + to - 1) / to * to); }

/// Sectors after the header, with the table of their chains.
struct Sectors {
  Buffer bytes;
  std::vector<std::uint32_t> fat;

  std::uint32_t append(Buffer content, std::size_t unit = kSector) {
    if (content.empty()) return kEnd;
    pad(content, unit);
    const auto first = static_cast<std::uint32_t>(fat.size());
    const std::size_t n = content.size() / unit;
    for (std::size_t i = 0; i < n; ++i) fat.push_back(i + 1 == n ? kEnd : first + static_cast<std::uint32_t>(i) + 1);
    bytes.insert(bytes.end(), content.begin(), content.end());
    return first;
  }
};

Buffer words(const std::vector<std::uint32_t>& v) {
  Buffer out;
  for (const auto w : v) add(out, w, 4);
  return out;
}

void entry(Buffer& directory, const std::u16string& name, std::uint8_t type, std::uint32_t right, std::uint32_t child, std::uint32_t start,
           std::uint64_t size) {
  const std::size_t at = directory.size();
  directory.resize(at + 128);
  for (std::size_t i = 0; i < name.size() && i < 31; ++i) put(directory, at + 2 * i, name[i], 2);
  put(directory, at + 64, 2 * (std::min<std::size_t>(name.size(), 31) + 1), 2);
  put(directory, at + 66, type, 1);
  put(directory, at + 67, 1, 1);
  put(directory, at + 68, kFree, 4);
  put(directory, at + 72, right, 4);
  put(directory, at + 76, child, 4);
  put(directory, at + 116, start, 4);
  put(directory, at + 120, size, 8);
}

/// The bits of a column's type, from its .idt word.
std::uint32_t type_bits(const std::string& word, bool key) {
  const char letter = word.front();
  const auto size = static_cast<std::uint32_t>(std::stoul(word.substr(1)));
  std::uint32_t bits = 0x100 | (key ? 0x2000U : 0U) | (std::isupper(static_cast<unsigned char>(letter)) != 0 ? 0x1000U : 0U);
  switch (std::tolower(static_cast<unsigned char>(letter))) {
    case 's': return bits | 0x800 | 0x400 | size;
    case 'l': return bits | 0x800 | 0x400 | 0x200 | size;
    case 'v': return bits | 0x800;
    default: return bits | 0x400 | size;
  }
}

struct Strings {
  std::vector<std::string> all{""};
  std::uint32_t id(const std::string& s) {
    if (s.empty()) return 0;
    const auto it = std::find(all.begin(), all.end(), s);
    if (it != all.end()) return static_cast<std::uint32_t>(it - all.begin());
    all.push_back(s);
    return static_cast<std::uint32_t>(all.size() - 1);
  }
};

}  // namespace

std::vector<std::byte> compound_file(const std::vector<std::pair<std::u16string, std::vector<std::byte>>>& streams) {
  Sectors big, small;
  Buffer directory;
  std::vector<std::uint32_t> starts;
  for (const auto& [name, content] : streams)
    starts.push_back(content.size() >= kCutoff ? big.append(content) : small.append(content, kShort));
  const std::size_t short_bytes = small.bytes.size();
  const std::uint32_t short_start = big.append(small.bytes);
  Buffer short_table = words(small.fat);
  while (short_table.size() % kSector != 0) add(short_table, kFree, 4);
  const std::uint32_t short_fat = big.append(short_table);
  entry(directory, u"Root Entry", 5, kFree, streams.empty() ? kFree : 1, short_start, short_bytes);
  for (std::size_t i = 0; i < streams.size(); ++i)
    entry(directory, streams[i].first, 2, i + 1 < streams.size() ? static_cast<std::uint32_t>(i + 2) : kFree, kFree, starts[i],
          streams[i].second.size());
  const std::uint32_t directory_start = big.append(directory);
  // The table holds the sectors it fills itself.
  std::size_t n = 1;
  while (n * (kSector / 4) < big.fat.size() + n) ++n;
  const auto fat_start = static_cast<std::uint32_t>(big.fat.size());
  for (std::size_t i = 0; i < n; ++i) big.fat.push_back(kFatSector);
  Buffer fat = words(big.fat);
  while (fat.size() < n * kSector) add(fat, kFree, 4);

  Buffer file(kSector);
  put(file, 0, 0xE11AB1A1E011CFD0, 8);
  put(file, 24, 0x3E, 2);
  put(file, 26, 3, 2);
  put(file, 28, 0xFFFE, 2);
  put(file, 30, 9, 2);
  put(file, 32, 6, 2);
  put(file, 44, n, 4);
  put(file, 48, directory_start, 4);
  put(file, 56, kCutoff, 4);
  put(file, 60, short_fat, 4);
  put(file, 64, short_table.size() / kSector, 4);
  put(file, 68, kEnd, 4);
  for (std::size_t i = 0; i < 109; ++i) put(file, 76 + 4 * i, i < n ? fat_start + i : kFree, 4);
  file.insert(file.end(), big.bytes.begin(), big.bytes.end());
  file.insert(file.end(), fat.begin(), fat.end());
  return file;
}

MsiBuilder::Table* MsiBuilder::find(const std::string& name) {
  const auto it = std::find_if(tables_.begin(), tables_.end(), [&](const Table& t) { return t.name == name; });
  return it == tables_.end() ? nullptr : &*it;
}

MsiBuilder& MsiBuilder::table(std::string name, std::vector<std::pair<std::string, std::string>> columns) {
  tables_.push_back({std::move(name), std::move(columns), {}});
  return *this;
}

MsiBuilder& MsiBuilder::row(std::vector<std::string> cells) {
  tables_.back().rows.push_back(std::move(cells));
  return *this;
}

MsiBuilder& MsiBuilder::binary(std::string name, std::vector<std::byte> content) {
  if (find("Binary") == nullptr) table("Binary", {{"Name", "s72"}, {"Data", "v0"}});
  find("Binary")->rows.push_back({name, ""});
  binaries_.emplace_back(std::move(name), std::move(content));
  return *this;
}

MsiBuilder& MsiBuilder::launch(const std::string& condition, const std::string& description) {
  if (find("LaunchCondition") == nullptr) table("LaunchCondition", {{"Condition", "s255"}, {"Description", "l255"}});
  find("LaunchCondition")->rows.push_back({condition, description});
  return *this;
}

std::vector<std::byte> MsiBuilder::build() const {
  Strings strings;
  std::vector<std::pair<std::u16string, Buffer>> streams;
  Buffer names, columns[4];
  for (const auto& t : tables_) {
    add(names, strings.id(t.name), 2);
    Buffer content;
    for (std::size_t c = 0; c < t.columns.size(); ++c) {
      const auto& [column, word] = t.columns[c];
      const std::uint32_t type = type_bits(word, c == 0);
      const std::uint32_t cells[4] = {strings.id(t.name), static_cast<std::uint32_t>(c + 1) ^ 0x8000, strings.id(column), type ^ 0x8000};
      for (std::size_t k = 0; k < 4; ++k) add(columns[k], cells[k], 2);
      for (const auto& r : t.rows) {
        const bool text = (type & 0x800) != 0, stream = word.front() == 'v';
        const bool four = !text && (type & 0xFF) == 4;
        const auto number = [&] { return static_cast<std::uint32_t>(std::stol(r[c])) ^ (four ? 0x80000000U : 0x8000U); };
        add(content, stream ? 1 : text ? strings.id(r[c]) : r[c].empty() ? 0 : number(), four ? 4 : 2);
      }
    }
    if (!content.empty()) streams.emplace_back(format::msi::encode_name(t.name, true), std::move(content));
  }
  Buffer column_table, pool, data;
  for (const auto& c : columns) column_table.insert(column_table.end(), c.begin(), c.end());
  add(pool, 1252, 4);
  for (std::size_t i = 1; i < strings.all.size(); ++i) {
    const auto& s = strings.all[i];
    if (s.size() > 0xFFFF) add(pool, 1ULL << 16, 4);
    add(pool, s.size() > 0xFFFF ? s.size() : s.size() | 1 << 16, 4);
    for (const char ch : s) add(data, static_cast<unsigned char>(ch), 1);
  }
  streams.emplace_back(format::msi::encode_name("_Tables", true), std::move(names));
  streams.emplace_back(format::msi::encode_name("_Columns", true), std::move(column_table));
  streams.emplace_back(format::msi::encode_name("_StringPool", true), std::move(pool));
  streams.emplace_back(format::msi::encode_name("_StringData", true), std::move(data));
  for (const auto& [name, content] : binaries_) streams.emplace_back(format::msi::encode_name("Binary." + name, false), content);
  return compound_file(streams);
}

}  // namespace tq::test
