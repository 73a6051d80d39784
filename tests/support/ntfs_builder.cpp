#include "tests/support/ntfs_builder.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "core/text.hpp"
#include "tests/support/ntfs_writer.hpp"

namespace tq::test {
namespace {

using namespace ntfs;

constexpr std::uint32_t kFolderFlag = 0x10000000;
constexpr std::uint64_t kRootRecord = 5, kFirstUser = 24;

std::string parent_path(const std::string& path) {
  const auto cut = path.rfind('/');
  return cut == std::string::npos ? std::string{} : path.substr(0, cut);
}
std::u16string last_name(const std::string& path) { return utf8_to_utf16(path.substr(path.rfind('/') + 1)); }

bool fits_8_3(const std::u16string& name) {
  const auto dot = name.find(u'.');
  const auto plain = [](char16_t c) { return (c >= u'0' && c <= u'9') || (c >= u'A' && c <= u'Z') || c == u'_' || c == u'.'; };
  return std::all_of(name.begin(), name.end(), plain) &&
         (dot == std::u16string::npos ? name.size() <= 8 : dot <= 8 && name.size() - dot <= 4) &&
         std::count(name.begin(), name.end(), u'.') <= 1;
}

struct Name {
  std::string parent;
  std::u16string name;
  std::uint8_t space = 0;
};

}  // namespace

/// Everything that one build needs; records are filled from the first to the last, the table itself at the very end.
struct NtfsBuilder::Job {
  const NtfsBuilder& b;
  Clusters clusters;
  NtfsLayout layout;
  std::map<std::uint64_t, Blob> records;
  std::map<std::string, std::uint64_t> folders;        ///< path -> record number
  std::map<std::string, std::vector<IndexKey>> names;  ///< folder -> its entries
  std::uint64_t next_record = kFirstUser;
  std::vector<Run> bitmap_runs;
  std::uint64_t total_clusters = 0;

  explicit Job(const NtfsBuilder& builder) : b(builder), clusters(builder.cluster_size) {}

  static std::uint16_t sequence(std::uint64_t number) { return number == 0 ? 1 : number < 16 ? static_cast<std::uint16_t>(number) : 1; }
  static std::uint64_t reference(std::uint64_t number) { return number | (std::uint64_t{sequence(number)} << 48); }

  static std::uint32_t flags_of(const NtfsFile& f) {
    return 0x20U | (f.sparse ? 0x200U : 0) | (f.reparse_tag ? 0x400U : 0) | (f.compressed ? 0x800U : 0) | (f.encrypted ? 0x4000U : 0);
  }

  static Blob file_name(std::uint64_t parent, const Name& n, const NtfsFile& f) {
    Blob v(66);
    put(v, 0, reference(parent), 8);
    for (std::size_t i = 8; i < 40; i += 8) put(v, i, f.modified.ticks, 8);
    put(v, 40, f.folder ? 0 : (f.content.size() + 7) / 8 * 8, 8);
    put(v, 48, f.folder ? 0 : f.content.size(), 8);
    put(v, 56, flags_of(f) | (f.folder ? kFolderFlag : 0), 4);
    put(v, 60, f.reparse_tag.value_or(0), 4);
    put(v, 64, n.name.size(), 1);
    put(v, 65, n.space, 1);
    append(v, utf16(n.name));
    return v;
  }

  static std::vector<Name> names_of(const NtfsFile& f) {
    std::vector<Name> out;
    const std::u16string own = last_name(f.path);
    const std::uint8_t space = !f.dos_name.empty() ? 1 : fits_8_3(own) ? 3 : 0;
    out.push_back({parent_path(f.path), own, space});
    if (!f.dos_name.empty()) out.push_back({parent_path(f.path), utf8_to_utf16(f.dos_name), 2});
    for (const auto& l : f.links) out.push_back({parent_path(l), last_name(l), 0});
    return out;
  }

  void add_names(const NtfsFile& f, std::uint64_t number, std::vector<AttributeBlob>& out) {
    for (const Name& n : names_of(f)) {
      const Blob key = file_name(folders.at(n.parent), n, f);
      out.push_back(resident(0x30, {}, key, 0, true));
      names[n.parent].push_back({reference(number), n.name, key});
    }
  }

  [[nodiscard]] std::size_t most_pairs() const { return b.record_size / 2; }

