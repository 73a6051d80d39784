// The programs that install updates, and the kernel: does each still match its own checksum, and the signature inside it? Most
// files of Windows are signed by a catalog beside them; that is not looked up here, and no chain can be proven offline.
#include <array>

#include "core/limits.hpp"
#include "evidence/collector.hpp"
#include "evidence/support/file_version.hpp"
#include "evidence/support/note.hpp"
#include "format/authenticode/authenticode.hpp"
#include "format/pe/pe.hpp"

namespace tq::evidence {
namespace {

namespace pe = format::pe;
namespace authenticode = format::authenticode;

struct ServicingFile {
  const char* path;
  bool checksum;  ///< false: the collector of the kernel compares it already
};
constexpr std::array kServicingFiles = {
    ServicingFile{"system32/ntoskrnl.exe", false}, ServicingFile{"system32/wuaueng.dll", true},
    ServicingFile{"system32/wuauclt.exe", true},   ServicingFile{"system32/wusa.exe", true},
    ServicingFile{"system32/pkgmgr.exe", true},    ServicingFile{"servicing/trustedinstaller.exe", true}};
// A few megabytes are hashed in milliseconds; what is larger than any of these ever was is left alone.
constexpr std::uint64_t kMostBytes = std::uint64_t{16} << 20;

/// What was done, for the coverage: how many were read, how many carry a signature of their own.
struct Done {
  std::size_t read = 0, signed_inside = 0;
};

void check_signature(const target::Source& source, const ServicingFile& w, const std::string& path, const std::string& where,
                     model::Facts& facts) {
  const auto bytes = fs::read_file(*source.tree, path, kMostBytes);
  if (!bytes) return cover(facts, std::string("signature.") + w.path, model::CoverageStatus::failed, bytes.error().text());
  const pe::View view(bytes_of(*bytes));
  const auto image = pe::open(view);
  if (!image) return;
  const auto signature = authenticode::check_program(bytes_of(*bytes), *image, nullptr);
  if (signature.state == authenticode::State::none)  // it has one: this build cannot look
    cover(facts, std::string("signature.") + w.path, model::CoverageStatus::unsupported, signature.why);
  if (signature.state == authenticode::State::mismatch)
    add_oddity(facts, "signature_mismatch", std::string(w.path) + ": " + signature.why, where);
}

void look_at(const target::Source& source, const ServicingFile& w, model::Facts& facts, Done& done) {
  const std::string path = tree_path(source, w.path);
  const auto file = source.tree->open(path);
  if (!file) return;  // absent on many machines; the collectors that need one of them say when it cannot be read
  const auto image = pe::open(**file);
  if (!image) return;
  ++done.read;
  const auto real = source.tree->real_path(path);
  const std::string where = source.tree->cite(real ? *real : path);
  if (w.checksum && image->stored_checksum != 0 && (*file)->size() <= kMostBytes)
    if (const auto sum = pe::computed_checksum(**file, *image); sum && *sum != image->stored_checksum)
      add_oddity(facts, "checksum_mismatch", w.path, where);
  if (!image->has_authenticode) return;
  ++done.signed_inside;
  check_signature(source, w, path, where, facts);
}

void collect_servicing_files(const target::Source& source, model::Facts& facts) {
  if (!source.tree) return;
  Done done;
  for (const auto& w : kServicingFiles) look_at(source, w, facts, done);
  if (done.read == 0) return;
  cover(facts, "servicing_files", model::CoverageStatus::read,
        std::to_string(done.read) + " files against their checksums, " + std::to_string(done.signed_inside) +
            " against a signature inside; catalogs and chains are not checked");
}

}  // namespace

extern const Collector servicing_files;
const Collector servicing_files{"servicing_files", collect_servicing_files};

}  // namespace tq::evidence
