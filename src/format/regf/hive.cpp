#include "format/regf/hive.hpp"

#include <fmt/format.h>

#include <array>

#include "core/text.hpp"
#include "format/regf/scan.hpp"

namespace tq::format::regf {
namespace {

constexpr int kMostHops = 16;

/// Cuts the first component off `path`; empty components are skipped, as the registry does.
std::string_view take_component(std::string_view& path) {
  while (path.starts_with('\\')) path.remove_prefix(1);
  const std::size_t end = std::min(path.find('\\'), path.size());
  const std::string_view out = path.substr(0, end);
  path.remove_prefix(end);
  return out;
}

std::string_view last_component(std::string_view path) {
  const std::size_t at = path.rfind('\\');
  return at == std::string_view::npos ? path : path.substr(at + 1);
}

Bytes view_of(const std::optional<std::vector<std::byte>>& v) { return v ? bytes_of(*v) : Bytes{}; }

/// Something of a hive is there: a base block, or a first bin behind a ruined one.
bool recognised(Bytes file) {
  const bool bin = file.from(kBaseBlockBytes).chars().starts_with("hbin");
  return file.size() >= kBaseBlockBytes + kBinHeaderBytes && (bin || file.chars().starts_with("regf"));
}

struct Counter {
  void key(std::string_view, const Key&) {}
  void value(std::string_view, const Key&, const Value&) {}
};

}  // namespace

// The logs are handed over like the hive itself: they may be as large, and nobody needs them once they are replayed.
// NOLINTBEGIN(performance-unnecessary-value-param)
Result<Hive> Hive::open(std::vector<std::byte> primary, std::optional<std::vector<std::byte>> log1,
                        std::optional<std::vector<std::byte>> log2, std::optional<std::vector<std::byte>> log, OpenOptions options) {
  // NOLINTEND(performance-unnecessary-value-param)
  if (primary.size() > limits::kHiveBytes)
    return Error{ErrorCode::limit, "regf", fmt::format("at most {} bytes", limits::kHiveBytes), fmt::format("{}", primary.size()), 0};
  if (!recognised(bytes_of(primary)))
    return Error{ErrorCode::unsupported, "regf.base_block.signature", "\"regf\" and a first hive bin",
                 fmt::format("{} bytes of something else", primary.size()), 0};
  const auto given = bytes_of(primary).try_get<BaseBlock>(0).value_or(BaseBlock{});
  const bool dirty = base_block_dirty(bytes_of(primary));
  LogReport report;
  if (options.use_logs) {
    const std::array<NamedLog, 3> logs{{{"LOG1", view_of(log1)}, {"LOG2", view_of(log2)}, {"LOG", view_of(log)}}};
    report = replay(primary, logs);
  } else if (dirty) {
    report.state = LogState::missing;
    report.detail = "logs were not asked for";
  }
  Hive hive(std::move(primary));
  hive.dirty_ = dirty;
  hive.seq1_ = given.seq1;
  hive.seq2_ = given.seq2;
  hive.log_ = std::move(report);
  hive.settle_root();
  return hive;
}

// A ruined base block need not cost the tree: the root node carries a flag of its own.
void Hive::settle_root() {
  root_ = image_->header().root;
  if (node_at(*image_, *root_)) return;
  root_.reset();
  orphans_ = scan_for_roots(*image_);
  std::optional<std::uint32_t> flagged;
  for (const std::uint32_t o : orphans_) {
    if ((field<std::uint16_t>(*node_at(*image_, o), Nk::kFlags) & Nk::kRootFlag) == 0) continue;
    if (flagged) return;  // two of them: which one was the root cannot be told
    flagged = o;
  }
  if (!flagged) return;
  root_ = flagged;
  orphans_.clear();
}

std::optional<Key> Hive::root() const { return root_ ? Key::at(*image_, *root_) : std::nullopt; }

std::vector<Key> Hive::orphan_roots() const {
  std::vector<Key> out;
  for (const std::uint32_t o : orphans_)
    if (const auto k = Key::at(*image_, o)) out.push_back(*k);
  return out;
}

std::optional<Key> Hive::find(std::string_view path, std::optional<Key>* nearest) const { return find_from_root(path, 0, nearest); }

std::optional<Key> Hive::find_from_root(std::string_view path, int hops, std::optional<Key>* nearest) const {
  std::optional<Key> key = root();
  if (nearest) *nearest = key;
  bool at_root = true;
  for (std::string_view part = take_component(path); key && !part.empty(); part = take_component(path)) {
    auto below = key->child(part);
    if (!below && at_root && iequals(part, "CurrentControlSet")) below = current_control_set(*key);
    at_root = false;
    key = below && below->is_link() ? follow(*below, hops) : below;
    if (nearest && key) *nearest = key;
  }
  return key;
}

/// The link CurrentControlSet exists only in a running system; on disk Select\Current says which set it was.
std::optional<Key> Hive::current_control_set(const Key& root) const {
  const auto select = root.child("Select");
  const auto current = select ? select->value("Current") : std::nullopt;
  const auto number = current ? current->dword() : std::nullopt;
  if (!number || *number == 0 || *number > 999) return std::nullopt;
  return root.child(fmt::format("ControlSet{:03}", *number));
}

/// A link names its target in the namespace of the running system. It is followed only when that is this hive.
std::optional<Key> Hive::follow(const Key& link, int hops) const {
  const auto value = link.value("SymbolicLinkValue");
  std::vector<std::byte> scratch;
  const auto bytes = value && value->type() == kRegLink ? value->view(scratch) : std::nullopt;
  if (!bytes || hops >= kMostHops) return std::nullopt;
  const std::string target = utf16le_to_utf8(*bytes);
  std::string_view rest = target;
  if (!iequals(take_component(rest), "Registry")) return std::nullopt;
  const std::string_view branch = take_component(rest);
  const std::string_view mount = take_component(rest);
  const std::string name = file_name();
  const std::string_view file = last_component(name);
  const bool machine = iequals(branch, "Machine") && (file.empty() || iequals(file, mount));
  const bool user = iequals(branch, "User") && iequals(file, "ntuser.dat");
  return machine || user ? find_from_root(rest, hops + 1) : std::nullopt;
}

std::string Hive::file_name() const {
  const std::string all = utf16le_to_utf8(Bytes(image_->header().file_name));
  return all.substr(0, all.find('\0'));
}

WalkStats Hive::count() const { return walk(Counter{}); }

}  // namespace tq::format::regf