  RunsOf plain_runs(const Blob& content, std::uint32_t pieces, std::uint16_t flags = 0) {
    RunsOf r{clusters.take(clusters.for_bytes(content.size()), pieces), content.size(), content.size(), flags, 0};
    clusters.write(r.runs, content);
    return r;
  }

  std::vector<AttributeBlob> stream(const std::u16string& name, const Blob& content, std::uint32_t pieces, bool non_resident) {
    if (!non_resident && content.size() <= b.record_size / 3) return {resident(0x80, name, content)};
    return with_runs(0x80, name, plain_runs(content, pieces), b.cluster_size, most_pairs());
  }

  std::vector<AttributeBlob> default_stream(const NtfsFile& f) {
    RunsOf r;
    if (f.compressed)
      r = packed_runs(clusters, f.content, f.pieces);
    else if (f.sparse)
      r = sparse_runs(clusters, f.content);
    else if (f.encrypted || f.initialized)
      r = plain_runs(f.content, f.pieces, f.encrypted ? 0x4000 : 0);
    else
      return stream({}, f.content, f.pieces, f.non_resident);
    if (f.initialized) r.initialized = *f.initialized;
    return with_runs(0x80, {}, r, b.cluster_size, most_pairs());
  }

  /// Where a record with too much in it sends all but its first attribute.
  struct Spread {
    std::vector<std::pair<std::uint64_t, std::vector<AttributeBlob>>> further;  ///< record number, attributes
    Blob list;
  };

  Spread spread(std::uint64_t number, const std::vector<AttributeBlob>& attributes, std::size_t stay) {
    Spread s;
    std::size_t used = 0;
    for (std::size_t i = 0; i < attributes.size(); ++i) {
      const AttributeBlob& a = attributes[i];
      if (i < stay) {
        list_entry(s.list, a, reference(number), i);
        continue;
      }
      if (s.further.empty() || used + a.bytes.size() > room_in_record(b.record_size)) {
        s.further.push_back({next_record++, {}});
        used = 0;
      }
      list_entry(s.list, a, reference(s.further.back().first), s.further.back().second.size());
      s.further.back().second.push_back(a);
      used += a.bytes.size();
    }
    return s;
  }

  void put_record(std::uint64_t number, std::vector<AttributeBlob> attributes, std::uint16_t flags, std::uint16_t links, bool list,
                  bool list_runs, std::size_t stay = 1) {
    std::sort(attributes.begin(), attributes.end(), [](const AttributeBlob& x, const AttributeBlob& y) {
      if (x.type != y.type) return x.type < y.type;
      if (x.name != y.name) return name_less(x.name, y.name);
      return std::tie(x.first_vcn, x.bytes) < std::tie(y.first_vcn, y.bytes);
    });
    std::size_t total = 0;
    for (const auto& a : attributes) total += a.bytes.size();
    RecordHead head{number, sequence(number), links, flags, 0};
    if (!list && total <= room_in_record(b.record_size)) {
      records[number] = record(head, attributes, b.record_size);
      return;
    }
    const Spread s = spread(number, attributes, stay);
    for (const auto& [further, held] : s.further)
      records[further] = record({further, sequence(further), 0, 1, reference(number)}, held, b.record_size);
    std::vector<AttributeBlob> base(attributes.begin(), attributes.begin() + static_cast<std::ptrdiff_t>(stay));
    const bool runs = list_runs || s.list.size() > room_in_record(b.record_size) / 2;
    base.push_back(runs ? with_runs(0x20, {}, plain_runs(s.list, 1), b.cluster_size, most_pairs()).front() : resident(0x20, {}, s.list));
    // The list is the second attribute by type, the last by id: ids of the others stay as the list says.
    records[number] = record(head, base, b.record_size);
  }

  void put_file(const NtfsFile& f) {
    const std::uint64_t number = next_record++;
    std::vector<AttributeBlob> a{resident(0x10, {}, standard_information(flags_of(f), f.modified.ticks))};
    add_names(f, number, a);
    for (auto& d : default_stream(f)) a.push_back(std::move(d));
    for (const auto& [name, content] : f.streams)
      for (auto& d : stream(utf8_to_utf16(name), content, 1, false)) a.push_back(std::move(d));
    if (f.reparse_tag) a.push_back(reparse(f));
    if (f.encrypted) a.push_back(resident(0x100, u"$EFS", Blob(64)));
    layout.records.emplace_back(f.path, number);
    put_record(number, std::move(a), 1, static_cast<std::uint16_t>(names_of(f).size()), f.attribute_list, f.list_non_resident);
  }

