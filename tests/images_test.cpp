// One machine in every container: what `check` says must not depend on how its disk was carried here.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/hash.hpp"
#include "tests/support/archive_builder.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/disk_builder.hpp"
#include "tests/support/ewf_builder.hpp"
#include "tests/support/ntfs_builder.hpp"
#include "tests/support/program.hpp"
#include "tests/support/qcow2_builder.hpp"
#include "tests/support/unzip.hpp"
#include "tests/support/vhd_builder.hpp"
#include "tests/support/vhdx_builder.hpp"
#include "tests/support/vmdk_builder.hpp"

namespace {

using nlohmann::json;
using namespace tq::test;
using Blob = std::vector<std::byte>;

/// The machine of all cases: contradicted and not up to date, its SOFTWARE hive dirty with the log beside it.
const FileMap& machine() {
  static const FileMap files = [] {
    MachineBuilder m;
    m.name("BAGGAGE-07").kernel({6, 0, 6002, 24520}).package(4493471, 7).stack("6.0.6003.20484");
    FileMap f = m.build();
    const Blob before = f.at("Windows/System32/config/SOFTWARE");
    m.registry_build("6003", "vistasp2_ldr_escrow.190320-1700");
    f = m.build();
    const auto dirty = dirty_with_dirt_log(before, f.at("Windows/System32/config/SOFTWARE"));
    f["Windows/System32/config/SOFTWARE"] = dirty.primary;
    f["Windows/System32/config/SOFTWARE.LOG1"] = dirty.log1;
    return f;
  }();
  return files;
}

Blob volume_of(const FileMap& files) {
  NtfsBuilder b;
  b.size = std::uint64_t{6} << 20;  // several blocks and grains of every container
  for (const auto& [path, content] : files) b.file(path, content);
  return b.build();
}

const Blob& volume() {
  static const Blob bytes = volume_of(machine());
  return bytes;
}

/// A boot volume and the system volume, as Windows Server 2008 sets them up.
const Blob& disk() {
  static const Blob bytes = [] {
    return write_mbr({{.content = volume_of({{"bootmgr", bytes_from("boot")}, {"Boot/BCD", bytes_from("bcd")}}), .active = true},
                      {.content = volume()}});
  }();
  return bytes;
}

std::string put(const ImageFiles& image) {
  const std::string folder = temporary_folder();
  write_files({image.files.begin(), image.files.end()}, folder);
  return folder + "/" + image.main;
}

std::string put(const std::string& name, const Blob& bytes) { return put(ImageFiles{name, {{name, bytes}}}); }

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) text.replace(at, what.size(), by);
  return text;
}

struct Checked {
  int status = 0;
  std::string text;  ///< the JSON, with the target's path written as TARGET
  json report;
  [[nodiscard]] const json& machine() const { return report["machines"][0]; }
};

Checked check(const std::string& target) {
  const auto ran = run_program({"check", "--format", "json", "--as-of", "2026-11-20", target});
  Checked c{ran.status, replaced(ran.out, target, "TARGET"), json::parse(ran.out, nullptr, false)};
  REQUIRE_MESSAGE(!c.report.is_discarded(), ran.err);
  return c;
}

json inspect(const std::string& target) {
  const auto ran = run_program({"inspect", "--format", "json", target});
  const json j = json::parse(ran.out, nullptr, false);
  REQUIRE_MESSAGE(!j.is_discarded(), ran.err);
  return j["files"][0];
}

/// A verdict without the list of places it was read from.
json without_places(json verdict) {
  if (verdict.is_object()) verdict.erase("evidence");
  return verdict;
}

