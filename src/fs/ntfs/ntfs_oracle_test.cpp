// The same volumes through the sleuthkit and ntfs-3g: names and SHA-256 of every file must agree.
#include <doctest/doctest.h>
#include <sys/xattr.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <sstream>

#include "core/hash.hpp"
#include "fs/ntfs/ntfs.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/machine_builder.hpp"
#include "tests/support/ntfs_builder.hpp"

using namespace tq::fs::ntfs;
using tq::test::noise;
using tq::test::NtfsBuilder;
using tq::test::NtfsFile;
using tq::test::prose;
using Files = std::map<std::string, std::string>;  // path, with ":stream" behind it -> SHA-256

namespace {

std::string in_quotes(const std::string& s) {
  std::string out = "'";
  for (const char c : s) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

/// Standard output of a shell line; nullopt when it fails.
std::optional<std::string> output_of(const std::string& line) {
  std::FILE* p = ::popen((line + " 2>/dev/null").c_str(), "r");
  if (p == nullptr) return std::nullopt;
  std::string out;
  char buf[65536];
  for (std::size_t n = 0; (n = std::fread(buf, 1, sizeof buf, p)) > 0;) out.append(buf, n);
  return ::pclose(p) == 0 ? std::optional(out) : std::nullopt;
}

bool has(const std::string& tool) {
  if (output_of("PATH=$PATH:/sbin:/usr/sbin command -v " + tool)) return true;
  std::cout << "SKIPPED: no " << tool << "\n";
  return false;
}
const std::string kPath = "PATH=$PATH:/sbin:/usr/sbin ";

/// A shadow copy's store of hundreds of megabytes says nothing that smaller files do not say.
constexpr std::uint64_t kLarge = 32U << 20;

std::string hash_of(std::string_view s) { return tq::sha256_hex(tq::bytes_of(s)); }

/// Every file and stream by our own reader; links, folders and what is refused by name are left out.
Files by_us(const std::string& image) {
  auto source = tq::io::open_file(image);
  REQUIRE(source);
  const auto v = open_ntfs(std::shared_ptr<const tq::io::ByteSource>(*std::move(source)), "x");
  if (!v) FAIL(v.error().text());
  Files out;
  const auto add = [&](const std::string& name, const tq::Result<std::unique_ptr<tq::io::ByteSource>>& s) {
    if (!s) return;
    if ((*s)->size() > kLarge) return static_cast<void>(out[name] = "large");
    const auto bytes = tq::io::read_all(**s, 1U << 30);
    out[name] = bytes ? tq::sha256_hex(tq::bytes_of(*bytes)) : bytes.error().text();
  };
  CHECK((*v)->walk([&](const WalkEntry& e) {
    if (e.kind == tq::io::EntryKind::file) add(e.path, (*v)->open_reference(e.reference));
    for (const auto& s : e.streams) add(e.path + ":" + s.name, (*v)->open(e.path + ":" + s.name));
    return true;
  }));
  CHECK((*v)->lost().empty());
  return out;
}

/// fls lists "r/r 35-128-7:\tpath"; the number is what icat takes. Metadata files of the root are left out.
Files by_sleuthkit(const std::string& image, const Files& ours) {
  const auto list = output_of("fls -r -p -F -u " + in_quotes(image));
  REQUIRE(list);
  std::istringstream lines(*list);
  Files out;
  for (std::string line; std::getline(lines, line);) {
    const auto tab = line.find(":\t");
    const std::string name = line.substr(tab + 2);
    if (!line.starts_with("r/r ") || name.starts_with("$")) continue;
    if (const auto it = ours.find(name); it != ours.end() && it->second == "large") {
      out[name] = "large";
      continue;
    }
    const auto content = output_of("icat " + in_quotes(image) + " " + line.substr(4, tab - 4));
    REQUIRE(content);
    out[name] = hash_of(*content);
  }
  return out;
}

/// All of a, and nothing else, is in b.
void same(const Files& a, const Files& b) {
  for (const auto& [name, hash] : a) {
    CAPTURE(name);
    const auto it = b.find(name);
    REQUIRE(it != b.end());
    CHECK(it->second == hash);
  }
  CHECK(a.size() == b.size());
}

NtfsBuilder mixed(std::uint32_t cluster, std::uint32_t record) {
  NtfsBuilder b;
  b.cluster_size = cluster;
  b.record_size = record;
  b.file("Windows/System32/kernel.exe", noise(120000, 1)).pieces = 5;
  b.file("Windows/stra\u00dfe/\u00c4\u00d6\u00fc.txt", prose(5000, 3));
  b.file("Windows/Long file name.txt", prose(100, 1)).dos_name = "LONGFI~1.TXT";
  b.file("sparse.bin", prose(150000, 4)).sparse = true;
  NtfsFile& listed = b.file("listed.bin", noise(400000, 6));
  listed.attribute_list = true;
  listed.pieces = 60;
  listed.links = {"Windows/second.bin"};
  listed.streams = {{"Zone.Identifier", prose(30, 1)}, {"Large", noise(20000, 2)}};
  NtfsFile& far = b.file("far list.bin", noise(300000, 7));
  far.attribute_list = far.list_non_resident = true;
  far.pieces = 50;
  if (cluster <= 4096) b.file("packed.txt", prose(200000, 8)).compressed = true;
  for (int i = 0; i < 20; ++i)
    b.file("many/name number " + std::to_string(i * 7919 % 1009) + ".mum", prose(static_cast<unsigned>(i * 13 % 700), 1));
  return b;
}

/// A volume mounted through ntfs-3g for as long as this lives.
class Mounted {
 public:
  Mounted(const std::string& image, const std::string& options) : path_(tq::test::temporary_folder()) {
    good_ = output_of(kPath + "ntfs-3g -o " + options + " " + in_quotes(image) + " " + in_quotes(path_)).has_value();
  }
  ~Mounted() {
    if (good_) static_cast<void>(output_of("umount " + in_quotes(path_)));
  }
  Mounted(const Mounted&) = delete;
  Mounted& operator=(const Mounted&) = delete;
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
  bool good_ = false;
};

}  // namespace

TEST_CASE("ntfs: built volumes agree with the sleuthkit, file by file") {
  if (!has("fls") || !has("icat")) return;
  for (const auto& [cluster, record] : {std::pair{4096U, 1024U}, {512U, 1024U}, {4096U, 4096U}}) {
    CAPTURE(cluster);
    const std::string image = tq::test::temporary_folder() + "/v.img";
    mixed(cluster, record).write(image);
    const Files ours = by_us(image);
    same(ours, by_sleuthkit(image, ours));
  }
}

TEST_CASE("ntfs: built volumes agree with ntfs-3g, file by file") {
  if (!has("ntfscat") || !has("ntfsinfo")) return;
  // The sleuthkit 4.11 misreads folders where a cluster is larger than an index block; ntfs-3g does not.
  for (const auto& [cluster, record] : {std::pair{4096U, 1024U}, {65536U, 4096U}}) {
    CAPTURE(cluster);
    const std::string image = tq::test::temporary_folder() + "/v.img";
    mixed(cluster, record).write(image);
    CHECK(output_of(kPath + "ntfsinfo -m " + in_quotes(image)));
    const Files ours = by_us(image);
    CHECK(ours.size() == (cluster <= 4096 ? 32 : 31));
    for (const auto& [name, hash] : ours) {
      CAPTURE(name);
      const auto colon = name.find(':');
      const std::string stream = colon == std::string::npos ? "" : "-n " + in_quotes(name.substr(colon + 1)) + " ";
      const auto content = output_of(kPath + "ntfscat " + stream + in_quotes(image) + " " + in_quotes(name.substr(0, colon)));
      REQUIRE(content);
      CHECK(hash_of(*content) == hash);
    }
  }
}

TEST_CASE("ntfs: a volume that ntfs-3g wrote, compressed files and all") {
  if (!has("mkntfs") || !has("ntfs-3g") || !has("fls")) return;
  const std::string image = tq::test::temporary_folder() + "/v.img";
  REQUIRE(output_of("truncate -s 24M " + in_quotes(image) + " && " + kPath + "mkntfs -q -F -s 512 -c 4096 " + in_quotes(image)));
  Files wanted;
  {
    const Mounted m(image, "compression,streams_interface=xattr");
    if (!m.good()) {
      std::cout << "SKIPPED: ntfs-3g cannot mount here\n";
      return;
    }
    namespace fs = std::filesystem;
    fs::create_directories(m.path() + "/Windows/packed");
    // Compression is switched on for a folder by its attribute; what is made in it afterwards is compressed.
    constexpr std::uint32_t kPacked = 0x800;
    CHECK(::setxattr((m.path() + "/Windows/packed").c_str(), "system.ntfs_attrib", &kPacked, sizeof kPacked, 0) == 0);
    tq::test::FileMap files;
    for (unsigned i = 0; i < 80; ++i) files["Windows/name " + std::to_string(i * 37 % 1000) + ".txt"] = prose(i * 11, i);
    files["Windows/packed/prose.txt"] = prose(500000, 1);
    files["Windows/packed/noise.bin"] = noise(200000, 2);
    files["gr\u00fc\u00dfe.bin"] = noise(1000000, 3);
    tq::test::write_files(files, m.path());
    fs::create_hard_link(m.path() + "/gr\u00fc\u00dfe.bin", m.path() + "/Windows/hard.bin");
    fs::create_symlink("Windows", m.path() + "/link");
    for (const auto& [path, bytes] : files) wanted[path] = tq::sha256_hex(tq::bytes_of(bytes));
    wanted["Windows/hard.bin"] = wanted["gr\u00fc\u00dfe.bin"];
  }
  Files ours = by_us(image);
  std::erase_if(ours, [](const auto& f) { return f.first == "link" || f.first.starts_with("link:"); });
  same(wanted, ours);
  Files theirs = by_sleuthkit(image, ours);
  std::erase_if(theirs, [](const auto& f) { return f.first == "link" || f.first.starts_with("link:"); });
  same(ours, theirs);
}

TEST_CASE("ntfs: the samples agree with the sleuthkit") {
  if (!has("qemu-img") || !has("fls")) return;
  for (const char* sample : {"images/windows_volume.qcow2", "images/plaso_vsstest.qcow2"}) {
    const auto path = tq::test::corpus(sample);
    if (!path) return;
    const std::string raw = tq::test::temporary_folder() + "/v.img";
    REQUIRE(output_of("qemu-img convert -O raw " + in_quotes(*path) + " " + in_quotes(raw)));
    const Files ours = by_us(raw);
    same(ours, by_sleuthkit(raw, ours));
    std::filesystem::remove(raw);
  }
}
