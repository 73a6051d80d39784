#include "analysis/functions.hpp"

#include <algorithm>

namespace tq::analysis {
namespace {

namespace pe = format::pe;

constexpr std::uint64_t kCodeLimit = std::uint64_t{48} << 20;
constexpr std::int8_t kStackRegister = 4;
constexpr std::uint32_t kFar = 1024;  // kBytesToField for a pointer with a value that means nothing else
constexpr std::uint32_t kLine = 16;   // what compilers align functions to
constexpr std::size_t kExceptions = 3, kRelocations = 5;
constexpr std::uint32_t kMostScopes = 4096;

bool after_an_end(const Program& p, std::uint32_t rva) {
  const auto before = rva >= 3 ? p.read(rva - 3, 4) : std::nullopt;
  if (!before) return true;
  const std::uint64_t last = *before >> 16 & 0xFF;
  return last == 0xC3 || last == 0xCC || last == 0x90 || (*before & 0xFF) == 0xC2;
}

}  // namespace

Functions::Functions(const Program& program, const Decoder& decoder, bool clock) : clock_(clock), entry_(program.image().entry_rva) {
  resolver_counts_ = true;
  seed(program);
  unwind_data(program);
  relocations(program);
  std::uint64_t code = 0;
  for (const Extent& e : program.extents()) {
    if (!e.executable) continue;
    code += e.bytes.size();
    if (code > kCodeLimit) {
      too_big_ = true;
      break;
    }
    sweep(program, decoder, e);
  }
  link();
  find_late_loaders(program);
}

void Functions::seed(const Program& p) {
  const auto code = [&](std::uint32_t rva) {
    const Extent* e = p.extent(rva);
    return e != nullptr && e->executable;
  };
  if (entry_ != 0 && code(entry_)) starts_.insert(entry_);
  const pe::View view(p.file());
  for (const pe::Export& x : pe::exports(view, p.image()).entries)
    if (x.forwarder.empty() && code(x.rva)) {
      starts_.insert(x.rva);
      exported_.insert(x.rva);
    }
}

void Functions::unwind_data(const Program& p) {
  const auto dir = p.image().directories[kExceptions];
  if (!p.is_64() || !dir.present()) return;
  const std::uint32_t count = std::min<std::uint32_t>(dir.size / 12, 1u << 20);
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto begin = p.read(dir.rva + std::uint64_t{i} * 12, 4), info = p.read(dir.rva + std::uint64_t{i} * 12 + 8, 4);
    if (!begin || !info || *begin == 0) break;
    const auto head = p.read(*info, 4);
    if (!head) continue;
    const std::uint64_t flags = *head >> 3 & 0x1F, codes = *head >> 16 & 0xFF;
    // Chained pieces of a function are no functions of their own.
    if ((flags & 4) != 0) continue;
    starts_.insert(static_cast<std::uint32_t>(*begin));
    unwound_.insert(static_cast<std::uint32_t>(*begin));
    if ((flags & 1) == 0) continue;
    const std::uint64_t data = *info + 4 + 2 * ((codes + 1) & ~std::uint64_t{1}) + 4;
    const auto scopes = p.read(data, 4);
    for (std::uint32_t k = 0; scopes && k < std::min<std::uint64_t>(*scopes, kMostScopes); ++k) {
      const std::uint64_t scope = data + 4 + std::uint64_t{k} * 16;
      const auto b = p.read(scope, 4), e = p.read(scope + 4, 4), t = p.read(scope + 12, 4);
      if (!b || !e || !t || *b >= *e || *b < *begin) break;
      const Extent* x = p.extent(*t);
      if (*t != 0 && x != nullptr && x->executable)
        handlers_.push_back({static_cast<std::uint32_t>(*b), static_cast<std::uint32_t>(*e), static_cast<std::uint32_t>(*t)});
    }
  }
}

