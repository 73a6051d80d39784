// Where functions begin, who calls whom, and which instructions may learn the version or the time.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "analysis/insn.hpp"
#include "analysis/program.hpp"

namespace tq::analysis {

/// An instruction that learns the version or the time; `what` is the source in words for people.
struct SourceSite {
  std::uint32_t rva = 0;
  std::string what;
};

/// Code that an exception brings control to: a scope of a function and its handler.
struct Handler {
  std::uint32_t begin = 0, end = 0, target = 0;
};

/// The functions of one program as a sweep of its code finds them, without following anything.
class Functions {
 public:
  /// A linear sweep of the code. `is_source(import)` says which imports matter; `clock` looks for clock sources.
  Functions(const Program& program, const Decoder& decoder, bool clock);

  /// Where the version (or the clock) comes from.
  [[nodiscard]] const std::vector<SourceSite>& sites() const { return sites_; }
  /// Start of the function that holds `rva`; 0 when none.
  [[nodiscard]] std::uint32_t of(std::uint32_t rva) const;
  [[nodiscard]] bool is_start(std::uint32_t rva) const { return starts_.contains(rva); }
  /// Functions with a direct call or jump to this start.
  [[nodiscard]] std::set<std::uint32_t> callers(std::uint32_t start) const;
  /// Functions with an instruction that takes the address of this start.
  [[nodiscard]] std::set<std::uint32_t> takers(std::uint32_t start) const;
  /// The lowest address behind `rva` that an instruction mentions: where a table ends at the latest.
  [[nodiscard]] std::uint32_t mentioned_behind(std::uint32_t rva) const;
  /// Like `of`, but labels of jump tables are no starts.
  [[nodiscard]] std::uint32_t solid(std::uint32_t rva) const;
  /// Bytes from a function's start to the next one.
  [[nodiscard]] std::uint32_t size_of(std::uint32_t start) const;
  /// Functions that mention an address inside [rva, rva+size).
  [[nodiscard]] std::set<std::uint32_t> readers(std::uint32_t rva, std::uint32_t size) const;
  /// Functions that ask for what Windows keeps for the program.
  [[nodiscard]] const std::set<std::uint32_t>& askers() const { return askers_; }
  /// May some instruction store into [rva, rva+size)? Only stores that name their address are known.
  [[nodiscard]] bool stored_to(std::uint32_t rva, unsigned size) const;
  /// Exported, or its address is in a register or in data: it may be called from anywhere.
  [[nodiscard]] bool address_taken(std::uint32_t start) const { return taken_.contains(start) || exported_.contains(start); }
  /// Those whose address the program itself has in a register or in data.
  [[nodiscard]] const std::unordered_set<std::uint32_t>& taken() const { return taken_; }
  [[nodiscard]] const std::vector<Handler>& handlers() const { return handlers_; }
  /// Does an instruction belong to what looks up functions of libraries that are loaded late? Their slots have names of their own.
  [[nodiscard]] bool loads_late(std::uint32_t rva) const { return late_loaders_.contains(of(rva)); }
  [[nodiscard]] std::uint32_t entry() const { return entry_; }
  /// The code was too much to sweep; what stands here is of its beginning only.
  [[nodiscard]] bool too_big() const { return too_big_; }

 private:
  void seed(const Program& p);
  void unwind_data(const Program& p);
  void relocations(const Program& p);
  void sweep(const Program& p, const Decoder& d, const Extent& e);
  void examine(const Program& p, const Insn& i, std::uint32_t rva);
  void operand(const Program& p, const Insn& i, const Operand& o, std::uint32_t rva, bool first);
  void address(const Program& p, std::uint64_t where, std::uint32_t rva, bool store);
  void pattern(const Program& p, const Insn& i, std::uint32_t rva);
  void tail_calls();
  void find_late_loaders(const Program& p);
  void link();
  bool moved_ = false;  ///< the immediate at hand is moved or pushed, not computed with
  bool clock_ = false, resolver_counts_ = false, too_big_ = false;
  std::uint32_t entry_ = 0;
  std::set<std::uint32_t> starts_;
  std::vector<std::uint32_t> sorted_, solid_;
  std::unordered_set<std::uint32_t> taken_, exported_, behind_ends_, labels_, unwound_, late_loaders_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> calls_;     ///< from (an instruction), to (a target)
  std::vector<std::pair<std::uint32_t, std::uint32_t>> branches_;  ///< conditional jumps, alike
  std::vector<std::pair<std::uint32_t, std::uint32_t>> mentions_;  ///< address, instruction
  std::vector<std::pair<std::uint32_t, std::uint32_t>> takes_;     ///< address of a function, instruction
  std::set<std::uint32_t> stores_, askers_;
  std::vector<std::uint32_t> asks_;  ///< instructions that ask for what Windows keeps
  std::unordered_map<std::uint32_t, std::set<std::uint32_t>> callers_;
  std::vector<SourceSite> sites_;
  std::vector<Handler> handlers_;
  std::uint64_t thread_ = 0;       ///< last instruction that loaded the address of the thread block through fs or gs
  std::uint64_t environment_ = 0;  ///< last instruction that loaded the address of the process block
  std::uint64_t shared_ = 0;       ///< last instruction that mentioned shared user data
};

/// Bytes of code within which a load belongs to the pointer that was just made.
constexpr std::uint32_t kBytesToField = 96;

/// Does an address lie in the page of KUSER_SHARED_DATA, as any processor maps it?
constexpr bool is_shared_data(std::uint64_t a) {
  return a >> 12 == 0x7FFE0 || a >> 12 == 0xFFDF0 || a >> 12 == 0xFFFFFFFFFFDF0 || a >> 12 == 0xFFFFF78000000;
}
/// Is it, by its place in that page, a field of the version (or, for `clock`, of the time)?
constexpr bool is_shared_field(std::uint64_t a, bool clock) {
  const std::uint64_t in = a & 0xFFF;
  return clock ? in >= 0x14 && in < 0x20 : in == 0x260 || in == 0x26C || in == 0x270;
}

/// Is `offset` one of the major, minor and build number in the process environment block?
constexpr bool is_version_of_process(std::uint64_t offset, bool x64) {
  return x64 ? offset == 0x118 || offset == 0x11C || offset == 0x120 : offset == 0xA4 || offset == 0xA8 || offset == 0xAC;
}

/// Is an imported function one that tells the version (or, for `clock`, the time)?
bool is_source_import(const ImportSlot& import, bool clock);
/// Does an imported function look another one up by name?
bool is_resolver(const std::string& name);
/// Does an imported function give back what Windows keeps for the program under an index or name?
bool is_keeper(const std::string& name);
/// Does an imported function read values of the registry?
bool is_registry_reader(const std::string& name);
/// 1601 to 1970 in 100 ns or seconds, whole or a half, added or taken away.
bool is_epoch_constant(std::uint64_t v);
/// Functions that tell the time, by name.
std::span<const std::string_view> clock_names();

}  // namespace tq::analysis
