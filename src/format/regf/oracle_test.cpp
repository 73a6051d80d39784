// The same hive through hivex and libregf: every path, name, type and byte must agree. Built where the libraries are.
#include <doctest/doctest.h>

#include "tests/support/corpus.hpp"
#include "tests/support/hive_builder.hpp"

#if __has_include(<hivex.h>) && __has_include(<libregf.h>) && !defined(TQ_NO_REGF_ORACLES)

#include <hivex.h>
#include <libregf/features.h>
#undef LIBREGF_HAVE_BFIO  // its header is in another package and its functions are not used here
#include <libregf.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "core/text.hpp"
#include "format/regf/hive.hpp"
#include "tests/support/hive_dump.hpp"

using tq::test::HiveBuilder;
using Blob = std::vector<std::byte>;
using Lines = std::vector<std::string>;

namespace {

std::string join(const std::string& path, const std::string& name) { return path.empty() ? name : path + "\\" + name; }

tq::Bytes view(const void* p, std::size_t n) { return tq::Bytes(std::span(static_cast<const std::byte*>(p), n)); }

void hivex_key(hive_h* h, hive_node_h node, const std::string& path, Lines& out) {
  out.push_back(path);
  hive_value_h* values = hivex_node_values(h, node);
  for (hive_value_h* v = values; v != nullptr && *v != 0; ++v) {
    char* name = hivex_value_key(h, *v);
    hive_type type{};
    std::size_t n = 0;
    char* data = hivex_value_value(h, *v, &type, &n);
    std::uint32_t number = 0;
    std::memcpy(&number, &type, sizeof number);  // hives hold types that the enum does not know
    out.push_back(tq::test::dump_line(path, name == nullptr ? "?" : name, number, view(data, n)));
    std::free(data);
    std::free(name);
  }
  std::free(values);
  hive_node_h* children = hivex_node_children(h, node);
  for (hive_node_h* c = children; c != nullptr && *c != 0; ++c) {
    char* name = hivex_node_name(h, *c);
    hivex_key(h, *c, join(path, name == nullptr ? "?" : name), out);
    std::free(name);
  }
  std::free(children);
}

Lines by_hivex(const std::string& file) {
  Lines out;
  hive_h* h = hivex_open(file.c_str(), 0);
  if (h == nullptr) return {"hivex refuses"};
  hivex_key(h, hivex_root(h), "", out);
  hivex_close(h);
  std::sort(out.begin(), out.end());
  return out;
}

std::string regf_name(const std::vector<std::uint16_t>& units) {
  std::u16string s(units.begin(), units.end());
  while (!s.empty() && s.back() == 0) s.pop_back();
  return tq::utf16_to_utf8(s);
}

std::string regf_value_name(libregf_value_t* v) {
  std::size_t n = 0;
  if (libregf_value_get_utf16_name_size(v, &n, nullptr) != 1 || n == 0) return {};
  std::vector<std::uint16_t> units(n);
  return libregf_value_get_utf16_name(v, units.data(), n, nullptr) == 1 ? regf_name(units) : "?";
}

std::string regf_key_name(libregf_key_t* k) {
  std::size_t n = 0;
  if (libregf_key_get_utf16_name_size(k, &n, nullptr) != 1 || n == 0) return {};
  std::vector<std::uint16_t> units(n);
  return libregf_key_get_utf16_name(k, units.data(), n, nullptr) == 1 ? regf_name(units) : "?";
}

void regf_value(libregf_value_t* v, const std::string& path, Lines& out) {
  std::uint32_t type = 0;
  std::size_t n = 0;
  libregf_value_get_value_type(v, &type, nullptr);
  Blob data;
  if (libregf_value_get_value_data_size(v, &n, nullptr) == 1 && n != 0) {
    data.resize(n);
    libregf_value_get_value_data(v, reinterpret_cast<std::uint8_t*>(data.data()), n, nullptr);
  }
  out.push_back(tq::test::dump_line(path, regf_value_name(v), type, tq::bytes_of(data)));
}

void regf_key(libregf_key_t* key, const std::string& path, Lines& out) {
  out.push_back(path);
  int n = 0;
  libregf_key_get_number_of_values(key, &n, nullptr);
  for (int i = 0; i < n; ++i) {
    libregf_value_t* v = nullptr;
    if (libregf_key_get_value(key, i, &v, nullptr) != 1) continue;
    regf_value(v, path, out);
    libregf_value_free(&v, nullptr);
  }
  n = 0;
  libregf_key_get_number_of_sub_keys(key, &n, nullptr);
  for (int i = 0; i < n; ++i) {
    libregf_key_t* k = nullptr;
    if (libregf_key_get_sub_key(key, i, &k, nullptr) != 1) continue;
    regf_key(k, join(path, regf_key_name(k)), out);
    libregf_key_free(&k, nullptr);
  }
}

Lines by_libregf(const std::string& path) {
  Lines out;
  libregf_file_t* file = nullptr;
  libregf_key_t* root = nullptr;
  libregf_file_initialize(&file, nullptr);
  if (libregf_file_open(file, path.c_str(), LIBREGF_OPEN_READ, nullptr) == 1 && libregf_file_get_root_key(file, &root, nullptr) == 1) {
    regf_key(root, "", out);
    libregf_key_free(&root, nullptr);
  }
  libregf_file_free(&file, nullptr);
  std::sort(out.begin(), out.end());
  return out;
}

/// First lines in which two dumps differ, for the message.
std::string difference(const Lines& a, const Lines& b) {
  Lines only_a, only_b;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(only_a));
  std::set_difference(b.begin(), b.end(), a.begin(), a.end(), std::back_inserter(only_b));
  std::string out = std::to_string(only_a.size()) + " only here, " + std::to_string(only_b.size()) + " only there";
  if (!only_a.empty()) out += "\n here:  " + only_a[0].substr(0, 300);
  if (!only_b.empty()) out += "\n there: " + only_b[0].substr(0, 300);
  return out;
}

