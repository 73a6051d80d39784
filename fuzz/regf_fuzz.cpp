// Hive reader: a primary and up to two logs from one input; open with and without replay, walk, look up, print everything.
//
// Input: two 16-bit lengths (of LOG1 and LOG2, in units of 64 bytes), then LOG1, LOG2, and the primary as the rest.
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <vector>

#include "format/regf/hive.hpp"
#include "format/regf/marvin32.hpp"
#include "fuzz/sink.hpp"

using namespace tq;
using namespace tq::format::regf;

namespace {

using Blob = std::vector<std::byte>;

struct Printer {
  void key(std::string_view path, const Key& k) {
    print(std::string(path) + k.name() + k.class_name() + k.last_written().text());
    last = std::string(path);
  }
  void value(std::string_view, const Key& k, const Value& v) {
    print(v.name());
    if (const auto t = v.text()) print(*t);
    if (const auto m = v.multi_text())
      for (const std::string& s : *m) print(s);
    if (const auto d = v.dword()) print(std::to_string(*d));
    if (const auto q = v.qword()) print(std::to_string(*q));
    const auto data = v.data();
    print(data ? std::string(reinterpret_cast<const char*>(data->data()), data->size()) : data.error().text());
    (void)k.value(v.name());
  }
  std::string last;
};

template <class T>
void put(Blob& b, std::size_t at, T v) {
  std::memcpy(b.data() + at, &v, sizeof v);
}

/// Checksums and hashes made right, else no mutant would ever reach the replay.
void mend(Blob& file) {
  if (file.size() < kSectorBytes) return;
  put(file, 508, base_block_checksum(bytes_of(file)));
  const Bytes all = bytes_of(file);
  for (std::uint64_t at = kSectorBytes; at + 40 <= file.size();) {
    const std::uint64_t size = all.try_get<std::uint32_t>(at + 4).value_or(0);
    if (!all.from(at).chars().starts_with("HvLE") || size < 40 || size > file.size() - at) return;
    put(file, at + 24, marvin32(Bytes(all.span().subspan(at + 40, size - 40))));
    put(file, at + 32, marvin32(Bytes(all.span().subspan(at, 32))));
    at += size;
  }
}

Blob take(Bytes& from, std::uint64_t n) {
  const Bytes part = from.try_sub(0, n).value_or(from);
  from = from.from(part.size());
  return {part.span().begin(), part.span().end()};
}

void use(const Hive& h) {
  print(h.log().detail + h.file_name() + h.last_written().text());
  Printer printer;
  const WalkStats s = h.walk(printer);
  for (const Loss& l : s.lost) print(l.what);
  if (const auto k = h.find(printer.last)) print(k->name());
  for (const char* path : {"", "CurrentControlSet\\Services", "Microsoft\\Windows NT\\CurrentVersion"})
    if (const auto k = h.find(path))
      for (const Key& c : k->subkeys()) print(c.name());
  for (const Key& k : h.orphan_roots()) print(k.name());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes in(std::as_bytes(std::span(data, size)));
  const std::uint64_t n1 = std::uint64_t{in.try_get<std::uint16_t>(0).value_or(0)} * 64,
                      n2 = std::uint64_t{in.try_get<std::uint16_t>(2).value_or(0)} * 64;
  in = in.from(4);
  Blob log1 = take(in, n1), log2 = take(in, n2);
  const Blob primary = take(in, in.size());
  mend(log1);
  mend(log2);
  for (const bool logs : {true, false}) {
    const auto h = Hive::open(primary, log1, log2, {}, {.use_logs = logs});
    if (h)
      use(*h);
    else
      print(h.error().text());
  }
  return 0;
}
