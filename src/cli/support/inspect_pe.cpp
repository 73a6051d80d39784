// A program: its machine, its version, what it imports, whether it is signed and its checksum holds.

#include "cli/support/dump.hpp"
#include "cli/support/inspect.hpp"
#include "core/json.hpp"
#include "core/text.hpp"
#include "format/pe/pe.hpp"

namespace tq::cli {
namespace {

namespace pe = format::pe;

bool is_pe(const target::Input& in) { return bytes_of(in.head).chars().starts_with("MZ"); }

/// The checksum and the tables jump about: a file is read where it lies, standard input from memory.
Result<std::unique_ptr<io::ByteSource>> source_of(const target::Input& in) {
  if (in.path.empty()) return io::from_memory(in.content);
  return io::open_file(in.path);
}

Result<Inspected> about_pe(const target::Input& in, const Args& args) {
  TQ_TRY(const auto src, source_of(in));
  TQ_TRY(const auto image, pe::open(*src));
  Inspected out;
  out.kind = "pe";
  const auto info = pe::version_info(*src, image);
  const auto imports = pe::imports(*src, image);
  const auto sum = pe::computed_checksum(*src, image);
  Json lost = Json::array();
  for (const auto& e : image.lost) lost.push_back({{"offset", e.offset.value_or(0)}, {"what", to_valid_utf8(e.text())}});
  for (const auto& e : imports.lost) lost.push_back({{"offset", e.offset.value_or(0)}, {"what", to_valid_utf8(e.text())}});
  std::size_t names = 0;
  for (const auto& d : imports.dlls) names += d.names.size();
  const bool versioned = info && info->file_fixed;
  out.about = {{"machine", pe::to_string(image.machine)},
               {"file_version", versioned ? Json(info->file_fixed->text()) : Json(nullptr)},
               {"imports_count", names},
               {"signed", image.has_authenticode},
               {"checksum_stored", image.stored_checksum},
               {"checksum_computed", sum ? Json(*sum) : Json(nullptr)},
               {"lost", std::move(lost)}};
  if (args.has("--dump")) out.dump = dump_imports(imports);
  return out;
}

}  // namespace

const Inspector inspect_pe{is_pe, about_pe};

}  // namespace tq::cli
