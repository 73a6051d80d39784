#include "cli/support/media_files.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/support/common.hpp"
#include "core/path.hpp"
#include "core/text.hpp"
#include "io/byte_source.hpp"
#include "io/folder.hpp"

namespace tq::cli {
namespace {

namespace um = format::update_media;

constexpr std::uint64_t kMostMediaBytes = std::uint64_t{2} << 30;
constexpr std::uint64_t kMostPem = std::uint64_t{16} << 20;
constexpr std::size_t kMostFiles = 20000;
constexpr int kDeepest = 16;

bool looks_like_media(const std::string& name) {
  const auto ends = [&](std::string_view e) {
    return name.size() > e.size() && iequals(std::string_view(name).substr(name.size() - e.size()), e);
  };
  return ends(".msu") || ends(".cab") || ends(".exe");
}

class Search {
 public:
  Search(MediaSearch& out, const format::authenticode::Roots* roots) : out_(out), roots_(roots) {}

  void file(const std::string& path, Result<std::vector<std::byte>> content) {
    if (!content) {
      out_.failed.push_back(content.error());
      return;
    }
    FoundMedia f{path, std::string(last_component(path)), {}};
    f.file = um::identify(bytes_of(*content), f.name, roots_);
    out_.files.push_back(std::move(f));
  }

  void folder(const io::Folder& root, const std::string& shown, const std::string& path, int depth) {
    const auto entries = root.list(path);
    if (!entries) {
      out_.failed.push_back(entries.error());
      return;
    }
    for (const auto& e : *entries) {
      const std::string below = path.empty() ? e.name : path + "/" + e.name;
      if (out_.files.size() >= kMostFiles || depth >= kDeepest) {
        out_.failed.push_back({ErrorCode::limit, shown, fmt::format("at most {} files, {} folders deep", kMostFiles, kDeepest), "more"});
        return;
      }
      if (e.kind == io::EntryKind::folder) folder(root, shown, below, depth + 1);
      if (e.kind == io::EntryKind::file && looks_like_media(e.name)) file(shown + "/" + below, read(root, below));
    }
  }

 private:
  static Result<std::vector<std::byte>> read(const io::Folder& root, const std::string& path) {
    TQ_TRY(const auto source, root.open_file(path));
    return io::read_all(*source, kMostMediaBytes);
  }

  MediaSearch& out_;
  const format::authenticode::Roots* roots_;
};

}  // namespace

MediaSearch find_media(const std::vector<std::string>& paths, const format::authenticode::Roots* roots) {
  MediaSearch out;
  Search search(out, roots);
  for (const auto& path : paths) {
    if (io::host_kind(path) != io::HostKind::folder) {
      search.file(path, io::read_file(path, kMostMediaBytes));
      continue;
    }
    auto root = io::Folder::open(path);
    if (root)
      search.folder(*root, path, "", 0);
    else
      out.failed.push_back(root.error());
  }
  return out;
}

std::optional<std::optional<format::authenticode::Roots>> trust_roots(const Args& args) {
  using Roots = format::authenticode::Roots;
  if (!args.has("--trust-roots")) return std::optional<Roots>();
  const auto load = [&]() -> Result<Roots> {
    TQ_TRY(const auto pem, io::read_file(args.get("--trust-roots"), kMostPem));
    return Roots::from_pem(bytes_of(pem));
  };
  auto roots = load();
  if (roots) return std::optional<Roots>(*std::move(roots));
  complain("--trust-roots: " + roots.error().text());
  return std::nullopt;
}

std::vector<plan::MediaFile> script_media(const MediaSearch& search, const std::string& arch) {
  std::vector<plan::MediaFile> out;
  for (const auto& f : search.files) {
    const bool fits = f.file.kb != 0 && (f.file.arch.empty() || f.file.arch == arch);
    const bool sound = f.file.signature.state != format::authenticode::State::mismatch;
    const bool known = std::any_of(out.begin(), out.end(), [&](const auto& o) { return o.kb == f.file.kb; });
    if (fits && sound && !known) out.push_back({f.file.kb, f.name, f.file.size, f.file.sha256, f.file.sha1});
  }
  return out;
}

}  // namespace tq::cli
