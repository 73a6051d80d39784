// Hive reader against hivex and libregf, in one run: a full decoded walk with the opening, and one value by its path.
//
// Every reader decodes all names to UTF-8 and looks at every byte of data. The rounds are interleaved and the best
// one counts, so that load on the machine hits all alike.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "format/regf/hive.hpp"
#include "io/byte_source.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/hive_builder.hpp"

#if __has_include(<hivex.h>) && __has_include(<libregf.h>) && !defined(TQ_NO_REGF_ORACLES)
#define TQ_REGF_PEERS 1
#include <hivex.h>
#include <libregf/features.h>
#undef LIBREGF_HAVE_BFIO  // its header is in another package and its functions are not used here
#include <libregf.h>
#endif

namespace {

using Blob = std::vector<std::byte>;
using Clock = std::chrono::steady_clock;

/// What a walk adds up, so that no work can be left out: it must be the same for every reader.
struct Sum {
  std::uint64_t keys = 0, values = 0, bytes = 0, names = 0;
};

struct Totals {
  Sum sum;
  std::vector<std::byte> scratch;
  Blob copy;
  void key(std::string_view, const tq::format::regf::Key& k) {
    ++sum.keys;
    sum.names += k.name().size();
  }
  void value(std::string_view, const tq::format::regf::Key&, const tq::format::regf::Value& v) {
    ++sum.values;
    sum.names += v.name().size();
    if (const auto data = v.view(scratch)) {
      copy.assign(data->span().begin(), data->span().end());  // the peers hand out copies
      sum.bytes += copy.size();
    }
  }
};

Sum own_walk(const std::string& path) {
  auto bytes = tq::io::read_file(path, tq::limits::kHiveBytes);
  if (!bytes) return {};
  const auto hive = tq::format::regf::Hive::open(std::move(bytes).value());
  Totals totals;
  if (hive) (void)hive->walk(totals);
  return totals.sum;
}

#ifdef TQ_REGF_PEERS

void hivex_key(hive_h* h, hive_node_h node, Sum& sum) {
  char* name = hivex_node_name(h, node);
  ++sum.keys;
  sum.names += std::string_view(name == nullptr ? "" : name).size();
  std::free(name);
  hive_value_h* values = hivex_node_values(h, node);
  for (hive_value_h* v = values; v != nullptr && *v != 0; ++v) {
    char* value_name = hivex_value_key(h, *v);
    hive_type type{};
    std::size_t n = 0;
    char* data = hivex_value_value(h, *v, &type, &n);
    ++sum.values;
    sum.names += std::string_view(value_name == nullptr ? "" : value_name).size();
    sum.bytes += n;
    std::free(data);
    std::free(value_name);
  }
  std::free(values);
  hive_node_h* children = hivex_node_children(h, node);
  for (hive_node_h* c = children; c != nullptr && *c != 0; ++c) hivex_key(h, *c, sum);
  std::free(children);
}

Sum hivex_walk(const std::string& path) {
  Sum sum;
  hive_h* h = hivex_open(path.c_str(), 0);
  if (h == nullptr) return sum;
  hivex_key(h, hivex_root(h), sum);
  hivex_close(h);
  return sum;
}

void regf_value(libregf_value_t* v, Sum& sum) {
  std::uint8_t name[1024];
  std::size_t n = 0;
  if (libregf_value_get_utf8_name_size(v, &n, nullptr) == 1 && n != 0 && n <= sizeof name) libregf_value_get_utf8_name(v, name, n, nullptr);
  sum.names += n == 0 ? 0 : n - 1;
  std::size_t size = 0;
  libregf_value_get_value_data_size(v, &size, nullptr);
  std::vector<std::uint8_t> data(size);
  if (size != 0) libregf_value_get_value_data(v, data.data(), size, nullptr);
  sum.bytes += size;
  ++sum.values;
}

void regf_key(libregf_key_t* key, Sum& sum) {
  std::uint8_t name[1024];
  std::size_t n = 0;
  if (libregf_key_get_utf8_name_size(key, &n, nullptr) == 1 && n != 0 && n <= sizeof name) libregf_key_get_utf8_name(key, name, n, nullptr);
  sum.names += n == 0 ? 0 : n - 1;
  ++sum.keys;
  int count = 0;
  libregf_key_get_number_of_values(key, &count, nullptr);
  for (int i = 0; i < count; ++i) {
    libregf_value_t* v = nullptr;
    if (libregf_key_get_value(key, i, &v, nullptr) != 1) continue;
    regf_value(v, sum);
    libregf_value_free(&v, nullptr);
  }
  count = 0;
  libregf_key_get_number_of_sub_keys(key, &count, nullptr);
  for (int i = 0; i < count; ++i) {
    libregf_key_t* k = nullptr;
    if (libregf_key_get_sub_key(key, i, &k, nullptr) != 1) continue;
    regf_key(k, sum);
    libregf_key_free(&k, nullptr);
  }
}

Sum libregf_walk(const std::string& path) {
  Sum sum;
  libregf_file_t* file = nullptr;
  libregf_key_t* root = nullptr;
  libregf_file_initialize(&file, nullptr);
  if (libregf_file_open(file, path.c_str(), LIBREGF_OPEN_READ, nullptr) == 1 && libregf_file_get_root_key(file, &root, nullptr) == 1) {
    regf_key(root, sum);
    libregf_key_free(&root, nullptr);
  }
  libregf_file_free(&file, nullptr);
  return sum;
}

#endif

double seconds(const std::function<void()>& f) {
  const auto from = Clock::now();
  f();
  return std::chrono::duration<double>(Clock::now() - from).count();
}

struct Contender {
  const char* name;
  std::function<void()> run;
  double best = 1e9;
};

/// Best of `rounds`, one of each contender in turn; prints times (divided by `per`) and how many times faster the first one is.
void race(const char* what, std::vector<Contender> all, int rounds, double per, const char* unit) {
  for (int i = 0; i < rounds; ++i)
    for (Contender& c : all) c.best = std::min(c.best, seconds(c.run));
  std::printf("  %-22s", what);
  for (const Contender& c : all) std::printf("  %s %.3f %s (x%.1f)", c.name, c.best / per, unit, c.best / all[0].best);
  std::printf("\n");
}

void walk_race(const std::string& file) {
  Sum own;
  std::vector<Contender> all{{"own", [&] { own = own_walk(file); }}};
#ifdef TQ_REGF_PEERS
  Sum hivex, libregf;
  all.push_back({"hivex", [&] { hivex = hivex_walk(file); }});
  all.push_back({"libregf", [&] { libregf = libregf_walk(file); }});
#endif
  race("open and full walk", std::move(all), 7, 1e-3, "ms");
  std::printf("    %llu keys, %llu values, %llu bytes of data\n", static_cast<unsigned long long>(own.keys),
              static_cast<unsigned long long>(own.values), static_cast<unsigned long long>(own.bytes));
#ifdef TQ_REGF_PEERS
  if (hivex.keys != own.keys || hivex.values != own.values || hivex.bytes != own.bytes || libregf.keys != own.keys ||
      libregf.values != own.values)
    std::printf("    WARNING: the readers do not agree; the times cannot be compared\n");
#endif
}

std::vector<std::string> components(const std::string& path) {
  std::vector<std::string> out(1);
  for (const char c : path) {
    if (c == '\\')
      out.emplace_back();
    else
      out.back() += c;
  }
  return out;
}

void lookup_race(const std::string& file, const std::string& path, const std::string& value) {
  constexpr int kLoops = 2000;
  const auto hive = tq::format::regf::Hive::open(tq::io::read_file(file, tq::limits::kHiveBytes).value_or(Blob{}));
  if (!hive || !hive->find(path) || !hive->find(path)->value(value)) {
    std::printf("  %s: no %s\n", path.c_str(), value.c_str());
    return;
  }
  std::uint64_t sink = 0;
  std::vector<Contender> all{{"own", [&] {
                                for (int i = 0; i < kLoops; ++i) sink += hive->find(path)->value(value)->size();
                              }}};
#ifdef TQ_REGF_PEERS
  const auto parts = components(path);
  hive_h* h = hivex_open(file.c_str(), 0);
  all.push_back({"hivex", [&] {
                   for (int i = 0; i < kLoops; ++i) {
                     hive_node_h node = hivex_root(h);
                     for (const std::string& p : parts) node = hivex_node_get_child(h, node, p.c_str());
                     hive_type type{};
                     std::size_t n = 0;
                     std::free(hivex_value_value(h, hivex_node_get_value(h, node, value.c_str()), &type, &n));
                     sink += n;
                   }
                 }});
  libregf_file_t* regf = nullptr;
  libregf_file_initialize(&regf, nullptr);
  libregf_file_open(regf, file.c_str(), LIBREGF_OPEN_READ, nullptr);
  const auto text = [](const std::string& s) { return reinterpret_cast<const std::uint8_t*>(s.data()); };
  all.push_back({"libregf", [&] {
                   for (int i = 0; i < kLoops; ++i) {
                     libregf_key_t* key = nullptr;
                     libregf_value_t* v = nullptr;
                     libregf_file_get_key_by_utf8_path(regf, text("\\" + path), path.size() + 1, &key, nullptr);
                     libregf_key_get_value_by_utf8_name(key, text(value), value.size(), &v, nullptr);
                     std::size_t n = 0;
                     libregf_value_get_value_data_size(v, &n, nullptr);
                     sink += n;
                     libregf_value_free(&v, nullptr);
                     libregf_key_free(&key, nullptr);
                   }
                 }});
#endif
  race("one value by path", std::move(all), 5, kLoops * 1e-6, "us");
#ifdef TQ_REGF_PEERS
  hivex_close(h);
  libregf_file_free(&regf, nullptr);
#endif
  if (sink == 0) std::printf("    WARNING: nothing was read\n");
}

Blob builder_hive() {
  tq::test::HiveBuilder b("SYSTEM");
  for (int i = 0; i < 20000; ++i) {
    const std::string key = "ControlSet001\\Services\\Service" + std::to_string(i % 500) + "\\Sub" + std::to_string(i / 500);
    b.sz(key, "ImagePath", "\\SystemRoot\\System32\\drivers\\d" + std::to_string(i)).dword(key, "Start", 3).dword(key, "Type", 1);
  }
  return b.build();
}

void bench(const char* name, const Blob& bytes, const std::string& path, const std::string& value) {
  char file[] = "/tmp/tq_regf_bench_XXXXXX";
  const int fd = ::mkstemp(file);
  if (fd < 0) return;
  std::ofstream(file, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  std::printf("%s (%.1f MB)\n", name, static_cast<double>(bytes.size()) / 1e6);
  walk_race(file);
  lookup_race(file, path, value);
  std::remove(file);
}

}  // namespace

int main() {
  bench("hive of HiveBuilder", builder_hive(), "ControlSet001\\Services\\Service321\\Sub17", "Type");
  if (const auto p = tq::test::corpus("hives/nt61_win7sp1_x86_SYSTEM.xz"))
    bench("Windows 7 SYSTEM", tq::test::slurp(*p), "ControlSet001\\Services\\Tcpip\\Parameters", "Domain");
  if (const auto p = tq::test::corpus("hives/nt51_xpsp3_x86_M57-PAT_SYSTEM"))
    bench("Windows XP SYSTEM", tq::test::slurp(*p), "ControlSet001\\Services\\Tcpip\\Parameters", "Domain");
  return 0;
}
