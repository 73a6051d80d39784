// Writes what fuzzing begins with: one small file of every kind that the builders of the tests can make.
//   make_seeds FOLDER   (FOLDER/<target>_fuzz/<name>)
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <string>
#include <vector>

#include "fuzz/seed_texts.hpp"
#include "fuzz/sparse.hpp"
#include "model/bundle.hpp"
#include "model/facts_json.hpp"
#include "tests/support/archive_builder.hpp"
#include "tests/support/cab_builder.hpp"
#include "tests/support/catalog_builder.hpp"
#include "tests/support/disk_builder.hpp"
#include "tests/support/ewf_builder.hpp"
#include "tests/support/feed_builder.hpp"
#include "tests/support/hive_builder.hpp"
#include "tests/support/machine_builder.hpp"
#include "tests/support/msi_builder.hpp"
#include "tests/support/ntfs_builder.hpp"
#include "tests/support/pe_builder.hpp"
#include "tests/support/qcow2_builder.hpp"
#include "tests/support/vhd_builder.hpp"
#include "tests/support/vhdx_builder.hpp"
#include "tests/support/vmdk_builder.hpp"

namespace {

using namespace tq;
using namespace tq::test;
using Blob = std::vector<std::byte>;
using format::pe::Machine;

class Seeds {
 public:
  explicit Seeds(std::filesystem::path folder) : folder_(std::move(folder)) {}
  /// The n-th seed of a target is the file of that number: the same names in every run.
  void add(std::string_view target, std::string_view bytes) {
    const auto folder = folder_ / (std::string(target) + "_fuzz");
    std::filesystem::create_directories(folder);
    std::ofstream out(folder / ("seed" + std::to_string(++count_)), std::ios::binary);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    failed_ = failed_ || !out;
  }
  void add(std::string_view target, const Blob& b) { add(target, std::string_view(reinterpret_cast<const char*>(b.data()), b.size())); }
  void sparse(std::string_view target, const Blob& b) {
    const std::string folded = fuzz::fold(b);
    failed_ = failed_ || fuzz::unfold(std::as_bytes(std::span(folded))) != b;
    add(target, folded);
  }
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  std::filesystem::path folder_;
  int count_ = 0;
  bool failed_ = false;
};

/// A disk that is text, zeros, noise and zeros in turn; small, for a seed is read a million times.
Blob small_disk(std::size_t size) {
  Blob disk = prose(size, 1);
  const Blob other = noise(size / 16, 2);
  std::copy(other.begin(), other.end(), disk.begin() + static_cast<std::ptrdiff_t>(size / 2));
  std::fill(disk.begin() + static_cast<std::ptrdiff_t>(size / 8), disk.begin() + static_cast<std::ptrdiff_t>(size / 3), std::byte{0});
  return disk;
}

Blob changed(Blob disk) {
  disk[disk.size() / 2] ^= std::byte{1};
  return disk;
}

void images(Seeds& to) {
  constexpr std::size_t kSmall = 32 * 512, kVhdx = std::size_t{1} << 20;
  const Blob disk = small_disk(kSmall), child = changed(disk);
  const VhdOptions vhd{.block_bytes = 4096, .bitmaps_all_ones = false};
  to.sparse("vhd", write_vhd_fixed(disk).bytes());
  to.sparse("vhd", write_vhd_dynamic(disk, vhd).bytes());
  to.sparse("vhd",
            write_vhd_differencing(child, disk, write_vhd_dynamic(disk, vhd), 1, {.name = "c.vhd", .id = 2, .block_bytes = 4096}).bytes());
  Blob large(kVhdx);
  std::copy(disk.begin(), disk.end(), large.begin());
  const ImageFiles vhdx = write_vhdx(large);
  to.sparse("vhdx", vhdx.bytes());
  to.sparse("vhdx", write_vhdx(large, {.dirty_log = true}).bytes());
  to.sparse("vhdx", write_vhdx_differencing(changed(large), large, vhdx, 1, {.name = "c.vhdx", .id = 2}).bytes());
  for (const Qcow2Packing packing : {Qcow2Packing::none, Qcow2Packing::zlib, Qcow2Packing::zstd})
    to.add("qcow2", write_qcow2(disk, {.cluster_bits = 9, .packing = packing}).bytes());
  to.add("qcow2", write_qcow2(disk, {.version = 2, .cluster_bits = 9, .backing_name = "a", .backing_format = "raw"}).bytes());
  const VmdkOptions vmdk{.grain_sectors = 8, .entries_per_table = 512, .zeroed_grains = true};
  to.add("vmdk", write_vmdk_sparse(disk, vmdk).bytes());
  to.add("vmdk", write_vmdk_stream(disk, vmdk).bytes());
  for (const auto& [name, bytes] : write_vmdk_cowd(disk, vmdk).files) to.add("vmdk", bytes);
  to.add("ewf", write_ewf(disk, {.chunk_sectors = 8}).bytes());
  to.add("ewf", write_ewf(disk, {.compress = false, .chunk_sectors = 8}).bytes());
  to.add("ewf", write_ewf(disk, {.chunk_sectors = 8, .smart = true}).bytes());
  to.sparse("raw", write_mbr({{boot_sectors("ntfs", 4096)}}));
}

void volumes(Seeds& to) {
  to.sparse("volume", write_mbr({{boot_sectors("ntfs", 4096)}, {boot_sectors("ext", 4096), 0x83}}));
  Partition logical{boot_sectors("fat32", 4096)};
  logical.logical = true;
  to.sparse("volume", write_mbr({{boot_sectors("exfat", 4096)}, logical, logical}));
  for (const std::uint32_t sector : {512U, 4096U})
    to.sparse("volume", write_gpt({{boot_sectors("ntfs", 4096)}, {boot_sectors("refs", 4096)}}, sector));
}

/// Without the table of capital letters, whose 128 KiB say nothing that the reader does not know.
Blob without_upcase(const NtfsBuilder& b) {
  constexpr std::ptrdiff_t kUpcaseBytes = 131072;
  NtfsLayout layout;
  Blob volume = b.build(&layout);
  std::fill_n(volume.begin() + static_cast<std::ptrdiff_t>(layout.upcase), kUpcaseBytes, std::byte{0});
  return volume;
}

void ntfs(Seeds& to) {
  NtfsBuilder plain;
  plain.file("Windows/System32/config/SOFTWARE", prose(3000, 1));
  plain.file("a.txt", prose(40, 2)).streams = {{"s", prose(10, 3)}};
  plain.link("link", "Windows", true);
  to.sparse("ntfs", without_upcase(plain));
  NtfsBuilder odd;
  odd.cluster_size = 512;
  odd.file("packed", prose(20000, 1)).compressed = true;
  NtfsFile& listed = odd.file("listed", noise(9000, 4));
  listed.attribute_list = true;
  listed.pieces = 12;
  odd.file("holes", Blob(30000)).sparse = true;
  for (int i = 0; i < 60; ++i) odd.file("many/name" + std::to_string(i), prose(3, 1));
  to.sparse("ntfs", without_upcase(odd));
}

void hives(Seeds& to) {
  HiveBuilder b("SOFTWARE");
  b.sz("Microsoft\\Windows NT\\CurrentVersion", "CurrentBuild", "6003").dword("CurrentControlSet\\Services\\x", "Start", 2);
  b.multi("a\\b", "m", {"x", "y"}).binary("a", "big", Blob(200, std::byte{7})).link("l", "\\Registry\\Machine\\SOFTWARE\\a");
  const Blob old_state = b.build();
  b.qword("a", "q", 1).class_name("a", "class");
  const Blob new_state = b.build();
  const auto with_logs = [&](const Blob& log1, const Blob& log2, const Blob& primary) {
    std::string out;
    for (const Blob* log : {&log1, &log2})
      for (const std::size_t half : {log->size() / 64 & 0xFF, log->size() / 64 >> 8}) out += static_cast<char>(half);
    for (const Blob* part : {&log1, &log2, &primary})
      out.append(reinterpret_cast<const char*>(part->data()), part->size() / (part == &primary ? 1 : 64) * (part == &primary ? 1 : 64));
    return out;
  };
  const DirtyHive dirt = dirty_with_dirt_log(old_state, new_state), hvle = dirty_with_hvle_logs(old_state, new_state);
  to.add("regf", with_logs({}, {}, new_state));
  to.add("regf", with_logs(dirt.log1, dirt.log2, dirt.primary));
  to.add("regf", with_logs(hvle.log1, hvle.log2, hvle.primary));
  MachineBuilder machine;
  machine.package(4493730, 112);
  for (const auto& [path, bytes] : machine.build())
    if (path.ends_with("config/SOFTWARE") || path.ends_with("config/SYSTEM")) {
      Blob one = bytes;
      one.insert(one.begin(), path.ends_with("SYSTEM") ? std::byte{0} : std::byte{1});
      to.add("configuration", one);
    }
}

/// mov rax, gs:[60h]; movzx eax, word [rax+120h]; cmp eax, 6002; sete al; ret: a program that asks for its build.
const std::initializer_list<int> kAsksForBuild = {0x65, 0x48, 0x8B, 0x04, 0x25, 0x60, 0,    0, 0, 0,    0x0F, 0xB7, 0x80,
                                                  0x20, 0x01, 0,    0,    0x3D, 0x72, 0x17, 0, 0, 0x0F, 0x94, 0xC0, 0xC3};

void programs(Seeds& to) {
  Blob code;
  for (const int b : kAsksForBuild) code.push_back(static_cast<std::byte>(b));
  for (const Machine m : {Machine::x64, Machine::x86}) {
    PeBuilder b;
    b.machine(m).code(code).version({6, 0, 6003, 20489}).string("ProductName", "x").certificate(64);
    b.import("ntdll.dll", {"RtlGetVersion", "#12"}).delay_import("kernel32.dll", {"GetVersionExW", "GetSystemTimeAsFileTime"});
    b.export_entry("Gate").export_entry("", "NTDLL.NtClose");
    for (const char* target : {"pe", "lanes", "authenticode"}) to.add(target, b.build());
  }
  MsiBuilder msi;
  msi.launch("VersionNT >= 600 AND (WindowsBuild = 6003 OR NOT Installed)").binary("a.dll", PeBuilder().code(code).build());
  msi.table("Property", {{"Property", "s72"}, {"Value", "l0"}}).row({"A", "1"});
  to.add("msi", msi.build());
}

void packages(Seeds& to) {
  const Blob text = bytes_from("<assembly/>");
  const Blob cab = build_cabinet({{"update.mum", text}, {"x\\update.cat", prose(40, 1)}});
  for (const char* target : {"cab", "update_manifest", "authenticode"}) to.add(target, cab);
  to.add("update_manifest", build_cabinet({{"Windows6.0-KB1-x64.cab", cab}, {"Windows6.0-KB1-x64.xml", text}}));
  const Blob tar = TarBuilder().file("C/Windows/a", prose(300, 1)).member("l", '2', {}, "C").file(std::string(120, 'n'), text).build();
  to.add("archive", tar);
  to.add("archive", gzip(tar));
  to.add("archive", zstd(tar));
  to.add("archive", ZipBuilder()
                        .file("C/a", prose(300, 1))
                        .folder("C/b")
                        .file("s", text, ZipBuilder::Method::stored)
                        .encrypted("e", text)
                        .link("l", "s")
                        .build());
  const auto bundle =
      model::pack_bundle({{model::kBundleFacts, "{}"}, {model::kBundleReport, "{}"}, {model::kBundleSources, "path\r\n"}}, {});
  if (bundle) to.add("bundle", *bundle);
}

void tables(Seeds& to) {
  to.add("catalog", CatalogBuilder().compile().bytes);
  const std::string month = CvrfBuilder()
                                .product("1", "Windows Server 2008 for x64-based Systems Service Pack 2")
                                .cve("CVE-2019-0001")
                                .fix("4493471", {"1"}, "Monthly Rollup", "4489880", "6.0.6003.20489")
                                .text();
  to.add("cvrf", "\x7F" + month);
  to.add("wesng",
         wesng_row("20190409", "CVE-2019-0001", "4493471", "Windows Server 2008 for x64-based Systems Service Pack 2", "", "4489880"));
  model::Facts facts;
  facts.identity.product = "Windows Server 2008 Standard";
  to.add("facts", model::facts_to_json({facts, facts}));
}

/// AppCompatCache of NT 6.0, x64: header, one record, its path.
void appcompat(Seeds& to) {
  constexpr unsigned char kValue[] = {
      0xFE, 0x0F, 0xDC, 0xBA, 1,    0,    0,    0,                              // magic, entries
      8,    0,    10,   0,    0,    0,    0,    0,    40, 0, 0, 0, 0, 0, 0, 0,  // length, room, offset of the path
      0,    0x80, 0x3E, 0xD5, 0xDE, 0xB1, 0x9D, 0x01, 2,  0, 0, 0, 0, 0, 0, 0,  // time, flags
      'C',  0,    ':',  0,    '\\', 0,    'a',  0,    0,  0};
  to.add("appcompat", std::string_view(reinterpret_cast<const char*>(kValue), sizeof kValue));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return std::fputs("usage: make_seeds FOLDER\n", stderr), 2;
  Seeds to{argv[1]};
  for (void (*const make)(Seeds&) : {images, volumes, ntfs, hives, programs, packages, tables, appcompat}) make(to);
  for (const auto& seed : fuzz::kTexts) to.add(seed.target, seed.text);
  return to.failed() ? 1 : 0;
}
