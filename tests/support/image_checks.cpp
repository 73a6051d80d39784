#include "tests/support/image_checks.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <random>

#include "image/support/beside.hpp"
#include "io/view.hpp"
#include "tests/support/machine_builder.hpp"
#include "tests/support/mutants.hpp"

namespace tq::test {
namespace {

using Blob = std::vector<std::byte>;

/// Where to look into a disk that claims to be of any size: its ends and some places between.
std::vector<std::uint64_t> places(std::uint64_t size) {
  std::vector<std::uint64_t> out = {0, 511, 65536 - 7};
  for (std::uint64_t part = 1; part < 16; ++part) out.push_back(size / 16 * part);
  if (size > 70000) out.push_back(size - 70000);
  return out;
}

void check_part(const io::ByteSource& found, const Blob& disk, std::size_t at, std::size_t n) {
  Blob out(n, std::byte{0xEE});
  const auto got = found.read_at(at, out);
  REQUIRE_MESSAGE(got, got.error().text());
  const std::size_t wanted = at >= disk.size() ? 0 : std::min(n, disk.size() - at);
  REQUIRE(*got == wanted);
  if (wanted == 0) return;
  // memcmp first: the tests are built without optimisation.
  if (std::memcmp(out.data(), disk.data() + at, wanted) == 0) return;
  std::size_t where = 0;
  while (out[where] == disk[at + where]) ++where;
  FAIL_CHECK("differs at " << at + where);
}

struct Mutator {
  Blob& bytes;
  std::mt19937& random;
  const std::vector<std::pair<std::size_t, std::size_t>>& hot;

