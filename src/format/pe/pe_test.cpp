#include "format/pe/pe.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>

#include "format/pe/mapped.hpp"
#include "tests/support/pe_builder.hpp"

using namespace tq;
using namespace tq::format;
using tq::test::PeBuilder;

namespace {

constexpr pe::Machine kMachines[] = {pe::Machine::x86, pe::Machine::x64, pe::Machine::ia64};

PeBuilder kernel(pe::Machine m) {
  return PeBuilder()
      .machine(m)
      .version({6, 0, 6003, 20489})
      .product_version({6, 0, 6003, 20490})
      .string("CompanyName", "Microsoft Corporation")
      .string("FileVersion", "6.0.6002.18005 (lh_sp2rtm.090410-1830)")  // deliberately another one
      .string("OriginalFilename", "ntkrnlmp.exe")
      .import("BOOTVID.dll", {"VidInitialize", "#12"})
      .import("HAL.dll", {"HalReturnToFirmware"})
      .delay_import("late.dll", {"First", "#300"})
      .export_dll("ntoskrnl.exe")
      .export_entry("NtClose")
      .export_entry("", "")
      .export_entry("AliasOfOther", "NTDLL.RtlZeroMemory")
      .certificate(61);
}

/// Everything the reader can do, with the results used, so that a sanitizer sees each byte that was read.
std::size_t walk(const io::ByteSource& s) {
  const auto image = pe::open(s);
  if (!image) return image.error().text().size();
  std::size_t n = image->sections.size() + image->lost.size();
  if (const auto v = pe::version_info(s, *image)) {
    for (const auto& [k, text] : v->strings) n += k.size() + text.size();
    for (const Error& e : v->lost) n += e.text().size();
  }
  for (const pe::Import& i : pe::imports(s, *image).dlls) n += i.names.size();
  for (const pe::Export& e : pe::exports(s, *image).entries) n += e.name.size() + e.forwarder.size();
  if (const auto sum = pe::computed_checksum(s, *image)) n += *sum & 1;
  return n;
}

/// Counts what a reader asks of the source.
class Counting final : public io::ByteSource {
 public:
  explicit Counting(Bytes b) : view_(b) {}
  [[nodiscard]] std::uint64_t size() const override { return view_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const override {
    ++reads;
    bytes += out.size();
    return view_.read_at(offset, out);
  }
  mutable int reads = 0;
  mutable std::uint64_t bytes = 0;

 private:
  pe::View view_;
};

void poke(std::vector<std::byte>& b, std::size_t at, std::uint32_t v) {
  for (std::size_t i = 0; i < 4; ++i) b.at(at + i) = static_cast<std::byte>(v >> (8 * i));
}

/// Output of a program, or empty when it is not there.
std::string run(const std::string& command) {
  std::string out;
  FILE* p = ::popen((command + " 2>/dev/null").c_str(), "r");
  if (p == nullptr) return out;
  char buf[4096];
  while (const std::size_t n = std::fread(buf, 1, sizeof buf, p)) out.append(buf, n);
  ::pclose(p);
  return out;
}

}  // namespace

TEST_CASE("pe: headers of what the builder wrote, for three machines") {
  for (const pe::Machine m : kMachines) {
    CAPTURE(pe::to_string(m));
    const auto bytes = kernel(m).time_stamp(0x5C9F1234).build();
    const pe::View s(bytes_of(bytes));
    const auto image = pe::open(s);
    REQUIRE(image);
    CHECK(image->machine == m);
    CHECK(image->machine_raw == pe::machine_number(m));
    CHECK(image->pe32_plus == (m != pe::Machine::x86));
    CHECK(image->image_base == (m == pe::Machine::x86 ? 0x10000000 : 0x180000000));
    CHECK(image->time_stamp == 0x5C9F1234);
    CHECK(image->is_dll);
    CHECK_FALSE(image->is_dotnet);
    CHECK(image->lost.empty());
    REQUIRE(image->sections.size() == 3);
    CHECK(image->sections[0].name == ".text");
    CHECK(image->sections[2].name == ".rsrc");
    CHECK(image->has_authenticode);
    CHECK(image->authenticode_size == 64);
    CHECK(image->authenticode_offset + image->authenticode_size == bytes.size());
    CHECK(pe::computed_checksum(s).value_or(0) == image->stored_checksum);
  }
  const auto exe = PeBuilder().exe().dotnet().build();
  const auto image = pe::open(pe::View(bytes_of(exe)));
  REQUIRE(image);
  CHECK_FALSE(image->is_dll);
  CHECK(image->is_dotnet);
  CHECK_FALSE(image->has_authenticode);
}

TEST_CASE("pe: the version is the fixed one, the strings are only strings") {
  for (const pe::Machine m : kMachines) {
    const auto bytes = kernel(m).build();
    const pe::View s(bytes_of(bytes));
    const auto v = pe::version_info(s, *pe::open(s));
    REQUIRE(v);
    CHECK(v->file_fixed->text() == "6.0.6003.20489");
    CHECK(v->product_fixed->text() == "6.0.6003.20490");
    CHECK(v->translation == "040904b0");
    CHECK(v->strings.size() == 3);
    CHECK(v->strings[1].first == "FileVersion");
    CHECK(v->string("fileversion") == "6.0.6002.18005 (lh_sp2rtm.090410-1830)");
    CHECK(v->string("Comments").empty());
    CHECK(v->lost.empty());
  }
}

TEST_CASE("pe: a wrong VS_FIXEDFILEINFO signature gives no version and names the damage") {
  const auto bytes = kernel(pe::Machine::x64).fixed_signature(0xFEEF04BC).build();
  const pe::View s(bytes_of(bytes));
  const auto v = pe::version_info(s, *pe::open(s));
  REQUIRE(v);
  CHECK_FALSE(v->file_fixed);
  CHECK_FALSE(v->product_fixed);
  CHECK(v->string("CompanyName") == "Microsoft Corporation");
  REQUIRE(v->lost.size() == 1);
  CHECK(v->lost[0].place == "pe.version_info.fixed.signature");
  CHECK(v->lost[0].found == "0xfeef04bc");
}

TEST_CASE("pe: no version resource is not_found, not damage") {
  const auto bytes = PeBuilder().build();
  const pe::View s(bytes_of(bytes));
  const auto v = pe::version_info(s, *pe::open(s));
  REQUIRE_FALSE(v);
  CHECK(v.error().code == ErrorCode::not_found);
}

TEST_CASE("pe: imports, delay imports and exports") {
  for (const pe::Machine m : kMachines) {
    const auto bytes = kernel(m).build();
    const pe::View s(bytes_of(bytes));
    const auto image = pe::open(s);
    const auto table = pe::imports(s, *image);
    CHECK(table.lost.empty());
    REQUIRE(table.dlls.size() == 3);
    CHECK(table.dlls[0].dll == "BOOTVID.dll");
    CHECK(table.dlls[0].names == std::vector<std::string>{"VidInitialize", "#12"});
    CHECK(table.dlls[1].names == std::vector<std::string>{"HalReturnToFirmware"});
    CHECK_FALSE(table.dlls[1].delayed);
    CHECK(table.dlls[2].delayed);
    CHECK(table.dlls[2].dll == "late.dll");
    CHECK(table.dlls[2].names == std::vector<std::string>{"First", "#300"});
    const auto out = pe::exports(s, *image);
    CHECK(out.lost.empty());
    CHECK(out.dll == "ntoskrnl.exe");
    REQUIRE(out.entries.size() == 3);
    CHECK(out.entries[0].name == "NtClose");
    CHECK(out.entries[0].ordinal == 1);
    CHECK(out.entries[0].rva == image->sections[0].rva);
    CHECK(out.entries[1].name.empty());
    CHECK(out.entries[2].forwarder == "NTDLL.RtlZeroMemory");
  }
}

TEST_CASE("pe: delay imports written with addresses instead of RVAs") {
  auto bytes = PeBuilder().machine(pe::Machine::x86).delay_import("old.dll", {"Fn"}).build();
  const pe::View s(bytes_of(bytes));
  const auto image = pe::open(s);
  const auto at = *pe::file_offset(*image, image->directory(pe::Directory::delay_imports).rva);
  const Bytes record = bytes_of(bytes).from(at);
  const std::uint32_t dll = *record.try_get<le32>(4), names = *record.try_get<le32>(16);
  poke(bytes, at, 0);
  poke(bytes, at + 4, dll + 0x10000000);
  poke(bytes, at + 16, names + 0x10000000);
  const auto table = pe::imports(pe::View(bytes_of(bytes)), *image);
  CHECK(table.lost.empty());
  REQUIRE(table.dlls.size() == 1);
  CHECK(table.dlls[0].names == std::vector<std::string>{"Fn"});
}

TEST_CASE("pe: a bound import table without a name table falls back to the address table") {
  auto bytes = PeBuilder().import("a.dll", {"One"}).build();
  const pe::View s(bytes_of(bytes));
  const auto image = pe::open(s);
  poke(bytes, *pe::file_offset(*image, image->directory(pe::Directory::imports).rva), 0);
  const auto table = pe::imports(pe::View(bytes_of(bytes)), *image);
  REQUIRE(table.dlls.size() == 1);
  CHECK(table.dlls[0].names == std::vector<std::string>{"One"});
}

TEST_CASE("pe: names of imports that overlap are read up to a limit of their text") {
  std::vector<std::string> names(3000, "f");
  names[0] = std::string(4000, 'x');
  auto bytes = PeBuilder().machine(pe::Machine::x86).import("a.dll", names).build();
  const auto image = pe::open(pe::View(bytes_of(bytes)));
  const auto record = *pe::file_offset(*image, image->directory(pe::Directory::imports).rva);
  const auto thunks = *pe::file_offset(*image, *bytes_of(bytes).try_get<le32>(record));
  const std::uint32_t longest = *bytes_of(bytes).try_get<le32>(thunks);
  for (std::size_t i = 1; i < names.size(); ++i) poke(bytes, thunks + 4 * i, longest);
  const auto table = pe::imports(pe::View(bytes_of(bytes)), *image);
  REQUIRE(table.dlls.size() == 1);
  CHECK(table.dlls[0].names.size() == (std::size_t{8} << 20) / 4000 + 1);
  REQUIRE(table.lost.size() == 1);
  CHECK(table.lost[0].code == ErrorCode::limit);
}

TEST_CASE("pe: the version of a large kernel costs few reads") {
  const auto bytes = kernel(pe::Machine::x64).code(std::vector<std::byte>(12u << 20, std::byte{0x90})).build();
  const Counting s(bytes_of(bytes));
  const auto image = pe::open(s);
  REQUIRE(image);
  CHECK(s.reads == 1);
  REQUIRE(pe::version_info(s, *image));
  CHECK(s.reads <= 3);
  CHECK(s.bytes <= 3 * 4096);
}

TEST_CASE("pe: headers beyond the first page cost one read more") {
  const auto bytes = kernel(pe::Machine::x64).code(std::vector<std::byte>(8192)).build();
  // The headers once more behind the last byte, and e_lfanew pointing there: sections keep their offsets.
  auto moved = bytes;
  moved.insert(moved.end(), bytes.begin() + 0x80, bytes.begin() + 0x200);
  poke(moved, 0x3C, static_cast<std::uint32_t>(bytes.size()));
  const Counting s(bytes_of(moved));
  const auto image = pe::open(s);
  REQUIRE(image);
  CHECK(s.reads == 2);
  CHECK(pe::version_info(s, *image)->file_fixed->text() == "6.0.6003.20489");
}

TEST_CASE("pe: what is not an image says so") {
  const std::string text(1000, 'x');
  CHECK(pe::open(pe::View(bytes_of(text))).error().place == "pe.dos_header.signature");
  CHECK(pe::open(pe::View(Bytes())).error().code == ErrorCode::truncated);
  auto bytes = PeBuilder().build();
  poke(bytes, 0x80, 0x0000454E);  // NE: a 16-bit image
  CHECK(pe::open(pe::View(bytes_of(bytes))).error().place == "pe.signature");
  poke(bytes, 0x3C, 0xFFFFFFF0);
  CHECK(pe::open(pe::View(bytes_of(bytes))).error().place == "pe.dos_header.e_lfanew");
  bytes = PeBuilder().build();
  bytes[0x98] = std::byte{0x07};  // a ROM image
  CHECK(pe::open(pe::View(bytes_of(bytes))).error().code == ErrorCode::unsupported);
}

TEST_CASE("pe: cut at every length, it is an error or a part, and the part says what is lost") {
  const auto whole = kernel(pe::Machine::ia64).build();
  std::size_t versions = 0;
  for (std::size_t n = 0; n < whole.size(); ++n) {
    const std::vector<std::byte> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n));
    const pe::View s(bytes_of(cut));
    const auto image = pe::open(s);
    walk(s);
    if (!image) continue;
    CHECK_FALSE(image->lost.empty());  // at least the certificate table is cut
    CHECK_FALSE(image->has_authenticode);
    const auto v = pe::version_info(s, *image);
    if (v && v->file_fixed) {
      ++versions;
      CHECK(v->file_fixed->text() == "6.0.6003.20489");
    }
  }
  CHECK(versions > 400);  // the fixed block survives the loss of the strings and of the certificate table
}

