// Disks with one part destroyed, as whole programs: what may be lost is never said to be absent, what is left is read.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>

#include "core/bytes.hpp"
#include "tests/support/archive_builder.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/disk_builder.hpp"
#include "tests/support/ewf_builder.hpp"
#include "tests/support/machine_builder.hpp"
#include "tests/support/ntfs_builder.hpp"
#include "tests/support/program.hpp"
#include "tests/support/vmdk_builder.hpp"

namespace {

using nlohmann::json;
using namespace tq::test;
using Blob = std::vector<std::byte>;

/// A machine whose folders of evidence are too large for their records: their indexes have blocks of their own.
FileMap machine() {
  MachineBuilder m;
  m.name("WARD-3").registry_build("6003", "vistasp2_ldr_escrow.190320-1700").kernel({6, 0, 6003, 20489}).package(4493471, 7);
  FileMap files = m.build();
  for (int i = 0; i < 120; ++i) {
    const std::string number = std::to_string(1000 + i);
    files["Windows/System32/config/SRU backup " + number + ".old"] = bytes_from("x");
    files["Windows/System32/driver notes " + number + ".txt"] = bytes_from("x");
    files["Windows/servicing/Packages/Package_for_KB900" + number + "~31bf3856ad364e35~x86~~6.0.1.0.mum"] = bytes_from("x");
  }
  return files;
}

struct Sample {
  Blob bytes;
  NtfsLayout layout;

  void wipe(std::uint64_t at, std::size_t n) { std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), n, std::byte{}); }
  void lose_record(const std::string& path) {
    REQUIRE(layout.record_of(path) != 0);
    wipe(layout.offset_of(path), 1024);
  }
  /// Index blocks whose first name lies in `folder`.
  [[nodiscard]] std::vector<std::uint64_t> blocks_of(const std::string& folder) const {
    std::vector<std::uint64_t> out;
    for (const std::uint64_t at : layout.index_blocks) {
      const tq::Bytes block = *tq::bytes_of(bytes).try_sub(at, 4096);
      const std::uint64_t entry = 24 + *block.try_get<tq::le32>(24);
      const std::uint64_t parent = *block.try_get<tq::le64>(entry + 16) & 0xFFFFFFFFFFFFULL;
      if (parent == layout.record_of(folder)) out.push_back(at);
    }
    return out;
  }
};

const Sample& whole() {
  static const Sample sample = [] {
    NtfsBuilder b;
    for (const auto& [path, content] : machine()) b.file(path, content);
    Sample s;
    s.bytes = b.build(&s.layout);
    return s;
  }();
  return sample;
}

std::string put(const ImageFiles& image) {
  const std::string folder = temporary_folder();
  write_files({image.files.begin(), image.files.end()}, folder);
  return folder + "/" + image.main;
}

std::string put(const std::string& name, const Blob& bytes) { return put(ImageFiles{name, {{name, bytes}}}); }

struct Checked {
  int status = 0;
  std::string text;
  json machine;
  std::map<std::string, std::string> coverage;  ///< source -> status; the worst when there are several lines
};

/// The path of the target is written as TARGET: every one lies in a folder of its own.
Checked check(const std::string& target) {
  auto ran = run_program({"check", "--format", "json", "--as-of", "2026-11-20", target});
  for (std::size_t at = 0; (at = ran.out.find(target, at)) != std::string::npos;) ran.out.replace(at, target.size(), "TARGET");
  const json report = json::parse(ran.out, nullptr, false);
  REQUIRE_MESSAGE(!report.is_discarded(), ran.err);
  REQUIRE_MESSAGE(report["machines"].size() == 1, ran.out);
  Checked c{ran.status, ran.out, report["machines"][0], {}};
  for (const auto& line : c.machine["coverage"]) {
    std::string& status = c.coverage[line["source"]];
    if (status != "failed") status = line["status"];
  }
  return c;
}

/// A verdict without the list of places it was read from.
json without_places(json verdict) {
  if (verdict.is_object()) verdict.erase("evidence");
  return verdict;
}

/// No kind of evidence that the whole disk has is absent from the damaged one: it is read, or it failed.
void nothing_turned_absent(const Checked& intact, const Checked& damaged) {
  for (const auto& [source, status] : intact.coverage) {
    if (status != "read") continue;
    const auto it = damaged.coverage.find(source);
    CHECK_MESSAGE((it == damaged.coverage.end() || it->second != "absent"), source);
  }
}

std::vector<std::string> ids(const json& machine) {
  std::vector<std::string> out;
  for (const auto& f : machine["findings"]) out.push_back(f["id"]);
  return out;
}

constexpr const char* kFolders[] = {"Windows/System32/config", "Windows/System32", "Windows/servicing/Packages"};

}  // namespace

TEST_CASE("damaged disks: a broken block of a folder's index changes no verdict while the records name the files") {
  const auto intact = check(put("disk.img", whole().bytes));
  CHECK(intact.machine["name"] == "WARD-3");
  for (const char* folder : kFolders) {
    const auto blocks = whole().blocks_of(folder);
    REQUIRE_MESSAGE(blocks.size() > 1, folder);
    for (const std::uint64_t block : {blocks.front(), blocks.back()}) {
      INFO(folder << " block at " << block);
      Sample s = whole();
      s.wipe(block, 4096);
      const auto c = check(put("disk.img", s.bytes));
      CHECK(c.status == intact.status);
      CHECK(c.coverage.at("registry.SOFTWARE") == "read");
      for (const char* key : {"name", "level", "goals", "updates"}) CHECK(c.machine[key] == intact.machine[key]);
      CHECK(ids(c.machine) == ids(intact.machine));
      CHECK(c.text.find("index damaged, the files' own records are asked") != std::string::npos);
      nothing_turned_absent(intact, c);
    }
  }
}