  static AttributeBlob reparse(const NtfsFile& f) {
    Blob v;
    put(v, 0, *f.reparse_tag, 4);
    put(v, 4, f.reparse_data.size(), 4);
    append(v, f.reparse_data);
    return resident(0xC0, {}, v);
  }

  /// Folders get their numbers first, so that files can name them; their records come last, when all names are known.
  void number_folders() {
    folders[{}] = kRootRecord;
    for (const NtfsFile& f : b.files_)
      if (f.folder) {
        folders[f.path] = next_record;
        layout.records.emplace_back(f.path, next_record++);
      }
  }

  void add_index(const std::string& path, std::vector<AttributeBlob>& a) {
    auto& keys = names[path];
    std::sort(keys.begin(), keys.end(), [](const IndexKey& x, const IndexKey& y) { return name_less(x.name, y.name); });
    const IndexTree tree = index_tree(keys, b.index_block_size, b.cluster_size, b.record_size / 3);
    a.push_back(resident(0x90, u"$I30", tree.root));
    if (tree.blocks.empty()) return;
    Blob all, bits((tree.blocks.size() / 8 + 8) / 8 * 8);
    for (std::size_t i = 0; i < tree.blocks.size(); ++i) {
      append(all, tree.blocks[i]);
      bits[i / 8] |= static_cast<std::byte>(1U << (i % 8));
    }
    const RunsOf runs = plain_runs(all, 1);
    for (std::size_t i = 0; i < tree.blocks.size(); ++i)
      layout.index_blocks.push_back(runs.runs[0].lcn * b.cluster_size + i * b.index_block_size);
    a.push_back(with_runs(0xA0, u"$I30", runs, b.cluster_size, most_pairs()).front());
    a.push_back(resident(0xB0, u"$I30", bits));
  }

  void put_folder(const NtfsFile& f, std::uint64_t number) {
    std::vector<AttributeBlob> a{resident(0x10, {}, standard_information(flags_of(f), f.modified.ticks))};
    if (number == kRootRecord)
      a.push_back(resident(0x30, {}, names[{}].front().key, 0, true));
    else
      for (const Name& n : names_of(f)) a.push_back(resident(0x30, {}, file_name(folders.at(n.parent), n, f), 0, true));
    add_index(f.path, a);
    if (f.reparse_tag) a.push_back(reparse(f));
    put_record(number, std::move(a), 3, static_cast<std::uint16_t>(names_of(f).size()), f.attribute_list, f.list_non_resident);
  }

  /// A metadata file in the root. `more`: its attributes besides the common ones.
  void put_meta(std::uint64_t number, const char16_t* name, std::vector<AttributeBlob> more, std::uint16_t flags = 1,
                std::size_t stay = 1) {
    NtfsFile f{{}, (flags & 2) != 0};
    const Name n{{}, name, 3};
    std::vector<AttributeBlob> a{resident(0x10, {}, standard_information(6, f.modified.ticks))};
    const Blob key = file_name(kRootRecord, n, f);
    a.push_back(resident(0x30, {}, key, 0, true));
    for (auto& m : more) a.push_back(std::move(m));
    put_record(number, std::move(a), flags, 1, number == 0 && b.mft_attribute_list, false, stay);
  }
  void name_meta(std::uint64_t number, const char16_t* name, bool folder = false) {
    NtfsFile f{{}, folder};
    names[{}].push_back({reference(number), name, file_name(kRootRecord, {{}, name, 3}, f)});
  }

  std::vector<AttributeBlob> data(const Blob& content, std::uint16_t flags = 0) {
    return with_runs(0x80, {}, plain_runs(content, 1, flags), b.cluster_size, most_pairs());
  }

  /// Four records, or as many as fill one cluster.
  [[nodiscard]] std::uint64_t mirror_size() const { return std::max<std::uint64_t>(std::uint64_t{4} * b.record_size, b.cluster_size); }