struct Line {
  std::string place, type, data;  ///< "path\tname", number, hex
};
Line split(const std::string& line) {
  const std::size_t data = line.rfind('\t'), type = line.rfind('\t', data - 1);
  if (data == std::string::npos || type == std::string::npos) return {line, {}, {}};
  return {line.substr(0, type), line.substr(type + 1, data - type - 1), line.substr(data + 1)};
}

/// libregf 20201007 reads data of 1 to 3 bytes that lie in the value itself from the wrong end, and changes the length
/// of strings that do not end as they should. hivex and the bytes in the file say what is right.
bool known_fault_of_libregf(const Line& ours, const Line& theirs) {
  if (ours.place != theirs.place || ours.type != theirs.type) return false;
  const bool small = !ours.data.empty() && ours.data.size() <= 6;
  const bool string = ours.type == "1" || ours.type == "2";
  const std::size_t n = std::min(ours.data.size(), theirs.data.size());
  return small || (string && ours.data.substr(0, n) == theirs.data.substr(0, n));
}

void check_libregf(const Lines& ours, const Lines& theirs) {
  Lines here, there;
  std::set_difference(ours.begin(), ours.end(), theirs.begin(), theirs.end(), std::back_inserter(here));
  std::set_difference(theirs.begin(), theirs.end(), ours.begin(), ours.end(), std::back_inserter(there));
  REQUIRE_MESSAGE(here.size() == there.size(), "libregf: " << difference(ours, theirs));
  for (std::size_t i = 0; i < here.size(); ++i)
    CHECK_MESSAGE(known_fault_of_libregf(split(here[i]), split(there[i])),
                  "libregf: " << here[i].substr(0, 300) << " / " << there[i].substr(0, 300));
}