TEST_CASE("damaged disks: names that index and records both lost are failures, never absence") {
  const auto intact = check(put("disk.img", whole().bytes));
  std::string mum;
  for (const auto& [path, record] : whole().layout.records)
    if (path.find("KB4493471") != std::string::npos && path.ends_with(".mum")) mum = path;
  REQUIRE(!mum.empty());
  struct Case {
    const char* folder;
    std::string file;
    const char* source;
  };
  for (const auto& k :
       {Case{kFolders[0], "Windows/System32/config/SOFTWARE", "registry.SOFTWARE"},
        Case{kFolders[0], "Windows/System32/config/SYSTEM", "registry.SYSTEM"},
        Case{kFolders[1], "Windows/System32/ntoskrnl.exe", "file.system32/ntoskrnl.exe"}, Case{kFolders[2], mum, "cbs.package_files"}}) {
    INFO(k.file);
    Sample s = whole();
    for (const std::uint64_t block : s.blocks_of(k.folder)) s.wipe(block, 4096);
    s.lose_record(k.file);
    auto c = check(put("disk.img", s.bytes));
    CHECK(c.coverage[k.source] == "failed");
    nothing_turned_absent(intact, c);
    const auto found = ids(c.machine);
    // "Package files missing" would be a claim about files that may well be there.
    CHECK(std::find(found.begin(), found.end(), "TQ2006") == found.end());
    CHECK(c.status != 0);
  }
}

TEST_CASE("damaged disks: a record that a bad sector turned into zeros counts as lost, one never used does not") {
  Sample s = whole();
  for (const std::uint64_t block : s.blocks_of(kFolders[0])) s.wipe(block, 4096);
  auto c = check(put("disk.img", s.bytes));
  // The volume has unused records of zeros; the name that is looked for and not there is absent all the same.
  CHECK(c.coverage["registry.COMPONENTS"] == check(put("disk.img", whole().bytes)).coverage["registry.COMPONENTS"]);
}

TEST_CASE("damaged disks: a ruined boot sector is replaced by the copy at the volume's end, bare and in a partition") {
  Sample s = whole();
  s.wipe(0, 512);
  const auto intact = check(put("disk.img", whole().bytes));
  for (const std::string& path : {put("volume.img", s.bytes), put("disk.img", write_mbr({{.content = s.bytes}})),
                                  put("gpt.img", write_gpt({{.content = s.bytes}}))}) {
    INFO(path);
    const auto c = check(path);
    CHECK(c.status == intact.status);
    for (const char* key : {"name", "level", "goals"}) CHECK(without_places(c.machine[key]) == without_places(intact.machine[key]));
    CHECK(c.text.find("boot sector damaged, its backup") != std::string::npos);
  }
  s.wipe(s.bytes.size() - 512, 512);
  CHECK(run_program({"check", put("disk.img", write_mbr({{.content = s.bytes}}))}).status == 3);
}

TEST_CASE("damaged disks: an archive that breaks off does not make absent what lay behind") {
  const Blob tar = tar_of(machine());
  const auto intact = check(put("x.tar", tar));
  const Blob packed = gzip(tar);
  for (const std::size_t part : {60U, 90U}) {
    Blob cut(packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(packed.size() * part / 100));
    const std::string path = put("x.tar.gz", cut);
    const auto ran = run_program({"check", "--format", "json", path});
    if (ran.status == 3) continue;  // not even a Windows folder came
    const auto c = check(path);
    nothing_turned_absent(intact, c);
    CHECK(c.text.find("truncated") != std::string::npos);
  }
}

TEST_CASE("disks in hundreds of pieces need few open files") {
  Blob disk = write_mbr({{.content = whole().bytes}});
  disk.resize((disk.size() + 65535) / 65536 * 65536);
  const auto plain = check(put("disk.img", disk));
  struct Case {
    const char* what;
    ImageFiles image;
  };
  for (const auto& k : {Case{"vmdk sparse", write_vmdk_split_sparse(disk, {.grain_sectors = 16, .extent_bytes = 8192})},
                        Case{"vmdk flat", write_vmdk_split_flat(disk, {.extent_bytes = 8192})}, Case{"split", write_split(disk, 8192)},
                        Case{"e01", write_ewf(disk, {.chunk_sectors = 16, .chunks_per_segment = 1})}}) {
    INFO(k.what);
    REQUIRE(k.image.files.size() > 80);
    const std::string target = put(k.image);
    const std::string out = temporary_folder() + "/out.json";
    const std::string line =
        "ulimit -n 60; '" + program_path() + "' check --format json --as-of 2026-11-20 -o '" + out + "' '" + target + "'";
    CHECK(WEXITSTATUS(std::system(line.c_str())) == plain.status);
    const Blob report = slurp(out);
    const json parsed = json::parse(std::string(reinterpret_cast<const char*>(report.data()), report.size()), nullptr, false);
    REQUIRE(!parsed.is_discarded());
    CHECK(without_places(parsed["machines"][0]["level"]) == without_places(plain.machine["level"]));
  }
}
