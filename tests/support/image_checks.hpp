// What every image format is tested for: the bytes of the disk, hostile files, and the tools of others as witnesses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "image/format.hpp"
#include "tests/support/image_files.hpp"

namespace tq::test {

/// A disk with a boot sector's signature, regions of noise, of text and of zeros, the same for the same seed.
std::vector<std::byte> sample_disk(std::size_t size_bytes, std::uint32_t seed = 1);

/// Opens the main file by its content.
Result<image::Image> open_image(const ImageFiles& files);
/// Opens the main file as the format of that name.
Result<image::Image> open_image_as(const ImageFiles& files, std::string_view format);

/// Fails unless the image opens and its disk is `disk`, read as a whole, in odd pieces, and over its end.
void check_image(const ImageFiles& files, const std::vector<std::byte>& disk);
void check_disk(const io::ByteSource& found, const std::vector<std::byte>& disk);
/// The same for a file of this machine, with what lies beside it.
void check_host_file(const std::string& path, const std::vector<std::byte>& disk);

/// Reads a disk as hostile input: pieces of it, at most some MiB. Returns the first error, empty for none.
std::string read_around(const image::Image& image);

/// Opens and reads the main file cut at `samples` lengths, those of its first and last 2 KiB among them. Must end, and must
/// never show a byte that the whole image does not have there.
void check_truncated(const ImageFiles& files, std::string_view format, const std::vector<std::byte>& disk, std::size_t samples);
/// Opens and reads mutants of the main file: bytes, and whole numbers set to 0, 1, their maximum and powers of two, more often
/// in the ranges `hot` (offset, size). `count`: unless TQ_MUTANTS says how many. Each within the time and memory of MutantWatch.
void check_mutants(const ImageFiles& files, std::string_view format, const std::vector<std::pair<std::size_t, std::size_t>>& hot,
                   std::size_t count, const std::function<void(std::vector<std::byte>&)>& repair = {});

/// True when the program is installed; else prints a visible line "SKIPPED ..." and returns false.
bool have_tool(const std::string& name);
/// Writes the files into a new folder, removed by the operating system's own cleaning; returns its path.
std::string write_files(const ImageFiles& files);
/// Runs a line of the shell with its output thrown away; fails the test when it fails.
void run_tool(const std::string& line);

}  // namespace tq::test