class TemporaryFile {
 public:
  explicit TemporaryFile(const Blob& bytes) {
    const int fd = ::mkstemp(path_);
    REQUIRE(fd >= 0);
    ::close(fd);
    std::ofstream(path_, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  ~TemporaryFile() { ::unlink(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  [[nodiscard]] const char* path() const { return path_; }

 private:
  char path_[32] = "/tmp/tq_oracle_XXXXXX";
};

enum class Oracles { both, hivex, libregf };

void compare(const Blob& bytes, Oracles which = Oracles::both) {
  const TemporaryFile file(bytes);
  const auto h = tq::format::regf::Hive::open(bytes, {}, {}, {}, {.use_logs = false});
  REQUIRE(h);
  const Lines ours = tq::test::dump_lines(*h);
  if (which != Oracles::hivex) check_libregf(ours, by_libregf(file.path()));
  if (which == Oracles::libregf) return;
  const Lines theirs = by_hivex(file.path());
  CHECK_MESSAGE(ours == theirs, "hivex: " << difference(ours, theirs));
}

}  // namespace

TEST_CASE("regf: oracles agree on builder hives") {
  for (const auto kind : {HiveBuilder::Lists::lh, HiveBuilder::Lists::lf, HiveBuilder::Lists::li}) {
    HiveBuilder b("SOFTWARE");
    b.lists(kind).minor_version(5);
    for (int i = 0; i < 1200; ++i) b.dword("many\\Key" + std::to_string(i), "n", static_cast<std::uint32_t>(i));
    b.sz("a\\b\\c", "text", "6002").expand("a", "x", "%y%").multi("a", "m", {"p", "q"}).qword("a", "q", 1).sz("a", "", "default");
    b.binary("big", "one", Blob(16344, std::byte{1}))
        .binary("big", "two", Blob(16345, std::byte{2}))
        .binary("big", "three", Blob(100000, std::byte{3}));
    b.binary("e", "none", {}).binary("e", "1", Blob(1)).binary("e", "4", Blob(4)).binary("e", "5", Blob(5));
    b.sz("\xD0\x9A\xD0\xBB", "\xD0\xB8", "x").class_name("a", "class").link("l", "\\Registry\\Machine\\SOFTWARE\\a");
    compare(b.build());
  }
}

TEST_CASE("regf: oracles agree on real hives") {
  struct Sample {
    std::string path;
    Oracles which = Oracles::both;
  };
  const Sample samples[] = {
      {"nt61_win7sp1_x86_SYSTEM.xz"},
      {"nt10_dirty_SYSTEM_B.xz"},
      {"nt61_ntuser_software_partial.xz"},
      {"bcd_efi.xz"},
      {"nt51_xpsp3_x86_M57-PAT_SYSTEM"},
      {"nt61_win7pro_Default_NTUSER.DAT"},
      {"nt63_win81_Default_NTUSER.DAT"},
      {"yarp/NewDirtyHive1/RecoveredHive_Windows10"},
      {"yarp/OldDirtyHive/RecoveredHive_Windows7"},
      {"yarp/BigDataHive"},
      {"yarp/CompHive", Oracles::hivex},  // libregf takes a Latin-1 name for Windows-1252
      {"yarp/ManySubkeysHive"},
      {"yarp/UnicodeHive"},
      {"yarp/EmptyHive"},
      {"yarp/BogusKeyNamesHive", Oracles::libregf},  // names with NUL: hivex returns C strings
      {"ez/SAM_DUPENAME"},
      {"ez/SECURITYNoRoot"},
      {"ez/BCD"},
      {"hivex/minimal"},
      {"hivex/special", Oracles::libregf},  // as above
      {"hivex/rlenvalue_test_hive"},
  };
  for (const Sample& s : samples) {
    const auto path = tq::test::corpus("hives/" + s.path);
    if (!path) return;
    CAPTURE(s.path);
    compare(tq::test::slurp(*path), s.which);
  }
}

#else

TEST_CASE("regf: oracles agree") { MESSAGE("SKIPPED: hivex or libregf is not installed; nothing to compare with"); }

#endif
