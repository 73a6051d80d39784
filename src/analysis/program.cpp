#include "analysis/program.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"

namespace tq::analysis {
namespace {

namespace pe = format::pe;

constexpr std::uint64_t kLargestImage = std::uint64_t{1} << 31;  // nothing beyond is loaded; addresses below never wrap
constexpr std::uint32_t kPage = 4096;
constexpr std::size_t kMostSlots = 65536;
constexpr std::size_t kMostDlls = 4096;
constexpr std::uint32_t kExecute = 0x20000000, kWrite = 0x80000000, kCode = 0x20;
constexpr std::size_t kNameLimit = 512;

}  // namespace

Result<Program> Program::open(Bytes file) {
  Program p;
  p.file_ = file;
  TQ_TRY(p.image_, pe::open(pe::View(file)));
  for (const Error& e : p.image_.lost) p.damage_.push_back(e.text());
  p.map_sections();
  p.read_imports();
  return p;
}

void Program::map_sections() {
  for (const pe::Section& s : image_.sections) {
    Extent e;
    e.rva = s.rva;
    e.size = std::max(s.virtual_size, s.virtual_size == 0 ? s.file_size : 0);
    e.executable = (s.characteristics & (kExecute | kCode)) != 0;
    e.writable = (s.characteristics & kWrite) != 0;
    const std::uint64_t start = image_.section_alignment >= kPage ? s.file_offset / 0x200 * 0x200 : s.file_offset;
    const std::uint64_t mapped = (std::uint64_t{e.size} + kPage - 1) / kPage * kPage;
    if (e.rva + mapped > kLargestImage) {
      damage_.push_back(fmt::format("section at 0x{:x} lies beyond what can be loaded", e.rva));
      continue;
    }
    e.bytes = file_.from(start);
    e.bytes = *e.bytes.try_sub(0, std::min({std::uint64_t{s.file_size}, mapped, e.bytes.size()}));
    if (e.bytes.size() < std::min(s.file_size, e.size))
      damage_.push_back(fmt::format("section at 0x{:x} is cut off by the end of the file", e.rva));
    extents_.push_back(e);
  }
  std::sort(extents_.begin(), extents_.end(), [](const Extent& a, const Extent& b) { return a.rva < b.rva; });
  for (std::size_t i = 1; i < extents_.size(); ++i)
    if (std::uint64_t{extents_[i - 1].rva} + extents_[i - 1].size > extents_[i].rva)
      damage_.push_back(fmt::format("the sections at 0x{:x} and 0x{:x} overlap", extents_[i - 1].rva, extents_[i].rva));
}

const Extent* Program::extent(std::uint64_t rva) const {
  auto it = std::upper_bound(extents_.begin(), extents_.end(), rva, [](std::uint64_t r, const Extent& e) { return r < e.rva; });
  if (it == extents_.begin()) return nullptr;
  --it;
  const std::uint64_t in = rva - it->rva;
  return in < it->size || in < it->bytes.size() ? &*it : nullptr;
}

std::optional<std::uint64_t> Program::read(std::uint64_t rva, unsigned size) const {
  const Extent* e = extent(rva);
  if (e == nullptr || size == 0 || size > 8) return std::nullopt;
  const std::uint64_t in = rva - e->rva, whole = std::max<std::uint64_t>(e->size, e->bytes.size());
  if (in + size > whole) return std::nullopt;
  std::uint64_t v = 0;
  for (unsigned i = 0; i < size; ++i)
    if (in + i < e->bytes.size()) v |= std::uint64_t{std::to_integer<std::uint8_t>(e->bytes.data()[in + i])} << (8 * i);
  return v;
}

Bytes Program::from(std::uint64_t rva) const {
  const Extent* e = extent(rva);
  return e == nullptr ? Bytes() : e->bytes.from(rva - e->rva);
}

std::optional<std::uint32_t> Program::rva_of(std::uint64_t address) const {
  if (address < base() || address - base() >= 0xFFFFFFFFu) return std::nullopt;
  const std::uint64_t rva = address - base();
  if (extent(rva) == nullptr) return std::nullopt;
  return static_cast<std::uint32_t>(rva);
}

std::optional<std::string> Program::text(std::uint64_t rva, bool wide, std::size_t limit) const {
  const Bytes all = from(rva);
  const std::size_t unit = wide ? 2 : 1;
  for (std::size_t n = 0; n <= limit && (n + 1) * unit <= all.size(); ++n) {
    const bool end = wide ? *all.try_get<le16>(n * 2) == 0 : all.data()[n] == std::byte{0};
    if (!end) continue;
    const Bytes raw = *all.try_sub(0, n * unit);
    return wide ? utf16le_to_utf8(raw) : latin1_to_utf8(raw);
  }
  return std::nullopt;
}

void Program::read_thunks(const std::string& dll, std::uint32_t names, std::uint32_t slots) {
  const unsigned width = is_64() ? 8 : 4;
  const std::uint64_t by_ordinal = std::uint64_t{1} << (width * 8 - 1);
  for (std::uint64_t i = 0; imports_.size() < kMostSlots; ++i) {
    const auto thunk = read(std::uint64_t{names} + i * width, width);
    if (!thunk) {
      damage_.push_back(fmt::format("imports of {} end outside of the image", dll));
      return;
    }
    if (*thunk == 0) return;
    ImportSlot slot{dll, {}};
    if ((*thunk & by_ordinal) != 0) {
      slot.name = fmt::format("#{}", *thunk & 0xFFFF);
    } else if (const auto name = text((*thunk & 0x7FFFFFFF) + 2, false, kNameLimit)) {
      slot.name = *name;
      import_names_.insert(static_cast<std::uint32_t>((*thunk & 0x7FFFFFFF) + 2));
    } else {
      damage_.push_back(fmt::format("the name of an import of {} is not in the file", dll));
      continue;
    }
    const std::uint64_t at = std::uint64_t{slots} + i * width;
    if (at <= 0xFFFFFFFF) imports_.emplace(static_cast<std::uint32_t>(at), std::move(slot));
  }
  damage_.push_back(fmt::format("more than {} imports", kMostSlots));
}

void Program::read_imports() {
  const auto table = image_.directory(pe::Directory::imports);
  for (std::uint64_t i = 0; table.present() && i < kMostDlls; ++i) {
    const std::uint64_t at = table.rva + i * 20;
    const auto names = read(at, 4), dll = read(at + 12, 4), slots = read(at + 16, 4);
    if (!names || !dll || !slots || *dll == 0 || *slots == 0) break;
    const auto name = text(*dll, false, kNameLimit);
    if (!name) {
      damage_.push_back("the name of an imported DLL is not in the file");
      continue;
    }
    // Old linkers leave the first table out: the slots then hold the names until the loader overwrites them.
    read_thunks(lower_ascii(*name), static_cast<std::uint32_t>(*names != 0 ? *names : *slots), static_cast<std::uint32_t>(*slots));
  }
  const auto delayed = image_.directory(pe::Directory::delay_imports);
  for (std::uint64_t i = 0; delayed.present() && i < kMostDlls; ++i) {
    const std::uint64_t at = delayed.rva + i * 32;
    const auto kind = read(at, 4), dll = read(at + 4, 4), slots = read(at + 12, 4), names = read(at + 16, 4);
    if (!kind || !dll || !slots || !names || *dll == 0) break;
    // Bit 0 clear: the tables of Visual C++ 6 hold addresses instead of rvas.
    const std::uint64_t off = (*kind & 1) != 0 ? 0 : base();
    delay_descriptors_.push_back(static_cast<std::uint32_t>(at));
    if (const auto name = text(*dll - off, false, kNameLimit))
      read_thunks(lower_ascii(*name), static_cast<std::uint32_t>(*names - off), static_cast<std::uint32_t>(*slots - off));
  }
}

}  // namespace tq::analysis