TEST_CASE("pe: every header field set to 0, 1 and its maximum") {
  const auto whole = kernel(pe::Machine::x86).build();
  for (std::size_t at = 0; at + 4 <= 0x400; ++at)
    for (const std::uint32_t v : {0U, 1U, 0x7FFFFFFFU, 0x80000000U, 0xFFFFFFFFU}) {
      auto bytes = whole;
      poke(bytes, at, v);
      walk(pe::View(bytes_of(bytes)));
    }
  CHECK(walk(pe::View(bytes_of(whole))) > 0);
}

TEST_CASE("pe: each word of the tables and of the resource set to extremes") {
  const auto whole = kernel(pe::Machine::x64).build();
  for (std::size_t at = 0x600; at + 4 <= whole.size(); at += 2)
    for (const std::uint32_t v : {0U, 1U, 0x80000000U, 0xFFFFFFFFU}) {
      auto bytes = whole;
      poke(bytes, at, v);
      walk(pe::View(bytes_of(bytes)));
    }
  CHECK(walk(pe::View(bytes_of(whole))) > 0);
}

TEST_CASE("pe: random mutations") {
  std::mt19937 rng(20190409);
  for (int round = 0; round < 4000; ++round) {
    auto bytes = kernel(kMachines[round % 3]).build();
    for (std::size_t k = rng() % 8 + 1; k > 0; --k) bytes[rng() % bytes.size()] = static_cast<std::byte>(rng());
    walk(pe::View(bytes_of(bytes)));
  }
  CHECK(true);
}

