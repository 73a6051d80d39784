// What a file is and how whole: the window through which a user, and every oracle, sees what was read.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/support/common.hpp"
#include "cli/support/dump.hpp"
#include "core/hash.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "evidence/collector.hpp"
#include "format/pe/pe.hpp"
#include "io/byte_source.hpp"
#include "target/loader.hpp"

namespace tq::cli {
namespace {

using Json = nlohmann::ordered_json;
namespace regf = format::regf;
namespace pe = format::pe;

constexpr Option kOptions[] = {kFormatTextJson,
                               kOutput,
                               {"--dump", "", "print the content, one item a line"},
                               {"--no-logs", "", "read a hive as it lies, without its logs"},
                               kColor};

struct Inspected {
  Json about;
  std::string dump;
};

std::vector<std::byte> log_beside(const std::string& path, const char* suffix) {
  auto r = io::read_file(path + suffix, limits::kHiveBytes);
  return r ? *std::move(r) : std::vector<std::byte>{};
}

std::optional<std::vector<std::byte>> some(std::vector<std::byte> v) {
  if (v.empty()) return std::nullopt;
  return v;
}

Result<Inspected> hive(const target::Input& in, std::vector<std::byte> content, const Args& args) {
  const bool logs = !args.has("--no-logs") && !in.path.empty();
  const auto log = [&](const char* suffix) { return logs ? some(log_beside(in.path, suffix)) : std::nullopt; };
  TQ_TRY(const auto h, regf::Hive::open(std::move(content), log(".LOG1"), log(".LOG2"), log(".LOG"), {logs}));
  Inspected out;
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

Result<Inspected> program(std::vector<std::byte> content, const Args& args) {
  const auto src = io::from_memory(std::move(content));
  TQ_TRY(const auto image, pe::open(*src));
  Inspected out;
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

Result<Inspected> inventory(const std::string& name, const Args& args) {
  TQ_TRY(const auto sources, target::open(name, {}));
  Inspected out;
  out.about = {{"kind", sources.front().kind}, {"machines", sources.size()}};
  if (args.has("--dump"))
    for (const auto& s : sources) out.dump += dump_facts(evidence::collect(s));
  return out;
}

Result<Inspected> by_content(const std::string& name, const Args& args) {
  TQ_TRY(const auto in, target::look_at(name, {}));
  if (in.kind == io::HostKind::folder) {
    TQ_TRY(auto out, inventory(name, args));
    Json about = {{"path", to_valid_utf8(name)}};
    about.update(out.about);
    out.about = std::move(about);
    return out;
  }
  TQ_TRY(auto content, in.read(limits::kHiveBytes));
  Json about = {{"path", to_valid_utf8(name)}, {"kind", nullptr}, {"size", content.size()}, {"sha256", sha256_hex(bytes_of(content))}};
  const auto head = bytes_of(in.head).chars();
  const bool is_hive = head.starts_with("regf"), is_pe = head.starts_with("MZ");
  TQ_TRY(auto out, is_hive ? hive(in, std::move(content), args) : is_pe ? program(std::move(content), args) : inventory(name, args));
  about["kind"] = is_hive ? Json("hive") : is_pe ? Json("pe") : out.about["kind"];
  out.about.erase("kind");
  about.update(out.about);
  out.about = std::move(about);
  return out;
}

std::string as_text(const Json& about) {
  std::string s;
  for (const auto& [key, value] : about.items()) {
    if (key == "lost") {
      for (const auto& l : value)
        s += fmt::format("  {:<18}{:#x} {}\n", "lost", l["offset"].get<std::uint64_t>(), printable(l["what"].get<std::string>()));
      continue;
    }
    s += fmt::format("  {:<18}{}\n", key, value.is_string() ? printable(value.get<std::string>()) : value.dump());
  }
  return s;
}

int run_inspect(const Args& args) {
  Json files = Json::array();
  std::string dump, text;
  bool failed = false;
  for (const auto& name : args.positional) {
    auto r = by_content(name, args);
    if (!r) {
      complain(r.error().place == name ? r.error().text() : name + ": " + r.error().text());
      failed = true;
      continue;
    }
    dump += r->dump;
    text += printable(name) + "\n" + as_text(r->about);
    files.push_back(std::move(r->about));
  }
  const int status = files.empty() ? kUnreadable : failed ? kIncomplete : kNothingFound;
  if (args.has("--dump")) return deliver(args, dump, status, args.positional);
  if (args.get("--format", "text") == "json")
    return deliver(
        args,
        Json{{"schema", "tourniquet.inspect/1"}, {"files", std::move(files)}}.dump(2, ' ', false, Json::error_handler_t::replace) + "\n",
        status, args.positional);
  return deliver(args, text, status, args.positional);
}

}  // namespace

extern const Command inspect;
const Command inspect{"inspect", "what a file is and how whole", "FILE", kOptions, run_inspect};

}  // namespace tq::cli