  std::size_t place() {
    if (!hot.empty() && random() % 4 != 0) {
      const auto& [at, size] = hot[random() % hot.size()];
      return std::min(at + random() % size, bytes.size() - 1);
    }
    return random() % bytes.size();
  }
  void number(std::size_t at) {
    static constexpr std::array<std::uint64_t, 9> kValues = {
        0, 1, 0x7F, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, ~std::uint64_t{0}, std::uint64_t{1} << 62};
    const std::size_t size = std::size_t{1} << (random() % 4);
    const std::uint64_t value = random() % 3 == 0 ? std::uint64_t{1} << (random() % 64) : kValues[random() % kValues.size()];
    for (std::size_t i = 0; i < size && at + i < bytes.size(); ++i) bytes[at + i] = static_cast<std::byte>(value >> (8 * i));
  }
  void once() {
    const std::size_t at = place();
    if (random() % 2 == 0)
      number(random() % 2 == 0 ? at / 4 * 4 : at);
    else
      bytes[at] ^= static_cast<std::byte>(1U << (random() % 8));
  }
};

}  // namespace

Blob sample_disk(std::size_t size_bytes, std::uint32_t seed) {
  Blob disk(size_bytes);
  std::mt19937 random(seed);
  const std::size_t regions = std::max<std::size_t>(size_bytes / 40000, 4);
  for (std::size_t r = 0; r < regions; ++r) {
    const std::size_t at = random() % size_bytes;
    const std::size_t n = std::min<std::size_t>(random() % 30000, size_bytes - at);
    if (r % 2 == 0)
      for (std::size_t i = 0; i < n; ++i) disk[at + i] = static_cast<std::byte>(random());
    else
      for (std::size_t i = 0; i < n; ++i) disk[at + i] = static_cast<std::byte>("the quick brown fox "[i % 20]);
  }
  std::memset(disk.data(), 0x33, 440);
  disk[510] = std::byte{0x55};
  disk[511] = std::byte{0xAA};
  return disk;
}

Result<image::Image> open_image(const ImageFiles& files) {
  const MemoryNeighbours beside(files);
  return image::open(image_file(files, beside));
}

Result<image::Image> open_image_as(const ImageFiles& files, std::string_view format) {
  const MemoryNeighbours beside(files);
  return image::open_as(image_file(files, beside), format);
}

void check_disk(const io::ByteSource& found, const Blob& disk) {
  REQUIRE(found.size() == disk.size());
  check_part(found, disk, 0, disk.size() + 100);
  std::mt19937 random(7);
  for (int i = 0; i < 60; ++i) check_part(found, disk, random() % disk.size(), random() % (i % 4 == 0 ? 3000000 : 9000));
  check_part(found, disk, disk.size(), 10);
  check_part(found, disk, disk.size() - 1, 10);
}

void check_image(const ImageFiles& files, const Blob& disk) {
  const auto image = open_image(files);
  REQUIRE_MESSAGE(image, image.error().text());
  check_disk(*image->disk, disk);
}

void check_host_file(const std::string& path, const Blob& disk) {
  const auto host = image::host_file(path);
  REQUIRE_MESSAGE(host, host.error().text());
  const auto image = image::open(host->file);
  REQUIRE_MESSAGE(image, image.error().text());
  check_disk(*image->disk, disk);
}

std::string read_around(const image::Image& image) {
  std::string error;
  Blob out(70001);
  for (const std::uint64_t at : places(image.disk->size())) {
    const auto got = image.disk->read_at(at, out);
    if (!got && error.empty()) error = got.error().text();
    if (got) REQUIRE(*got <= out.size());
  }
  return error;
}

void check_truncated(const ImageFiles& files, std::string_view format, const Blob& disk, std::size_t samples) {
  const std::size_t whole = files.bytes().size();
  std::mt19937 random(3);
  ImageFiles cut = files;
  Blob out(disk.size());
  for (std::size_t i = 0; i < samples; ++i) {
    const std::size_t near = random() % 2048;
    const std::size_t length = i % 3 == 0 ? std::min(near, whole) : i % 3 == 1 ? whole - std::min(near, whole) : random() % whole;
    cut.bytes().assign(files.bytes().begin(), files.bytes().begin() + static_cast<std::ptrdiff_t>(length));
    const auto image = open_image_as(cut, format);
    if (!image) continue;
    for (std::size_t at = 0; at < disk.size(); at += 65536) {
      const auto got = image->disk->read_at(at, std::span(out).first(std::min<std::size_t>(65536, disk.size() - at)));
      const bool same = !got || std::memcmp(out.data(), disk.data() + at, *got) == 0;
      CHECK_MESSAGE(same, "cut at " << length << ": other bytes at " << at);
    }
  }
}

void check_mutants(const ImageFiles& files, std::string_view format, const std::vector<std::pair<std::size_t, std::size_t>>& hot,
                   std::size_t count, const std::function<void(Blob&)>& repair) {
  count = mutant_count(count);
  MutantWatch watch{std::string(format)};
  std::mt19937 random(11);
  const MemoryNeighbours beside(files);
  Blob mutant = files.bytes();
  image::File file;
  file.name = files.main;
  file.beside = &beside;
  for (std::size_t i = 0; i < count; ++i) {
    mutant = files.bytes();
    Mutator m{mutant, random, hot};
    for (std::size_t n = random() % 4 + 1; n > 0; --n) m.once();
    // Half of them with right checksums, or nothing behind the checksums would ever be reached.
    if (repair && i % 2 == 0) repair(mutant);
    file.bytes = std::make_shared<io::View>(bytes_of(mutant));  // not copied to be read
    watch.run(i, [&] {
      if (const auto image = image::open_as(file, format)) read_around(*image);
    });
  }
}

bool have_tool(const std::string& name) {
  if (std::system(("command -v " + name + " >/dev/null 2>&1").c_str()) == 0) return true;
  std::cout << "SKIPPED (not installed): " << name << "\n";
  return false;
}

std::string write_files(const ImageFiles& files) {
  std::string folder = temporary_folder();
  for (const auto& [name, bytes] : files.files)
    std::ofstream(folder + "/" + name, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  return folder;
}

void run_tool(const std::string& line) {
  const int status = std::system(("( " + line + " ) >/dev/null 2>&1").c_str());
  REQUIRE_MESSAGE(status == 0, line);
}

}  // namespace tq::test