/// Every container of one disk, by what it is.
std::vector<std::pair<std::string, ImageFiles>> containers() {
  const Blob& d = disk();
  Blob older = d;  // a state in which the first megabytes, and so parts of files, were different
  std::fill(older.begin() + (1 << 20), older.begin() + (3 << 20), std::byte{0x11});
  std::vector<std::pair<std::string, ImageFiles>> out;
  out.emplace_back("raw", ImageFiles{"disk.img", {{"disk.img", d}}});
  out.emplace_back("split", write_split(d, 1 << 20));
  out.emplace_back("vhd fixed", write_vhd_fixed(d));
  out.emplace_back("vhd dynamic", write_vhd_dynamic(d));
  out.emplace_back("vhd differencing",
                   write_vhd_differencing(d, older, write_vhd_dynamic(older, {.name = "base.vhd", .id = 2}), 2, {.name = "child.vhd"}));
  out.emplace_back("vhdx", write_vhdx(d));
  out.emplace_back("vhdx fixed", write_vhdx(d, {.fixed = true}));
  out.emplace_back("vhdx differencing",
                   write_vhdx_differencing(d, older, write_vhdx(older, {.name = "base.vhdx", .id = 2}), 2, {.name = "child.vhdx"}));
  out.emplace_back("vmdk sparse", write_vmdk_sparse(d));
  out.emplace_back("vmdk stream", write_vmdk_stream(d));
  out.emplace_back("vmdk flat", write_vmdk_flat(d));
  out.emplace_back("vmdk split sparse", write_vmdk_split_sparse(d, {.extent_bytes = 1 << 20}));
  out.emplace_back("vmdk split flat", write_vmdk_split_flat(d, {.extent_bytes = 1 << 20}));
  out.emplace_back("vmdk delta",
                   write_vmdk_delta(d, older, write_vmdk_sparse(older, {.name = "base.vmdk"}), 0x1234ABCD, {.name = "delta.vmdk"}));
  out.emplace_back("qcow2", write_qcow2(d));
  out.emplace_back("qcow2 v2", write_qcow2(d, {.version = 2}));
  out.emplace_back("qcow2 zlib", write_qcow2(d, {.packing = Qcow2Packing::zlib}));
  out.emplace_back("qcow2 zstd", write_qcow2(d, {.packing = Qcow2Packing::zstd}));
  out.emplace_back("qcow2 chain", write_qcow2_over(d, older, write_qcow2(older, {.name = "base.qcow2"}),
                                                   {.name = "child.qcow2", .backing_name = "base.qcow2", .backing_format = "qcow2"}));
  out.emplace_back("e01", write_ewf(d));
  out.emplace_back("e01 segments", write_ewf(d, {.chunks_per_segment = 20}));
  return out;
}

}  // namespace

TEST_CASE("images: one machine says the same, byte for byte, out of every container") {
  const auto raw = check(put("disk.img", disk()));
  CHECK(raw.status == 1);
  CHECK(raw.machine()["target"].get<std::string>().ends_with("disk.img"));
  CHECK(raw.machine()["name"] == "BAGGAGE-07");
  CHECK(raw.machine()["build"]["status"] == "contradicted");
  CHECK(raw.text.find("TARGET//p2/Windows/System32/config/SOFTWARE//Microsoft\\\\Windows NT\\\\CurrentVersion:CurrentBuildNumber") !=
        std::string::npos);
  CHECK(raw.text.find("log entry replayed") + raw.text.find("log entries replayed") != 2 * std::string::npos);
  CHECK(raw.text.find("boot volume") != std::string::npos);
  for (const auto& [what, image] : containers()) {
    INFO(what);
    const auto c = check(put(image));
    CHECK(c.status == raw.status);
    CHECK(c.text == raw.text);
  }
}