  void put_metafiles(const std::vector<Run>& boot, const std::vector<Run>& mirror, const std::vector<Run>& log) {
    const auto runs = [&](const std::vector<Run>& r, std::uint64_t n) {
      return with_runs(0x80, {}, {r, n, n, 0, 0}, b.cluster_size, most_pairs());
    };
    put_meta(1, u"$MFTMirr", runs(mirror, mirror_size()));
    put_meta(2, u"$LogFile", runs(log, 256 * 1024));
    Blob information(12);
    put(information, 8, 0x0103, 2);
    put(information, 10, b.dirty ? 1 : 0, 2);
    put_meta(3, u"$Volume", {resident(0x60, {}, utf16(utf8_to_utf16(b.label))), resident(0x70, {}, information), resident(0x80, {}, {})});
    put_meta(4, u"$AttrDef", data(attribute_definitions()));
    put_meta(7, u"$Boot", runs(boot, 8192));
    put_security();
    const Blob table = upcase_table();
    const RunsOf upcase = plain_runs(table, 1);
    layout.upcase = upcase.runs[0].lcn * b.cluster_size;
    put_meta(10, u"$UpCase", with_runs(0x80, {}, upcase, b.cluster_size, most_pairs()));
    put_meta(11, u"$Extend", {resident(0x90, u"$I30", index_tree({}, b.index_block_size, b.cluster_size, 400).root)}, 3);
    for (std::uint64_t n = 12; n < 16; ++n)
      records[n] =
          record({n, sequence(n), 0, 1, 0}, {resident(0x10, {}, standard_information(6, 0)), resident(0x80, {}, {})}, b.record_size);
  }

  /// The descriptors, and empty indexes to look them up.
  void put_security() {
    const auto view = [&](const char16_t* name, std::uint32_t collation) {
      Blob root = index_tree({}, b.index_block_size, b.cluster_size, 400).root;
      put(root, 0, 0, 4);
      put(root, 4, collation, 4);
      return resident(0x90, name, root);
    };
    auto a = with_runs(0x80, u"$SDS", plain_runs(security_stream(), 1), b.cluster_size, most_pairs());
    a.push_back(view(u"$SDH", 18));
    a.push_back(view(u"$SII", 16));
    put_meta(9, u"$Secure", std::move(a), 9);
  }

  void put_bad_clusters() {
    const std::uint64_t n = total_clusters * b.cluster_size;
    std::vector<AttributeBlob> a{resident(0x80, {}, {})};
    a.push_back(with_runs(0x80, u"$Bad", {{{kHole, total_clusters}}, n, 0, 0, 0}, b.cluster_size, most_pairs()).front());
    put_meta(8, u"$BadClus", std::move(a));
  }

  /// The table describes itself, so that its place must be known before its first record is written.
  std::vector<Run> put_mft() {
    const bool list = b.mft_attribute_list;
    const std::uint64_t count = (next_record + 7) / 8 * 8;
    const std::uint64_t size_of_all = clusters.for_bytes(count * b.record_size) * b.cluster_size;
    // The first run must hold the records that the rest is found through.
    const auto runs = mft_runs(clusters.for_bytes(size_of_all));
    Blob bits((size_of_all / b.record_size / 8 + 8) / 8 * 8);
    for (std::uint64_t n = 0; n < next_record; ++n)
      if (n < (list ? 17 : 16) || n >= kFirstUser) bits[n / 8] |= static_cast<std::byte>(1U << (n % 8));
    const auto bitmap = with_runs(0xB0, {}, plain_runs(bits, 1), b.cluster_size, most_pairs());
    const RunsOf all{runs, size_of_all, size_of_all, 0, 0};
    if (!list) {
      auto a = with_runs(0x80, {}, all, b.cluster_size, most_pairs());
      a.insert(a.end(), bitmap.begin(), bitmap.end());
      put_meta(0, u"$MFT", std::move(a));
    } else {
      // Within the first run: the table must be able to find its own further runs.
      const std::uint64_t after = std::exchange(next_record, 16);
      auto a = with_runs(0x80, {}, all, b.cluster_size, 8);
      a.insert(a.begin(), bitmap.begin(), bitmap.end());
      put_mft_with_list(std::move(a));
      next_record = after;
    }
    return runs;
  }