TEST_CASE("pe: a resource directory that contains itself is refused") {
  auto bytes = kernel(pe::Machine::x64).build();
  const pe::View s(bytes_of(bytes));
  const auto image = pe::open(s);
  const auto root = *pe::file_offset(*image, image->directory(pe::Directory::resources).rva);
  poke(bytes, root + 20, 0x80000000);  // the type's names are the root again
  const auto v = pe::version_info(pe::View(bytes_of(bytes)), *image);
  REQUIRE_FALSE(v);
  CHECK(v.error().code == ErrorCode::corrupt);
  CHECK(v.error().place == "pe.resources.names");
}

TEST_CASE("pe: what is read at an address is exactly what the file backs") {
  const auto bytes = PeBuilder().code({std::byte{1}, std::byte{2}, std::byte{3}}).build();
  const pe::View s(bytes_of(bytes));
  const auto image = pe::open(s);
  REQUIRE(image);
  pe::Mapped mapped(s, *image);
  std::vector<std::byte> out(3);
  REQUIRE(mapped.read(0x1000, out, "here"));
  CHECK(out[2] == std::byte{3});
  CHECK(mapped.read(0x9000, out, "here").error().code == ErrorCode::truncated);
  out.resize(0x201);
  CHECK(mapped.read(0x1000, out, "here").error().code == ErrorCode::truncated);
}