TEST_CASE("images: tree, bare volume, GPT, zip and tar give the same verdict and findings") {
  const std::string folder = temporary_folder();
  write_files(machine(), folder);
  const auto tree = check(folder);
  const Blob gpt =
      write_gpt({{.content = boot_sectors("fat32"), .gpt_type = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"}, {.content = volume()}});
  const std::vector<std::string> others = {put("disk.img", disk()),
                                           put("volume.img", volume()),
                                           put("gpt.img", gpt),
                                           put("x.zip", zip_of(machine(), "C/")),
                                           put("velociraptor.zip", zip_of(machine(), "uploads/auto/C%3A/")),
                                           put("x.tar", tar_of(machine(), "[root]/")),
                                           put("x.tar.gz", gzip(tar_of(machine(), "HOST/C/"))),
                                           put("x.tar.zst", zstd(tar_of(machine())))};
  for (const auto& other : others) {
    INFO(other);
    const auto c = check(other);
    CHECK(c.status == tree.status);
    REQUIRE(c.report["machines"].size() == 1);
    for (const char* key : {"name", "product", "arch", "level", "goals", "esu", "servicing"})
      CHECK(without_places(c.machine()[key]) == without_places(tree.machine()[key]));
    for (const char* key : {"version", "status", "service_pack"}) CHECK(c.machine()["build"][key] == tree.machine()["build"][key]);
    const auto ids = [](const json& m) {
      std::vector<std::string> out;
      for (const auto& f : m["findings"]) out.push_back(f["id"]);
      return out;
    };
    CHECK(ids(c.machine()) == ids(tree.machine()));
  }
  CHECK(check(others[1]).text.find("TARGET//Windows/System32/config/SOFTWARE//") != std::string::npos);
  CHECK(check(others[3]).text.find("TARGET//C/Windows/System32/config/SOFTWARE//") != std::string::npos);
}

TEST_CASE("images: several Windows are several machines, an earlier one is none") {
  FileMap files = machine();
  for (const auto& [path, content] : MachineBuilder().name("OLD").build()) files["Windows.old/" + path] = content;
  for (const auto& [path, content] : MachineBuilder().name("SECOND").build())
    if (path.starts_with("Windows/")) files["WINNT/" + path.substr(8)] = content;
  const auto c = check(put("disk.img", write_mbr({{.content = volume_of(files)}, {.content = volume()}})));
  REQUIRE(c.report["machines"].size() == 3);
  CHECK(c.report["machines"][0]["target"].get<std::string>().ends_with("disk.img//p1/WINNT"));
  CHECK(c.report["machines"][0]["name"] == "SECOND");
  CHECK(c.report["machines"][1]["target"].get<std::string>().ends_with("disk.img//p1/Windows"));
  CHECK(c.report["machines"][2]["target"].get<std::string>().ends_with("disk.img//p2/Windows"));
  CHECK(c.text.find("Windows.old/Windows: an earlier installation") != std::string::npos);
  CHECK(c.text.find("\"OLD\"") == std::string::npos);
}

TEST_CASE("images: what cannot be read is named, with exit status 3 when nothing can") {
  struct Case {
    const char* what;
    Blob bytes;
    const char* says;
  };
  for (const auto& k :
       {Case{"BitLocker", write_mbr({{.content = boot_sectors("bitlocker")}}), "bitlocker"},
        Case{"ReFS", write_mbr({{.content = boot_sectors("refs")}}), "refs"},
        Case{"no Windows", write_mbr({{.content = volume_of({{"data.txt", bytes_from("x")}})}, {.content = boot_sectors("ext")}}),
             "p2 ext"},
        Case{"a bare BitLocker volume", boot_sectors("bitlocker"), "itlocker"},
        Case{"a zip without Windows", zip_of({{"readme.txt", bytes_from("x")}}), "zip with 1 files"}}) {
    INFO(k.what);
    const std::string path = put("target.bin", k.bytes);
    const auto ran = run_program({"check", path});
    CHECK(ran.status == 3);
    CHECK_MESSAGE(ran.err.find(k.says) != std::string::npos, ran.err);
  }
  const auto both = check(put("disk.img", write_mbr({{.content = boot_sectors("bitlocker")}, {.content = volume()}})));
  CHECK(both.status == 1);
  CHECK(both.text.find("BitLocker") != std::string::npos);
}

TEST_CASE("images: whatever they are called and wherever they lie, and advice for what was meant") {
  const int plain = check(put("disk.img", disk())).status;
  const std::string folder = temporary_folder() + "/deep er/\u00fcn\u00ef a'b";
  write_files(
      {{"image.iso", write_vhd_dynamic(disk()).bytes()}, {"vmdk.txt", write_vmdk_sparse(disk()).bytes()}, {"notes.txt", bytes_from("x")}},
      folder);
  CHECK(check(folder + "/image.iso").status == plain);
  CHECK(check(folder + "/vmdk.txt").status == plain);
  const auto several = run_program({"check", folder});
  CHECK(several.status == 3);
  CHECK_MESSAGE(several.err.find("name one or more of them: image.iso; vmdk.txt") != std::string::npos, several.err);
  const std::string first = put(write_split(disk(), 1 << 20));
  const auto middle = run_program({"check", first.substr(0, first.size() - 1) + "3"});
  CHECK(middle.status == 3);
  CHECK_MESSAGE(middle.err.find("a later part of a split disk: name disk.001") != std::string::npos, middle.err);
  // The parent of a differencing disk lies in another folder.
  ImageFiles child =
      write_vhd_differencing(disk(), disk(), write_vhd_dynamic(disk(), {.name = "base.vhd", .id = 2}), 2, {.name = "child.vhd"});
  child.files.erase("base.vhd");
  const auto alone = run_program({"check", put(child)});
  CHECK(alone.status == 3);
  for (const char* word : {"base.vhd", "put the parent into the same folder"})
    CHECK_MESSAGE(alone.err.find(word) != std::string::npos, alone.err);
}

TEST_CASE("images: refused members of an archive are named in the coverage and the machine is read") {
  ZipBuilder z;
  for (const auto& [path, content] : machine()) z.file("C/" + path, content);
  z.file("../../outside", bytes_from("x")).encrypted("C/secret.txt", bytes_from("x")).link("C/link", "/etc/passwd");
  const auto c = check(put("x.zip", z.build()));
  CHECK(c.status == 1);
  for (const char* name : {"../../outside", "C/secret.txt", "C/link"}) CHECK_MESSAGE(c.text.find(name) != std::string::npos, name);
}

TEST_CASE("images: inspect says what lies where, and --dump every file") {
  const std::string path = put(write_vhd_dynamic(disk()));
  const auto about = inspect(path);
  CHECK(about["kind"] == "image");
  CHECK(about["format"] == "vhd");
  REQUIRE(about["volumes"].size() == 2);
  CHECK(about["volumes"][1]["kind"] == "ntfs");
  CHECK(about["volumes"][1]["files"] == machine().size());
  CHECK(about["windows_roots"] == json::array({"p2/Windows"}));
  CHECK(about["sha256"] == tq::sha256_hex(tq::bytes_of(slurp(path))));
  CHECK(inspect(put("v.img", volume()))["kind"] == "volume");
  const auto archive = inspect(put("x.zip", zip_of(machine(), "C/")));
  CHECK(archive["kind"] == "archive");
  CHECK(archive["files"] == machine().size());
  CHECK(archive["windows_roots"] == json::array({"C/Windows"}));

  std::vector<std::string> lines;
  for (const auto& [p, content] : machine())
    lines.push_back(replaced(p, "\\", "\\\\") + "\t" + std::to_string(content.size()) + "\t" + tq::sha256_hex(tq::bytes_of(content)));
  std::sort(lines.begin(), lines.end());
  std::string wanted;
  for (const auto& l : lines) wanted += l + "\n";
  CHECK(run_program({"inspect", "--dump", put("v.img", volume())}).out == wanted);
  CHECK(run_program({"inspect", "--dump", put("x.tar.gz", gzip(tar_of(machine())))}).out == wanted);
  CHECK(run_program({"inspect", "--dump", put("x.zip", zip_of(machine()))}).out == wanted);
}

TEST_CASE("images: statistics by room") {
  const auto ran = run_program({"check", "--stats", put("disk.img", disk())});
  for (const char* room : {"io ", "image ", "volume ", "fs "}) CHECK_MESSAGE(ran.err.find(room) != std::string::npos, ran.err);
}

namespace {

/// One target of every kind in `folder`, and what of each is named.
std::vector<std::string> targets_of_every_kind(const std::string& folder) {
  write_files(machine(), folder + "/tree");
  FileMap files = {{"disk.img", disk()},
                   {"volume.img", volume()},
                   {"x.zip", zip_of(machine(), "C/")},
                   {"x.tar", tar_of(machine())},
                   {"x.tar.gz", gzip(tar_of(machine()))},
                   {"hives/SOFTWARE", machine().at("Windows/System32/config/SOFTWARE")},
                   {"hives/SOFTWARE.LOG1", machine().at("Windows/System32/config/SOFTWARE.LOG1")},
                   {"hives/SYSTEM", machine().at("Windows/System32/config/SYSTEM")},
                   {"systeminfo.txt", bytes_from(systeminfo_text("S", "6.0.6003", "Service Pack 2 Build 6003", {4493471}))},
                   {"list.csv", bytes_from("name,version\nA,6.0.6003\nB,6.0.6002\n")}};
  for (const auto& [path, content] : machine()) files["collection/C/" + path] = content;
  std::vector<std::string> out = {"tree",  "disk.img",       "volume.img",     "x.zip",    "x.tar",     "x.tar.gz",
                                  "hives", "hives/SOFTWARE", "systeminfo.txt", "list.csv", "collection"};
  int number = 0;
  for (const auto& [what, image] : containers()) {
    const std::string own = std::to_string(++number) + "/";
    for (const auto& [name, content] : image.files) files[own + name] = content;
    out.push_back(own + image.main);
  }
  write_files(files, folder);
  return out;
}

#ifdef __SANITIZE_THREAD__
constexpr const char* kOwnFile = "/tmp/tsan.rodata.";  // ThreadSanitizer's runtime makes it for a moment, before main
#else
constexpr const char* kOwnFile = nullptr;
#endif

/// Checks one line of strace: whatever was opened was opened for reading.
void only_reads(const std::string& line) {
  if (kOwnFile != nullptr && line.find(kOwnFile) != std::string::npos) return;
  const bool opens = line.find(" open(") != std::string::npos || line.find(" openat(") != std::string::npos;
  // Names below a folder are opened relative to it: every opening counts, wherever it leads.
  if (opens) CHECK_MESSAGE((line.find("O_RDONLY") != std::string::npos && line.find("O_CREAT") == std::string::npos), line);
  if (!opens) CHECK_MESSAGE((line.find("+++") != std::string::npos || line.find("---") != std::string::npos), line);
}

/// Everything below a folder with size, time of change and digest.
std::string state_of(const std::string& folder) {
  std::vector<std::string> lines;
  for (const auto& e : std::filesystem::recursive_directory_iterator(folder))
    lines.push_back(e.path().string() + " " + std::to_string(e.last_write_time().time_since_epoch().count()) + " " +
                    (e.is_regular_file() ? tq::sha256_hex(tq::bytes_of(slurp(e.path().string()))) : "folder"));
  std::sort(lines.begin(), lines.end());
  std::string out;
  for (const auto& l : lines) out += l + "\n";
  return out;
}

}  // namespace

TEST_CASE("images: nothing of a target of any kind is opened for writing, created or renamed") {
  if (std::system("command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null") != 0) {
    MESSAGE("SKIPPED: strace is not installed, or may not trace here");
    return;
  }
  const std::string folder = temporary_folder(), trace = temporary_folder() + "/trace";
  const auto targets = targets_of_every_kind(folder);
  const std::string before = state_of(folder);
  const std::string program = program_path();
  for (const auto& target : targets)
    for (const std::string command : {"check", "inspect"}) {
      if (command == "inspect" && !std::filesystem::is_regular_file(folder + "/" + target)) continue;
      INFO(command << " " << target);
      const std::string line =
          "strace -f -qq -e trace=open,openat,openat2,creat,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,link,linkat,"
          "symlink,symlinkat,truncate,ftruncate,chmod,fchmod,fchmodat,utimensat,mknod,mknodat -o '" +
          trace + "' '" + program + "' " + command + " '" + folder + "/" + target + "' >/dev/null 2>&1";
      const int status = WEXITSTATUS(std::system(line.c_str()));
      CHECK_MESSAGE((status <= 1 || status == 4), status);
      std::ifstream in(trace);
      bool opened = false;
      for (std::string l; std::getline(in, l);) {
        opened = opened || l.find(folder) != std::string::npos;
        only_reads(l);
      }
      CHECK(opened);
    }
  CHECK(state_of(folder) == before);
}

TEST_CASE("images: targets on a read-only medium are read as any other") {
  const std::string folder = temporary_folder();
  const auto targets = targets_of_every_kind(folder);
  const std::string mounted = "mount --bind '" + folder + "' '" + folder + "' && mount -o remount,bind,ro '" + folder + "'";
  if (std::system(("unshare -rm sh -c \"" + mounted + "\" 2>/dev/null").c_str()) != 0) {
    MESSAGE("SKIPPED: no mount namespaces here");
    return;
  }
  for (const std::string target : {"tree", "disk.img", "x.zip", "x.tar.gz", "hives", "collection"}) {
    INFO(target);
    const int plain = run_program({"check", folder + "/" + target}).status;
    const std::string line = "unshare -rm sh -c \"" + mounted + " && ! touch '" + folder + "/new' 2>/dev/null && '" + program_path() +
                             "' check '" + folder + "/" + target + "'\" >/dev/null 2>&1";
    CHECK(WEXITSTATUS(std::system(line.c_str())) == plain);
  }
}

TEST_CASE("images: a read-only file is read, one without permission is a clear error") {
  const std::string path = put("disk.img", disk());
  std::filesystem::permissions(path, std::filesystem::perms::owner_read);
  CHECK(check(path).status == 1);
  std::filesystem::permissions(path, std::filesystem::perms::none);
  if (std::ifstream(path).good()) {
    MESSAGE("SKIPPED: this user may read every file");
    return;
  }
  const auto ran = run_program({"check", path});
  CHECK(ran.status == 3);
  CHECK_MESSAGE(ran.err.find("ermission") != std::string::npos, ran.err);
}

TEST_CASE("corpus: shared images, nothing claimed from dummies") {
  const auto dummies = corpus("images/velociraptor_partition_image.E01");
  if (!dummies) return;
  const auto c = check(*dummies);
  CHECK(c.status == 1);  // TQ9002: evidence that is there and cannot be read
  CHECK(c.machine()["build"]["status"] == "unknown");
  CHECK(c.machine()["level"].is_null());
  CHECK(c.machine()["findings"].dump().find("13 bytes of something else") != std::string::npos);

  const auto empty = check(*corpus("images/windows_volume.qcow2"));
  CHECK(empty.status == 4);
  CHECK(empty.machine()["build"]["status"] == "unknown");
  CHECK(empty.text.find("no such file in Windows/System32/config") != std::string::npos);

  struct Case {
    const char *file, *says;
  };
  for (const auto& k : {Case{"images/plaso_vsstest.qcow2", "ntfs"}, Case{"images/tsk_imageformat_mmls_1.E01", "p2 ntfs"},
                        Case{"images/scalibr_gpt_ext_exfat_fat32_ntfs.vmdk", "p4 ntfs"}}) {
    INFO(k.file);
    const auto ran = run_program({"check", *corpus(k.file)});
    CHECK(ran.status == 3);
    CHECK_MESSAGE(ran.err.find(k.says) != std::string::npos, ran.err);
  }
  const UnpackedZip vhdx(*corpus("images/velociraptor_test.vhdx.zip"));
  for (const auto& f : std::filesystem::directory_iterator(vhdx.path())) {
    const auto about = inspect(f.path().string());
    CHECK(about["format"] == "vhdx");
    REQUIRE(about["volumes"].size() == 1);
    CHECK(about["volumes"][0]["offset"] == 128 * 512);
  }
  const auto vss = run_program({"inspect", "--dump", *corpus("images/plaso_vsstest.qcow2")});
  for (const char* name : {"another_file", "password.txt"}) CHECK_MESSAGE(vss.out.find(name) != std::string::npos, vss.out);
}