  void put_mft_with_list(std::vector<AttributeBlob> attributes) {
    NtfsFile f;
    std::vector<AttributeBlob> a{resident(0x10, {}, standard_information(6, f.modified.ticks)),
                                 resident(0x30, {}, file_name(kRootRecord, {{}, u"$MFT", 3}, f), 0, true)};
    // $STANDARD_INFORMATION, $FILE_NAME and the first piece of $DATA stay: the list is found through them.
    const auto first = std::find_if(attributes.begin(), attributes.end(), [](const AttributeBlob& x) { return x.type == 0x80; });
    a.push_back(*first);
    attributes.erase(first);
    const Spread s = spread_rest(a, attributes);
    for (const auto& [number, held] : s.further)
      records[number] = record({number, sequence(number), 0, 1, reference(0)}, held, b.record_size);
    for (std::size_t i = 0; i < a.size(); ++i) a[i].id = static_cast<int>(i);
    a.insert(a.begin() + 1, resident(0x20, {}, s.list));
    a[1].id = static_cast<int>(a.size()) - 1;
    records[0] = record({0, 1, 1, 1, 0}, a, b.record_size);
  }

  Spread spread_rest(const std::vector<AttributeBlob>& stay, const std::vector<AttributeBlob>& go) {
    std::vector<AttributeBlob> all = stay;
    all.insert(all.end(), go.begin(), go.end());
    return spread(0, all, stay.size());
  }

  std::vector<Run> mft_runs(std::uint64_t n) {
    const std::uint64_t head = std::min(n, clusters.for_bytes(std::uint64_t{64} * b.record_size));
    std::vector<Run> runs = clusters.take(head);
    if (n > head) {
      clusters.take(1);
      const auto rest = clusters.take(n - head, b.mft_pieces);
      runs.insert(runs.end(), rest.begin(), rest.end());
    }
    return runs;
  }

  Blob build() {
    const auto boot = clusters.take(clusters.for_bytes(8192));
    const auto mirror = clusters.take(clusters.for_bytes(std::uint64_t{4} * b.record_size));
    const auto log = clusters.take(clusters.for_bytes(256 * 1024));
    clusters.write(log, log_file(b.log_dirty));
    layout.mirror = mirror[0].lcn * b.cluster_size;
    layout.log = log[0].lcn * b.cluster_size;
    number_folders();
    constexpr const char16_t* kMeta[] = {u"$MFT",    u"$MFTMirr", u"$LogFile", u"$Volume", u"$AttrDef", u".",
                                         u"$Bitmap", u"$Boot",    u"$BadClus", u"$Secure", u"$UpCase",  u"$Extend"};
    name_meta(5, u".", true);
    for (std::uint64_t i = 0; i < std::size(kMeta); ++i)
      if (i != 5) name_meta(i, kMeta[i], i == 11);
    put_metafiles(boot, mirror, log);
    name_folders();
    for (const NtfsFile& f : b.files_)
      if (!f.folder) put_file(f);
    for (const NtfsFile& f : b.files_)
      if (f.folder) put_folder(f, folders.at(f.path));
    put_folder({{}, true}, kRootRecord);
    return finish(boot, mirror);
  }

  void name_folders() {
    for (const NtfsFile& f : b.files_) {
      if (!f.folder) continue;
      for (const Name& n : names_of(f))
        names[n.parent].push_back({reference(folders.at(f.path)), n.name, file_name(folders.at(n.parent), n, f)});
    }
  }

  Blob finish(const std::vector<Run>& boot, const std::vector<Run>& mirror) {
    // Room for the table and both bitmaps is bounded from above, so that the number of clusters is known before they are placed.
    const std::uint64_t least =
        (clusters.used() + 64 + clusters.for_bytes((next_record + 80) * b.record_size * 2)) * b.cluster_size + 65536;
    const std::uint64_t bytes = std::max(b.size, least + least / 512 + std::uint64_t{8} * b.cluster_size);
    total_clusters = (bytes - b.sector_size) / b.cluster_size;
    bitmap_runs = clusters.take(clusters.for_bytes((total_clusters / 8 + 8) / 8 * 8));
    put_bad_clusters();
    const std::uint64_t bitmap_size = (total_clusters / 8 + 8) / 8 * 8;
    put_meta(6, u"$Bitmap", with_runs(0x80, {}, {bitmap_runs, bitmap_size, bitmap_size, 0, 0}, b.cluster_size, most_pairs()));
    const auto mft = put_mft();
    Blob table;
    const std::uint64_t count = (next_record + 7) / 8 * 8;
    for (std::uint64_t n = 0; n < clusters.for_bytes(count * b.record_size) * b.cluster_size / b.record_size; ++n) {
      const auto it = records.find(n);
      append(table, it != records.end() ? it->second : record({n, 1, 0, 0, 0}, {}, b.record_size));
    }
    clusters.write(mft, table);
    const std::size_t mirrored = std::min(table.size(), std::size_t{mirror_size()});
    clusters.write(mirror, Blob(table.begin(), table.begin() + static_cast<std::ptrdiff_t>(mirrored)));
    Blob bits(bitmap_size, std::byte{0xFF});  // bits past the end count as taken
    for (std::uint64_t c = 0; c < total_clusters; ++c)
      if (!clusters.taken(c)) bits[c / 8] &= static_cast<std::byte>(~(1U << (c % 8)));
    clusters.write(bitmap_runs, bits);
    note_records(mft);
    layout.mft = mft[0].lcn * b.cluster_size;
    const Blob sector = boot_sector(b.sector_size, b.cluster_size, b.record_size, b.index_block_size,
                                    total_clusters * b.cluster_size / b.sector_size, mft[0].lcn, mirror[0].lcn);
    clusters.write(boot, sector);
    return sector;
  }

