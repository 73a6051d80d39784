#include "analysis/names.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/ascii.hpp"

namespace tq::analysis {
namespace {

// Each with the part that is looked for first.
struct Name {
  std::string_view whole, part;
};
constexpr std::string_view kVersion = "Version", kNumber = "BuildNumber";
constexpr std::array kNames = {
    Name{"RtlGetVersion", kVersion},
    Name{"PsGetVersion", kVersion},
    Name{"GetVersion", kVersion},
    Name{"GetVersionExA", kVersion},
    Name{"GetVersionExW", kVersion},
    Name{"RtlGetNtVersionNumbers", kVersion},
    Name{"RtlVerifyVersionInfo", kVersion},
    Name{"VerifyVersionInfoA", kVersion},
    Name{"VerifyVersionInfoW", kVersion},
    Name{"RtlIsNtDdiVersionAvailable", kVersion},
    Name{"RtlIsServicePackVersionInstalled", kVersion},
    Name{"GetFileVersionInfoA", kVersion},
    Name{"GetFileVersionInfoW", kVersion},
    Name{"GetFileVersionInfoExW", kVersion},
    Name{"IoIsWdmVersionAvailable", kVersion},
    Name{"NtBuildNumber", kNumber},
};

bool is_word(char c) { return is_alnum(c) || c == '_'; }

std::string widened(std::string_view s, unsigned unit) {
  std::string out;
  for (const char c : s) {
    out += c;
    out.append(unit - 1, '\0');
  }
  return out;
}

class Search {
 public:
  Search(const Program& program, const Extent& extent, unsigned unit)
      : program_(program), extent_(extent), all_(extent.bytes.chars()), unit_(unit) {}

  /// Is `name` there, with its part at `at`?
  bool is(const Name& name, std::size_t at) const {
    const std::size_t before = name.whole.find(name.part) * unit_, size = name.whole.size() * unit_;
    if (at < before || at - before + size + unit_ > all_.size()) return false;
    const std::size_t start = at - before;
    for (std::size_t i = 0; i < name.whole.size(); ++i)
      if (all_[start + i * unit_] != name.whole[i]) return false;
    return all_[start + size] == '\0' && begins(start) && !program_.is_import_name(extent_.rva + static_cast<std::uint32_t>(start));
  }

  /// Does no letter stand before it? The bytes of an address are no letters.
  bool begins(std::size_t start) const {
    if (start < unit_ || !is_word(all_[start - unit_]) || (unit_ == 2 && all_[start - 1] != '\0')) return true;
    const unsigned size = program_.is_64() ? 8 : 4;
    const auto before = start < size ? std::nullopt : program_.read(extent_.rva + start - size, size);
    return before && program_.rva_of(*before);
  }

  bool any(std::string_view part) const {
    const std::string wanted = widened(part, unit_);
    for (std::size_t at = all_.find(wanted); at != std::string_view::npos; at = all_.find(wanted, at + 1))
      if (std::any_of(kNames.begin(), kNames.end(), [&](const Name& n) { return n.part == part && is(n, at); })) return true;
    return false;
  }

 private:
  const Program& program_;
  const Extent& extent_;
  std::string_view all_;
  unsigned unit_;
};

}  // namespace

bool looks_up_version_names(const Program& program) {
  for (const Extent& e : program.extents())
    for (const unsigned unit : {1u, 2u})
      if (const Search s(program, e, unit); s.any(kVersion) || s.any(kNumber)) return true;
  return false;
}

}  // namespace tq::analysis
