#include <algorithm>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "format/textcodec/textcodec.hpp"
#include "target/loader.hpp"
#include "target/support/hints.hpp"

namespace tq::target {
namespace {

/// Binary enough that decoding it as text is a waste: NULs that are not every second byte.
bool plainly_binary(Bytes head) {
  std::size_t nul[2] = {0, 0};
  const auto s = head.span();
  for (std::size_t i = 0; i < s.size(); ++i)
    if (s[i] == std::byte{0}) ++nul[i & 1];
  return std::min(nul[0], nul[1]) > s.size() / 64;
}

}  // namespace

Result<std::vector<std::byte>> Input::read(std::uint64_t limit) const {
  if (path.empty()) {
    if (log) log->note(label, *io::from_memory(content));
    return content;
  }
  TQ_TRY(const auto file, io::open_file(path));
  if (log) log->note(label, *file);
  return io::read_all(*file, limit);
}

Result<Input> look_at(const std::string& name, const OpenOptions& options) {
  Input in;
  in.label = name;
  in.column_map = options.column_map;
  in.verify_key = options.verify_key;
  in.log = options.log;
  if (name == "-") {
    TQ_TRY(in.content, io::read_stdin(limits::kInventoryBytes));
    in.kind = io::HostKind::file;
    in.size = in.content.size();
    in.head.assign(in.content.begin(), in.content.begin() + static_cast<std::ptrdiff_t>(std::min(in.content.size(), kHeadBytes)));
  } else {
    in.path = name;
    in.kind = io::host_kind(name);
    if (in.kind == io::HostKind::missing) return Error{ErrorCode::not_found, name, "a file or folder", "nothing", {}, "check the path"};
    if (in.kind == io::HostKind::other) return Error{ErrorCode::unsupported, name, "a file or folder", "a special file"};
    if (in.kind == io::HostKind::folder) return in;
    TQ_TRY(const auto src, io::open_file(name));
    in.size = src->size();
    in.head.resize(std::min<std::uint64_t>(in.size, kHeadBytes));
    TQ_TRY(const std::size_t n, src->read_at(0, in.head));
    in.head.resize(n);
  }
  if (!plainly_binary(bytes_of(in.head))) in.head_text = format::textcodec::decode(bytes_of(in.head)).utf8;
  return in;
}

Input look_at_bytes(const std::string& label, std::vector<std::byte> bytes, const OpenOptions& options) {
  Input in;
  in.label = label;
  in.column_map = options.column_map;
  in.kind = io::HostKind::file;
  in.content = std::move(bytes);
  in.size = in.content.size();
  in.head.assign(in.content.begin(), in.content.begin() + static_cast<std::ptrdiff_t>(std::min(in.content.size(), kHeadBytes)));
  if (!plainly_binary(bytes_of(in.head))) in.head_text = format::textcodec::decode(bytes_of(in.head)).utf8;
  return in;
}

Result<std::vector<Source>> open(const std::string& name, const OpenOptions& options) {
  TQ_TRY(const Input in, look_at(name, options));
  return load(in, options);
}

Result<std::vector<Source>> load(const Input& in, const OpenOptions& options) {
  const std::string& name = in.label;
  if (in.kind == io::HostKind::file && in.size == 0) return Error{ErrorCode::unsupported, name, "a target", "an empty file"};
  std::vector<const Loader*> order(all().begin(), all().end());
  std::stable_sort(order.begin(), order.end(), [](const Loader* a, const Loader* b) { return a->rank < b->rank; });
  for (const Loader* l : order) {
    if (!(options.as.empty() ? l->accepts(in) : options.as == l->kind)) continue;
    if (!in.verify_key.empty() && std::string_view(l->kind) != "bundle")
      return Error{
          ErrorCode::corrupt,      name, "a signed bundle, for --verify-key is given", std::string("a target of kind ") + l->kind, {},
          "leave --verify-key out"};
    return l->load(in);
  }
  if (!options.as.empty()) {
    std::string kinds;
    for (const Loader* l : order) kinds += (kinds.empty() ? "" : ", ") + std::string(l->kind);
    return Error{ErrorCode::usage, "--as", "one of " + kinds, options.as};
  }
  std::string advice = hint(in);
  if (in.kind == io::HostKind::folder) {
    if (advice.empty()) advice = "name the root of the volume, its Windows folder, or a folder of hives";
    return Error{ErrorCode::unsupported, name, "a Windows folder or registry hives below it", "neither", {}, advice};
  }
  if (advice.empty()) advice = "see `tourniquet inspect`, or force a kind with --as";
  return Error{ErrorCode::unsupported,     name, "a disk image, an archive, a hive, an inventory text, a facts file",
               "content of no known kind", 0,    advice};
}

const HiveSlot* Source::slot(std::string_view hive, bool older) const {
  for (const auto& h : hives)
    if (h.older == older && iequals(h.name, hive)) return &h;
  return nullptr;
}

const Registry* Source::registry(std::string_view hive, bool older) const {
  const HiveSlot* s = slot(hive, older);
  return s == nullptr ? nullptr : s->registry.get();
}

}  // namespace tq::target