  void note_records(const std::vector<Run>& mft) {
    for (const Run& r : mft)
      for (std::uint64_t at = 0; at < r.clusters * b.cluster_size; at += b.record_size)
        layout.record_offsets.push_back(r.lcn * b.cluster_size + at);
  }

  [[nodiscard]] std::uint64_t volume_bytes() const { return total_clusters * b.cluster_size + b.sector_size; }
};

std::uint64_t NtfsLayout::record_of(const std::string& path) const {
  for (const auto& [name, number] : records)
    if (name == path) return number;
  return 0;
}

NtfsFile& NtfsBuilder::folder(const std::string& path) {
  for (NtfsFile& f : files_)
    if (f.folder && f.path == path) return f;
  const std::string parent = parent_path(path);
  if (!parent.empty()) folder(parent);
  return files_.emplace_back(NtfsFile{path, true});
}

NtfsFile& NtfsBuilder::file(const std::string& path, std::vector<std::byte> content) {
  const std::string parent = parent_path(path);
  if (!parent.empty()) folder(parent);
  return files_.emplace_back(NtfsFile{path, false, std::move(content)});
}

NtfsFile& NtfsBuilder::link(const std::string& path, const std::string& target, bool junction) {
  NtfsFile& f = junction ? folder(path) : file(path, {});
  f.reparse_tag = junction ? 0xA0000003 : 0xA000000C;
  const Blob name = utf16(utf8_to_utf16(target));
  Blob& v = f.reparse_data;
  put(v, 0, 0, 2);
  put(v, 2, name.size(), 2);
  put(v, 4, name.size() + 2, 2);
  put(v, 6, 0, 2);
  if (!junction) put(v, 8, 1, 4);
  append(v, name);
  put(v, v.size(), 0, 4);
  return f;
}

std::vector<std::byte> NtfsBuilder::build(NtfsLayout* layout) const {
  Job job(*this);
  const Blob sector = job.build();
  Blob out = std::move(job.clusters.bytes());
  out.resize(job.volume_bytes());
  std::copy(sector.begin(), sector.end(), out.end() - static_cast<std::ptrdiff_t>(sector_size));
  if (layout != nullptr) *layout = std::move(job.layout);
  return out;
}

void NtfsBuilder::write(const std::string& path, NtfsLayout* layout) const {
  Job job(*this);
  const Blob sector = job.build();
  const Blob& all = job.clusters.bytes();
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  bool good = fd >= 0 && ::ftruncate(fd, static_cast<off_t>(job.volume_bytes())) == 0;
  for (std::size_t at = 0; good && at < all.size(); at += 65536) {
    const std::size_t n = std::min<std::size_t>(65536, all.size() - at);
    const auto part = all.begin() + static_cast<std::ptrdiff_t>(at);
    if (std::all_of(part, part + static_cast<std::ptrdiff_t>(n), [](std::byte x) { return x == std::byte{}; })) continue;
    good = ::pwrite(fd, &all[at], n, static_cast<off_t>(at)) == static_cast<ssize_t>(n);
  }
  const off_t last = static_cast<off_t>(job.volume_bytes() - sector_size);
  good = good && ::pwrite(fd, sector.data(), sector.size(), last) == static_cast<ssize_t>(sector.size());
  if (fd >= 0) ::close(fd);
  if (!good) throw std::runtime_error("cannot write " + path);
  if (layout != nullptr) *layout = std::move(job.layout);
}

}  // namespace tq::test