void Functions::relocations(const Program& p) {
  const auto dir = p.image().directories[kRelocations];
  const unsigned width = p.is_64() ? 8 : 4;
  std::uint64_t at = dir.rva;
  const std::uint64_t end = at + dir.size;
  while (dir.present() && at + 8 <= end) {
    const auto page = p.read(at, 4), size = p.read(at + 4, 4);
    if (!page || !size || *size < 8 || *size > 0x10000) return;
    for (std::uint64_t k = 8; k + 2 <= *size; k += 2) {
      const auto entry = p.read(at + k, 2);
      if (!entry) return;
      if (*entry >> 12 != 3 && *entry >> 12 != 10) continue;
      const std::uint64_t slot = *page + (*entry & 0xFFF);
      const Extent* holder = p.extent(slot);
      const auto value = p.read(slot, width);
      if (holder == nullptr || !value || holder->executable) continue;
      const auto target = p.rva_of(*value);
      const Extent* x = target ? p.extent(*target) : nullptr;
      if (x == nullptr || !x->executable) continue;
      starts_.insert(*target);
      taken_.insert(*target);
      labels_.insert(*target);
    }
    at += *size;
  }
}

void Functions::sweep(const Program& p, const Decoder& d, const Extent& e) {
  std::uint32_t rva = e.rva;
  const std::uint64_t end = std::uint64_t{e.rva} + e.bytes.size();
  bool ended = true;
  while (rva < end) {
    const Insn i = d.decode(rva);
    if (!i.valid()) {
      ++rva;
      continue;
    }
    // What begins behind an end and its padding may be a function, if something jumps there.
    const bool padding = i.mnemonic == ZYDIS_MNEMONIC_NOP || i.mnemonic == ZYDIS_MNEMONIC_INT3;
    if (ended && !padding) behind_ends_.insert(rva);
    if (!padding) ended = i.flow == Flow::ret || i.flow == Flow::jump || i.flow == Flow::stop;
    examine(p, i, rva);
    rva += i.length;
  }
}

void Functions::examine(const Program& p, const Insn& i, std::uint32_t rva) {
  if (i.target && (i.flow == Flow::call || i.flow == Flow::jump)) {
    const Extent* x = p.extent(*i.target);
    if (x != nullptr && x->executable && *i.target != rva + i.length) calls_.emplace_back(rva, *i.target);
    if (x != nullptr && x->executable && i.flow == Flow::call && *i.target != rva + i.length) starts_.insert(*i.target);
    return;
  }
  if (i.target && i.flow == Flow::branch) branches_.emplace_back(rva, *i.target);
  for (std::size_t k = 0; k < i.op.size() && k < i.operands; ++k) operand(p, i, i.op[k], rva, k == 0);
  pattern(p, i, rva);
}

void Functions::operand(const Program& p, const Insn& i, const Operand& o, std::uint32_t rva, bool first) {
  if (o.type == Operand::Type::immediate && o.bytes >= 4 && o.value > 0x10000) {
    moved_ = i.mnemonic == ZYDIS_MNEMONIC_MOV || i.mnemonic == ZYDIS_MNEMONIC_PUSH;
    address(p, o.value, rva, false);
    moved_ = false;
    if (clock_ && is_epoch_constant(o.value)) sites_.push_back({rva, "the epoch of FILETIME"});
    if (is_shared_data(o.value)) shared_ = rva;
    if (is_shared_data(o.value) && is_shared_field(o.value, clock_)) sites_.push_back({rva, "KUSER_SHARED_DATA"});
  }
  if (o.type != Operand::Type::memory || o.segment != 0) return;
  const std::uint64_t disp = p.is_64() ? o.value : o.value & 0xFFFFFFFF;
  const bool store = first && !o.agen && i.mnemonic != ZYDIS_MNEMONIC_CMP && i.mnemonic != ZYDIS_MNEMONIC_TEST &&
                     i.mnemonic != ZYDIS_MNEMONIC_PUSH && i.flow == Flow::next;
  if (disp > 0x10000) address(p, disp, rva, store && o.base < 0 && o.index < 0);
  if (is_shared_data(disp) && is_shared_field(disp, clock_)) sites_.push_back({rva, "KUSER_SHARED_DATA"});
}

