// A registry hive: how many keys and values, whether it is clean, what its logs did, what is lost.

#include "cli/support/dump.hpp"
#include "cli/support/inspect.hpp"
#include "core/json.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace tq::cli {
namespace {

namespace regf = format::regf;

bool is_hive(const target::Input& in) { return bytes_of(in.head).chars().starts_with("regf"); }

std::vector<std::byte> log_beside(const std::string& path, const char* suffix) {
  auto r = io::read_file(path + suffix, limits::kHiveBytes);
  return r ? *std::move(r) : std::vector<std::byte>{};
}

std::optional<std::vector<std::byte>> some(std::vector<std::byte> v) {
  if (v.empty()) return std::nullopt;
  return v;
}

Result<Inspected> about_hive(const target::Input& in, const Args& args) {
  TQ_TRY(auto content, in.read(limits::kHiveBytes));
  const bool logs = !args.has("--no-logs") && !in.path.empty();
  const auto log = [&](const char* suffix) { return logs ? some(log_beside(in.path, suffix)) : std::nullopt; };
  TQ_TRY(const auto h, regf::Hive::open(std::move(content), log(".LOG1"), log(".LOG2"), log(".LOG"), {logs}));
  Inspected out;
  out.kind = "hive";
  const auto stats = dump_hive(h, args.has("--dump") ? &out.dump : nullptr);
  Json lost = Json::array();
  for (const auto& l : stats.lost) lost.push_back({{"offset", l.offset}, {"what", to_valid_utf8(l.what)}});
  out.about = {{"keys", stats.keys},
               {"values", stats.values},
               {"dirty", h.dirty()},
               {"log", regf::to_string(h.log().state)},
               {"log_format", h.log().format},
               {"replayed_entries", h.log().entries},
               {"log_detail", h.log().detail},
               {"root_lost", !h.root().has_value()},
               {"file_name", to_valid_utf8(h.file_name())},
               {"last_written", h.last_written().text()},
               {"lost", std::move(lost)},
               {"lost_total", stats.lost_total}};
  return out;
}

}  // namespace

const Inspector inspect_hive{is_hive, about_hive};

}  // namespace tq::cli
