#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "format/pe/mapped.hpp"

namespace tq::format::pe {
namespace {

constexpr std::uint32_t kExportLimit = 65536;
constexpr std::size_t kLossLimit = 100;  // a table of bad names would otherwise fill the report

struct ExportDirectory {
  le32 characteristics, time_stamp;
  le16 major, minor;
  le32 dll, ordinal_base, function_count, name_count, functions, names, ordinals;
};
static_assert(OnDisk<ExportDirectory> && sizeof(ExportDirectory) == 40);

class ExportWalk {
 public:
  ExportWalk(const io::ByteSource& source, const Image& image) : at_(image.directory(Directory::exports)), mapped_(source, image) {}

  ExportTable run() {
    const auto dir = mapped_.get<ExportDirectory>(at_.rva, "pe.exports.directory");
    if (!dir) {
      lose(dir.error());
      return std::move(out_);
    }
    if (auto name = mapped_.name(dir->dll, kNameBytes, "pe.exports.dll"))
      out_.dll = *std::move(name);
    else
      lose(name.error());
    read_names(*dir);
    read_functions(*dir);
    std::sort(out_.entries.begin(), out_.entries.end(),
              [](const Export& a, const Export& b) { return std::tie(a.ordinal, a.name) < std::tie(b.ordinal, b.name); });
    return std::move(out_);
  }

 private:
  /// Function index -> names; a function may have several.
  void read_names(const ExportDirectory& dir) {
    const std::uint32_t count = bounded(dir.name_count, "pe.exports.names");
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto index = mapped_.get<le16>(std::uint64_t{dir.ordinals} + 2 * std::uint64_t{i}, "pe.exports.ordinal");
      const auto at = mapped_.get<le32>(std::uint64_t{dir.names} + 4 * std::uint64_t{i}, "pe.exports.name_address");
      if (!index) return lose(index.error());
      if (!at) return lose(at.error());
      auto name = mapped_.name(std::uint32_t{*at}, kNameBytes, "pe.exports.name");
      if (!name) {
        lose(name.error());
        continue;
      }
      text_ += name->size();
      names_.emplace(*index, *std::move(name));
      if (text_ > kTextLimit) return lose({ErrorCode::limit, "pe.exports.names", fmt::format("at most {} bytes", kTextLimit), "more"});
    }
  }

  void read_functions(const ExportDirectory& dir) {
    const std::uint32_t count = bounded(dir.function_count, "pe.exports.functions");
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto rva = mapped_.get<le32>(std::uint64_t{dir.functions} + 4 * std::uint64_t{i}, "pe.exports.function");
      if (!rva) return lose(rva.error());
      if (*rva == 0) continue;  // a gap in the ordinals
      add(i, dir.ordinal_base + i, *rva);
    }
  }

  void add(std::uint32_t index, std::uint32_t ordinal, std::uint32_t rva) {
    Export e{{}, ordinal, rva, {}};
    // An address inside the export directory itself is the text of a forwarder, not code.
    if (rva >= at_.rva && rva - at_.rva < at_.size && text_ <= kTextLimit) {
      if (auto f = mapped_.name(rva, kNameBytes, "pe.exports.forwarder")) {
        text_ += f->size();
        e.forwarder = *std::move(f);
      } else {
        lose(f.error());
      }
    }
    const auto [from, to] = names_.equal_range(index);
    if (from == to) out_.entries.push_back(e);
    for (auto it = from; it != to; ++it) {
      text_ += e.forwarder.size();  // each alias holds its own copy
      if (text_ > kTextLimit) return lose({ErrorCode::limit, "pe.exports.forwarders", fmt::format("at most {} bytes", kTextLimit), "more"});
      e.name = it->second;
      out_.entries.push_back(e);
    }
  }

  std::uint32_t bounded(std::uint32_t n, const char* place) {
    if (n > kExportLimit) lose({ErrorCode::limit, place, fmt::format("at most {}", kExportLimit), fmt::format("{}", n)});
    return std::min(n, kExportLimit);
  }
  void lose(Error e) {
    if (out_.lost.size() < kLossLimit) out_.lost.push_back(std::move(e));
  }

  DirectoryEntry at_;
  Mapped mapped_;
  ExportTable out_;
  std::multimap<std::uint32_t, std::string> names_;
  std::uint64_t text_ = 0;
};

}  // namespace

ExportTable exports(const io::ByteSource& source, const Image& image) {
  if (image.directory(Directory::exports).rva == 0) return {};
  return ExportWalk(source, image).run();
}

}  // namespace tq::format::pe