void Functions::address(const Program& p, std::uint64_t where, std::uint32_t rva, bool store) {
  const auto target = p.rva_of(where);
  if (!target) return;
  const auto import = p.imports().find(*target);
  if (import != p.imports().end()) {
    if (is_source_import(import->second, clock_))
      sites_.push_back({rva, import->second.name});
    else if (resolver_counts_ && is_resolver(import->second.name))
      sites_.push_back({rva, import->second.name});
    else if (is_keeper(import->second.name))
      asks_.push_back(rva);
    return;
  }
  const Extent* x = p.extent(*target);
  // Some linkers put the descriptors of late libraries between the functions.
  const auto& late = p.delay_descriptors();
  if (x->executable && std::find(late.begin(), late.end(), *target) == late.end()) {
    // Code addresses in registers and stores are callbacks. In 32-bit code any number may look like one: that it is only moved, alignment,
    // or the end of another function just before it, tells most apart.
    if (p.is_64() || moved_ || *target % 4 == 0 || after_an_end(p, *target)) {
      taken_.insert(*target);
      starts_.insert(*target);
      takes_.emplace_back(*target, rva);
    }
    return;
  }
  mentions_.emplace_back(*target, rva);
  if (store) stores_.insert(*target);
}

void Functions::pattern(const Program& p, const Insn& i, std::uint32_t rva) {
  for (std::size_t k = 0; k < i.operands && k < i.op.size(); ++k) {
    const Operand& o = i.op[k];
    const bool shared_near = shared_ != 0 && rva - shared_ < kFar && o.value < 0x1000 && is_shared_field(o.value, clock_);
    if (shared_near && o.type == Operand::Type::immediate && i.mnemonic == ZYDIS_MNEMONIC_ADD) sites_.push_back({rva, "KUSER_SHARED_DATA"});
    if (o.type != Operand::Type::memory) continue;
    const bool own = p.is_64() ? o.segment == 2 : o.segment == 1;
    const std::uint64_t self = p.is_64() ? 0x30 : 0x18, process = p.is_64() ? 0x60 : 0x30;
    if (own && !clock_ && (o.base >= 0 || o.value == process)) environment_ = rva;
    if (own && !clock_ && o.value == self) thread_ = rva;
    if (!own && thread_ != 0 && rva - thread_ < kBytesToField && o.base >= 0 && o.value == process) environment_ = rva;
    if (own || o.base < 0) continue;
    // A version field is read as a number of at most 32 bits, and not from the frame.
    const bool field =
        i.flow == Flow::next && !o.agen && o.bytes <= 4 && o.base != kStackRegister && is_version_of_process(o.value, p.is_64());
    if (environment_ != 0 && rva - environment_ < kBytesToField && field) sites_.push_back({rva, "PEB"});
    if (shared_near) sites_.push_back({rva, "KUSER_SHARED_DATA"});
  }
}

/// A jump over the start of another function, or to a line of its own, is a call in the last place where code begins again.
void Functions::tail_calls() {
  const auto over_a_start = [&](std::uint32_t from, std::uint32_t to) {
    auto between = starts_.upper_bound(std::min(from, to));
    while (between != starts_.end() && labels_.contains(*between)) ++between;  // those may lie inside of a function
    return between != starts_.end() && *between < std::max(from, to);
  };
  std::set<std::uint32_t> found;
  for (const auto& [from, to] : branches_)
    if (behind_ends_.contains(to) && over_a_start(from, to)) found.insert(to);
  for (const auto& branch : branches_)
    if (found.contains(branch.second)) calls_.push_back(branch);
  for (const auto& [from, to] : calls_)
    if (behind_ends_.contains(to) && (to % kLine == 0 || over_a_start(from, to))) found.insert(to);
  starts_.merge(found);
}

