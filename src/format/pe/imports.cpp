#include <fmt/format.h>

#include "format/pe/mapped.hpp"

namespace tq::format::pe {
namespace {

constexpr std::uint32_t kDllLimit = 1024;
constexpr std::uint32_t kNameLimit = 65536;  // names of one image, over all its DLLs
constexpr std::uint32_t kDelayUsesRva = 1;

struct ImportRecord {
  le32 names, time_stamp, forwarder_chain, dll, addresses;
};
static_assert(OnDisk<ImportRecord> && sizeof(ImportRecord) == 20);
struct DelayRecord {
  le32 attributes, dll, module, addresses, names, bound, unload, time_stamp;
};
static_assert(OnDisk<DelayRecord> && sizeof(DelayRecord) == 32);

class ImportWalk {
 public:
  ImportWalk(const io::ByteSource& source, const Image& image) : image_(image), mapped_(source, image) {}

  ImportTable run() {
    plain();
    delayed();
    return std::move(out_);
  }

 private:
  void plain() {
    const std::uint64_t at = image_.directory(Directory::imports).rva;
    if (at == 0) return;
    for (std::uint32_t i = 0;; ++i) {
      const auto r = mapped_.get<ImportRecord>(at + std::uint64_t{i} * sizeof(ImportRecord), "pe.imports.descriptor");
      if (!r) return lose(r.error());
      if (r->dll == 0 || full(i, "pe.imports")) return;  // the end of the table, or of what is read
      // In a bound image the address table holds addresses; only the name table names. Old linkers write no name table.
      const std::uint32_t names = r->names != 0 ? r->names : r->addresses;
      dll(r->dll, names, false);
    }
  }

  void delayed() {
    const std::uint64_t at = image_.directory(Directory::delay_imports).rva;
    if (at == 0) return;
    for (std::uint32_t i = 0;; ++i) {
      const auto r = mapped_.get<DelayRecord>(at + std::uint64_t{i} * sizeof(DelayRecord), "pe.delay_imports.descriptor");
      if (!r) return lose(r.error());
      if (r->dll == 0 || full(i, "pe.delay_imports")) return;
      const bool rva = (r->attributes & kDelayUsesRva) != 0;
      // Visual C++ 6 wrote addresses instead of RVAs. An address below the base cannot be one: the walk then misses the
      // mapped range and says so.
      const std::uint64_t base = rva ? 0 : image_.image_base;
      dll(std::uint64_t{r->dll} - base, std::uint64_t{r->names} - base, true);
    }
  }

  void dll(std::uint64_t name_at, std::uint64_t names_at, bool is_delayed) {
    auto name = mapped_.name(name_at, kNameBytes, is_delayed ? "pe.delay_imports.dll" : "pe.imports.dll");
    if (!name) return lose(name.error());
    Import import{*std::move(name), {}, is_delayed};
    thunks(names_at, import);
    out_.dlls.push_back(std::move(import));
  }

  void thunks(std::uint64_t at, Import& import) {
    const std::uint64_t width = image_.pe32_plus ? 8 : 4;
    for (;; at += width) {
      const auto t = thunk(at);
      if (!t) return lose(t.error());
      if (*t == 0) return;
      if (names_ >= kNameLimit || text_ >= kTextLimit)
        return lose({ErrorCode::limit, "pe.imports.names", fmt::format("at most {} names", kNameLimit), "more"});
      ++names_;
      auto name = name_of(*t);
      if (!name) return lose(name.error());
      text_ += name->size();
      import.names.push_back(*std::move(name));
    }
  }

  Result<std::uint64_t> thunk(std::uint64_t at) {
    if (image_.pe32_plus) {
      TQ_TRY(const std::uint64_t v, mapped_.get<le64>(at, "pe.imports.thunk"));
      return v;
    }
    TQ_TRY(const std::uint32_t v, mapped_.get<le32>(at, "pe.imports.thunk"));
    // The ordinal flag is the top bit of either width.
    return (v & 0x80000000U) != 0 ? (std::uint64_t{1} << 63) | (v & 0x7FFFFFFFU) : std::uint64_t{v};
  }

  Result<std::string> name_of(std::uint64_t thunk) {
    if (thunk >> 63 != 0) return fmt::format("#{}", thunk & 0xFFFF);
    return mapped_.name(thunk + 2, kNameBytes, "pe.imports.name");  // two bytes of hint come first
  }

  bool full(std::uint32_t i, const char* place) {
    if (i < kDllLimit) return false;
    lose({ErrorCode::limit, place, fmt::format("at most {} DLLs", kDllLimit), "more"});
    return true;
  }
  void lose(Error e) { out_.lost.push_back(std::move(e)); }

  const Image& image_;
  Mapped mapped_;
  ImportTable out_;
  std::uint32_t names_ = 0;
  std::uint64_t text_ = 0;
};

}  // namespace

ImportTable imports(const io::ByteSource& source, const Image& image) { return ImportWalk(source, image).run(); }

}  // namespace tq::format::pe