TEST_CASE("pe: a section ends where its bytes in the file end, though its pages go on and others follow") {
  const auto bytes = kernel(pe::Machine::x64).build();
  const pe::View s(bytes_of(bytes));
  const auto image = pe::open(s);
  REQUIRE(image);
  REQUIRE(image->sections.size() >= 2);
  const auto& first = image->sections.front();
  REQUIRE(first.virtual_size != 0);
  REQUIRE(first.file_size < 4096);
  REQUIRE(first.file_offset + first.file_size < bytes.size());
  pe::Mapped mapped(s, *image);
  std::vector<std::byte> out(first.file_size);
  CHECK(mapped.read(first.rva, out, "here"));
  out.emplace_back();
  CHECK(mapped.read(first.rva, out, "here").error().code == ErrorCode::truncated);
  CHECK_FALSE(pe::file_offset(*image, first.rva + first.file_size));
}

TEST_CASE("pe: a changed byte changes the checksum") {
  auto bytes = kernel(pe::Machine::x64).build();
  const auto stored = pe::open(pe::View(bytes_of(bytes)))->stored_checksum;
  CHECK(pe::computed_checksum(pe::View(bytes_of(bytes))).value_or(0) == stored);
  const std::byte old = bytes[0x410];
  bytes[0x410] = ~old;
  CHECK(pe::computed_checksum(pe::View(bytes_of(bytes))).value_or(0) != stored);
  bytes[0x410] = old;
  bytes.push_back(std::byte{9});  // an odd length counts its last byte
  CHECK(pe::computed_checksum(pe::View(bytes_of(bytes))).value_or(0) == stored + 9 + 1);
}

