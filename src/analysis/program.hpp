// A program as the loader would see it: sections by address, imports by the slot they are bound to. Nothing is copied.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "format/pe/pe.hpp"

namespace tq::analysis {

/// A slot that the loader fills with the address of an imported function.
struct ImportSlot {
  std::string dll;   ///< lower case, with its extension
  std::string name;  ///< as spelled; "#12" for an ordinal
};

/// A piece of the image as it is mapped: the headers or a section.
struct Extent {
  std::uint32_t rva = 0, size = 0;  ///< `size` is what the loader maps, zero-filled beyond `bytes`
  Bytes bytes;                      ///< what the file holds of it
  bool executable = false, writable = false;
};

/// The bytes handed to `open` must outlive it.
class Program {
 public:
  /// Errors: those of pe::open.
  static Result<Program> open(Bytes file);

  [[nodiscard]] Bytes file() const { return file_; }
  [[nodiscard]] const format::pe::Image& image() const { return image_; }
  [[nodiscard]] bool is_64() const { return image_.machine == format::pe::Machine::x64; }
  [[nodiscard]] bool native() const { return image_.subsystem == 1; }
  [[nodiscard]] std::uint64_t base() const { return image_.image_base; }
  [[nodiscard]] const std::vector<Extent>& extents() const { return extents_; }
  /// Where the records of libraries lie that are loaded at the first call.
  [[nodiscard]] const std::vector<std::uint32_t>& delay_descriptors() const { return delay_descriptors_; }
  /// By rva of the slot; delay-loaded ones included.
  [[nodiscard]] const std::unordered_map<std::uint32_t, ImportSlot>& imports() const { return imports_; }
  /// Does the name of an import begin at this rva?
  [[nodiscard]] bool is_import_name(std::uint32_t rva) const { return import_names_.contains(rva); }
  /// What the headers promise and the file does not hold, or what overlaps: the analysis is then not complete.
  [[nodiscard]] const std::vector<std::string>& damage() const { return damage_; }

  [[nodiscard]] const Extent* extent(std::uint64_t rva) const;
  /// Little-endian, 1 to 8 bytes; zero-filled parts read as zero. nullopt outside of the image.
  [[nodiscard]] std::optional<std::uint64_t> read(std::uint64_t rva, unsigned size) const;
  /// Bytes of the file from `rva` to the end of its section; empty when none.
  [[nodiscard]] Bytes from(std::uint64_t rva) const;
  /// An address as an rva; nullopt outside of the image.
  [[nodiscard]] std::optional<std::uint32_t> rva_of(std::uint64_t address) const;
  /// A NUL-terminated text at an rva, of at most `limit` units; UTF-16 as UTF-8.
  [[nodiscard]] std::optional<std::string> text(std::uint64_t rva, bool wide, std::size_t limit = 256) const;

 private:
  void map_sections();
  void read_imports();
  void read_thunks(const std::string& dll, std::uint32_t names, std::uint32_t slots);
  Bytes file_;
  format::pe::Image image_;
  std::vector<Extent> extents_;
  std::unordered_map<std::uint32_t, ImportSlot> imports_;
  std::vector<std::uint32_t> delay_descriptors_;
  std::unordered_set<std::uint32_t> import_names_;
  std::vector<std::string> damage_;
};

}  // namespace tq::analysis
