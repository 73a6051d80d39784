// Values as bytes between the scanner and its workers, and as the content that identities are hashed from. Not a file format:
// both ends are the same program.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/bytes.hpp"
#include "core/version.hpp"
#include "model/fields.hpp"

namespace tq::fleet {

class WireWriter;
class WireReader;

/// A struct that model/fields.hpp lists, or one of the fleet with a fields() of its own.
template <class T, class V>
concept Fielded = requires(T& x, V& v) { fields(v, x); };

class WireWriter {
 public:
  template <class T>
  void operator()(const char*, T& x) {
    put(x);
  }
  void put(std::string_view s) {
    put_u64(s.size());
    out_.append(s);
  }
  void put(const std::string& s) { put(std::string_view(s)); }
  void put(const char* s) { put(std::string_view(s)); }
  void put(const FileVersion& v) {
    put_u64((std::uint64_t{v.major} << 48) | (std::uint64_t{v.minor} << 32) | (std::uint64_t{v.build} << 16) | v.revision);
  }
  template <class N>
    requires(std::is_integral_v<N> || std::is_enum_v<N>)
  void put(N n) {
    put_u64(static_cast<std::uint64_t>(n));
  }
  template <class T>
  void put(std::optional<T>& o) {
    put(o.has_value());
    if (o) put(*o);
  }
  template <class T>
  void put(std::vector<T>& v) {
    put_u64(v.size());
    for (T& x : v) put(x);
  }
  template <class T>
    requires(Fielded<T, WireWriter>)
  void put(T& x) {
    fields(*this, x);
  }
  [[nodiscard]] const std::string& bytes() const { return out_; }
  std::string take() { return std::move(out_); }

 private:
  /// Seven bits a byte: most numbers are small.
  void put_u64(std::uint64_t n) {
    while (n >= 0x80) {
      out_.push_back(static_cast<char>(n | 0x80));
      n >>= 7;
    }
    out_.push_back(static_cast<char>(n));
  }
  std::string out_;
};

/// Reads what a WireWriter wrote. Past a damage everything reads as empty and ok() is false: a worker may have died half way.
class WireReader {
 public:
  explicit WireReader(std::string_view in) : in_(in) {}
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return in_.empty(); }
  template <class T>
  void operator()(const char*, T& x) {
    get(x);
  }
  void get(std::string& s) {
    const auto n = get_u64();
    if (n > in_.size()) return fail();
    s.assign(in_.substr(0, n));
    in_.remove_prefix(n);
  }
  template <class N>
    requires(std::is_integral_v<N> || std::is_enum_v<N>)
  void get(N& n) {
    n = static_cast<N>(get_u64());
  }
  void get(FileVersion& v) {
    const auto n = get_u64();
    v = {static_cast<std::uint16_t>(n >> 48), static_cast<std::uint16_t>(n >> 32), static_cast<std::uint16_t>(n >> 16),
         static_cast<std::uint16_t>(n)};
  }
  template <class T>
  void get(std::optional<T>& o) {
    bool there = false;
    get(there);
    if (there) get(o.emplace());
  }
  template <class T>
  void get(std::vector<T>& v) {
    const auto n = get_u64();
    if (n > in_.size()) return fail();  // every element takes a byte at least
    v.clear();
    v.reserve(n);
    for (std::uint64_t i = 0; i < n && ok_; ++i) get(v.emplace_back());
  }
  template <class T>
    requires(Fielded<T, WireReader>)
  void get(T& x) {
    fields(*this, x);
  }

 private:
  void fail() {
    ok_ = false;
    in_ = {};
  }
  std::uint64_t get_u64() {
    std::uint64_t n = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (in_.empty()) break;
      const auto b = static_cast<unsigned char>(in_.front());
      in_.remove_prefix(1);
      n |= static_cast<std::uint64_t>(b & 0x7F) << shift;
      if (b < 0x80) return n;
    }
    fail();
    return 0;
  }
  std::string_view in_;
  bool ok_ = true;
};

/// Every text of a struct, for looking at or changing.
template <class F>
class EachText {
 public:
  explicit EachText(F f) : f_(std::move(f)) {}
  template <class T>
  void operator()(const char*, T& x) {
    visit(x);
  }
  void visit(std::string& s) { f_(s); }
  template <class T>
  void visit(std::optional<T>& o) {
    if (o) visit(*o);
  }
  template <class T>
  void visit(std::vector<T>& v) {
    for (T& x : v) visit(x);
  }
  template <class T>
  void visit(T& x) {
    if constexpr (Fielded<T, EachText>) fields(*this, x);
  }

 private:
  F f_;
};

}  // namespace tq::fleet