TEST_CASE("pe: objdump reads the builder's images as this reader does") {
  if (run("objdump -i").find("pei-x86-64") == std::string::npos) {
    std::cout << "SKIPPED pe objdump comparison: no objdump with pei-x86-64\n";
    return;
  }
  for (const pe::Machine m : {pe::Machine::x86, pe::Machine::x64}) {
    const auto bytes = kernel(m).build();
    const std::string path = std::string(std::getenv("TMPDIR") ? std::getenv("TMPDIR") : "/tmp") + "/tq_pe_" + pe::to_string(m) + ".dll";
    std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    const std::string text = run("objdump -p -h " + path);
    std::remove(path.c_str());
    for (const char* wanted :
         {"BOOTVID.dll", "VidInitialize", "HAL.dll", "HalReturnToFirmware", "ntoskrnl.exe", "NtClose", "NTDLL.RtlZeroMemory", ".rsrc"}) {
      CAPTURE(wanted);
      CHECK(text.find(wanted) != std::string::npos);
    }
    char sum[32];
    std::snprintf(sum, sizeof sum, "%08x", pe::open(pe::View(bytes_of(bytes)))->stored_checksum);
    CHECK(text.find(std::string("CheckSum\t\t") + sum) != std::string::npos);
  }
}

TEST_CASE("pe: machine names") {
  CHECK(std::string(pe::to_string(pe::Machine::ia64)) == "ia64");
  CHECK(std::string(pe::to_string(pe::Machine::x86)) == "x86");
  CHECK(std::string(pe::to_string(pe::Machine::other)) == "other");
  auto bytes = PeBuilder().build();
  bytes[0x84] = std::byte{0x66};  // 0x8666
  const auto image = pe::open(pe::View(bytes_of(bytes)));
  REQUIRE(image);
  CHECK(image->machine == pe::Machine::other);
  CHECK(image->machine_raw == 0x8666);
}
