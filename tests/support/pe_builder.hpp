// Writes real PE images: headers, .text, imports, exports, delay imports, a version resource, checksum, certificate table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/version.hpp"
#include "format/pe/pe.hpp"

namespace tq::test {

/// The same calls give the same bytes. Without calls: an x64 DLL with one RET in .text and no resources.
class PeBuilder {
 public:
  PeBuilder& machine(format::pe::Machine m) { return machine_ = m, *this; }
  PeBuilder& exe() { return dll_ = false, *this; }
  PeBuilder& time_stamp(std::uint32_t t) { return time_stamp_ = t, *this; }
  PeBuilder& code(std::vector<std::byte> c) { return code_ = std::move(c), *this; }
  /// File and product version of VS_FIXEDFILEINFO; makes a version resource.
  PeBuilder& version(FileVersion v) { return file_ = product_ = v, resource_ = true, *this; }
  PeBuilder& product_version(FileVersion v) { return product_ = v, resource_ = true, *this; }
  /// One entry of the string table; makes a version resource.
  PeBuilder& string(std::string key, std::string value) {
    return strings_.emplace_back(std::move(key), std::move(value)), resource_ = true, *this;
  }
  /// A wrong signature of VS_FIXEDFILEINFO, for tests.
  PeBuilder& fixed_signature(std::uint32_t s) { return fixed_signature_ = s, *this; }
  /// A name "#12" imports by ordinal.
  PeBuilder& import(std::string dll, std::vector<std::string> names) {
    return imports_.push_back({std::move(dll), std::move(names), false}), *this;
  }
  PeBuilder& delay_import(std::string dll, std::vector<std::string> names) {
    return delayed_.push_back({std::move(dll), std::move(names), true}), *this;
  }
  PeBuilder& export_dll(std::string name) { return export_dll_ = std::move(name), *this; }
  /// Ordinals count up from 1. An empty name exports by ordinal only; a forwarder ("NTDLL.NtClose") has no code.
  PeBuilder& export_entry(std::string name, std::string forwarder = {}) {
    return exports_.push_back({std::move(name), 0, 0, std::move(forwarder)}), *this;
  }
  /// A fake certificate table of this many bytes (rounded up to 8) after the last section.
  PeBuilder& certificate(std::uint32_t size) { return certificate_ = size, *this; }
  /// Non-zero CLR directory, as a managed image has.
  PeBuilder& dotnet() { return dotnet_ = true, *this; }
  [[nodiscard]] std::vector<std::byte> build() const;

 private:
  friend class PeWriter;
  format::pe::Machine machine_ = format::pe::Machine::x64;
  bool dll_ = true, resource_ = false, dotnet_ = false;
  std::uint32_t time_stamp_ = 0x5CA3B000, fixed_signature_ = 0xFEEF04BD, certificate_ = 0;
  std::vector<std::byte> code_{std::byte{0xC3}};
  FileVersion file_, product_;
  std::vector<std::pair<std::string, std::string>> strings_;
  std::vector<format::pe::Import> imports_, delayed_;
  std::string export_dll_ = "built.dll";
  std::vector<format::pe::Export> exports_;
};

}  // namespace tq::test
