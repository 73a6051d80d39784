// Large formats that are mostly zeros (a VHDX begins at 4 MiB) as short inputs: what is not zero, and where it lies. A fuzzer that has to
// carry megabytes of zeros changes nothing else, and its corpus would not fit into a tree.
//
// "SPRS", then pieces: offset (u32, bytes), length (u16), the bytes. Length 0 is a run: its length (u32) and the byte that it repeats.
// Anything else is taken as it is. Little-endian.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tq::fuzz {

inline constexpr std::string_view kSparse = "SPRS";
inline constexpr std::size_t kMostUnfolded = std::size_t{6} << 20, kPieceHead = 6, kRunTail = 5;

template <class T>
T number_at(std::span<const std::byte> in, std::size_t at) {
  T out{};
  std::memcpy(&out, in.data() + at, sizeof out);
  return out;
}

/// The file that an input stands for, at most kMostUnfolded bytes; a piece that is cut or lies behind that ends it. It is kept until the
/// next call: new memory of megabytes for every input would cost more than reading it.
inline std::vector<std::byte>& unfold(std::span<const std::byte> in) {
  static std::vector<std::byte> out;
  out.clear();
  if (in.size() < kSparse.size() || std::memcmp(in.data(), kSparse.data(), kSparse.size()) != 0) {
    out.assign(in.begin(), in.end());
    return out;
  }
  for (std::size_t at = kSparse.size(); in.size() - at > kPieceHead;) {
    const std::size_t offset = number_at<std::uint32_t>(in, at), length = number_at<std::uint16_t>(in, at + 4);
    at += kPieceHead;
    const bool run = length == 0;
    if (run && in.size() - at < kRunTail) break;
    const std::size_t n = run ? number_at<std::uint32_t>(in, at) : std::min(length, in.size() - at);
    if (offset >= kMostUnfolded || n > kMostUnfolded - offset) break;
    if (out.size() < offset + n) out.resize(offset + n);
    const auto to = out.begin() + static_cast<std::ptrdiff_t>(offset);
    if (run)
      std::fill_n(to, n, in[at + 4]);
    else
      std::copy_n(in.begin() + static_cast<std::ptrdiff_t>(at), n, to);
    at += run ? kRunTail : n;
  }
  return out;
}

class Folder {
 public:
  explicit Folder(std::span<const std::byte> file) : file_(file) {}

  std::string fold() {
    constexpr std::size_t kGap = 24, kLongest = 65535;  // shorter runs cost less than a piece of their own
    std::size_t at = 0, begin = 0;                      // what lies in [begin, at) is not written yet
    while (at < file_.size()) {
      const std::size_t n = same_from(at);
      if (n < kGap && at + n - begin < kLongest) {
        at += n;
        continue;
      }
      piece(begin, at - begin);
      if (n >= kGap && file_[at] != std::byte{0}) run(at, n);
      at += n >= kGap ? n : 0;
      begin = at;
    }
    piece(begin, at - begin);
    if (!file_.empty() && file_.back() == std::byte{0}) piece(file_.size() - 1, 1);  // for the size
    return out_;
  }

 private:
  [[nodiscard]] std::size_t same_from(std::size_t at) const {
    std::size_t n = 1;
    while (at + n < file_.size() && file_[at + n] == file_[at]) ++n;
    return n;
  }
  template <class T>
  void put(std::size_t value) {
    const T number = static_cast<T>(value);
    out_.append(reinterpret_cast<const char*>(&number), sizeof number);
  }
  void piece(std::size_t from, std::size_t n) {
    if (n == 0) return;
    put<std::uint32_t>(from);
    put<std::uint16_t>(n);
    out_.append(reinterpret_cast<const char*>(file_.data()) + from, n);
  }
  void run(std::size_t from, std::size_t n) {
    put<std::uint32_t>(from);
    put<std::uint16_t>(0);
    put<std::uint32_t>(n);
    out_ += static_cast<char>(file_[from]);
  }

  std::span<const std::byte> file_;
  std::string out_{kSparse};
};

/// The input for a file: unfold(fold(f)) == f for files of at most kMostUnfolded bytes.
inline std::string fold(std::span<const std::byte> file) { return Folder(file).fold(); }

}  // namespace tq::fuzz