void Functions::link() {
  tail_calls();
  sorted_.assign(starts_.begin(), starts_.end());
  std::set<std::uint32_t> called;
  for (const auto& [from, to] : calls_)
    if (starts_.contains(to)) called.insert(to);
  // An address in data may be a label of a jump table; what is called, exported or has unwind data is a function.
  for (const std::uint32_t s : sorted_)
    if (called.contains(s) || s == entry_ || unwound_.contains(s) || !labels_.contains(s)) solid_.push_back(s);
  std::sort(mentions_.begin(), mentions_.end());
  std::sort(takes_.begin(), takes_.end());
  for (const std::uint32_t rva : asks_)
    for (const std::uint32_t f : {of(rva), solid(rva)})
      if (f != 0) askers_.insert(f);
  for (const auto& [from, to] : calls_) {
    // A label of a jump table may look like the start of a function: the function around it calls, too.
    for (const std::uint32_t caller : {of(from), solid(from)})
      if (caller != 0 && caller != to && starts_.contains(to)) callers_[to].insert(caller);
  }
}

std::uint32_t Functions::of(std::uint32_t rva) const {
  const auto it = std::upper_bound(sorted_.begin(), sorted_.end(), rva);
  return it == sorted_.begin() ? 0 : *std::prev(it);
}

std::set<std::uint32_t> Functions::callers(std::uint32_t start) const {
  const auto it = callers_.find(start);
  return it == callers_.end() ? std::set<std::uint32_t>() : it->second;
}

std::set<std::uint32_t> Functions::takers(std::uint32_t start) const {
  std::set<std::uint32_t> out;
  for (auto it = std::lower_bound(takes_.begin(), takes_.end(), std::pair{start, 0u}); it != takes_.end() && it->first == start; ++it)
    if (const std::uint32_t f = of(it->second); f != 0 && f != start) out.insert(f);
  return out;
}

std::uint32_t Functions::mentioned_behind(std::uint32_t rva) const {
  const auto it = std::upper_bound(mentions_.begin(), mentions_.end(), std::pair{rva, ~0u});
  return it == mentions_.end() ? ~0u : it->first;
}

std::uint32_t Functions::solid(std::uint32_t rva) const {
  const auto it = std::upper_bound(solid_.begin(), solid_.end(), rva);
  return it == solid_.begin() ? 0 : *std::prev(it);
}

std::uint32_t Functions::size_of(std::uint32_t start) const {
  const auto it = std::upper_bound(sorted_.begin(), sorted_.end(), start);
  return it == sorted_.end() ? 0x1000 : *it - start;
}

/// The code behind each slot hands the library's record to a function of the run time, which looks the name up and fills the slot.
void Functions::find_late_loaders(const Program& p) {
  std::set<std::uint32_t> handing;
  for (const std::uint32_t d : p.delay_descriptors()) handing.merge(readers(d, 1));
  for (const auto& [from, to] : calls_)
    if (handing.contains(of(from))) late_loaders_.insert(to);
}

std::set<std::uint32_t> Functions::readers(std::uint32_t rva, std::uint32_t size) const {
  std::set<std::uint32_t> out;
  for (auto it = std::lower_bound(mentions_.begin(), mentions_.end(), std::pair{rva, 0u}); it != mentions_.end() && it->first < rva + size;
       ++it)
    for (const std::uint32_t f : {of(it->second), solid(it->second)})
      if (f != 0) out.insert(f);
  return out;
}

bool Functions::stored_to(std::uint32_t rva, unsigned size) const {
  const auto it = stores_.lower_bound(rva > 7 ? rva - 7 : 0);
  return it != stores_.end() && *it < rva + size;
}

}  // namespace tq::analysis
