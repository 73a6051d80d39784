// What a file is and how whole: the window through which a user, and every oracle, sees what was read.
#include "cli/support/inspect.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/support/common.hpp"
#include "cli/support/file_dump.hpp"
#include "cli/support/progress.hpp"
#include "core/hash.hpp"
#include "core/json.hpp"
#include "core/text.hpp"
#include "io/byte_source.hpp"
#include "target/loader.hpp"

namespace tq::cli {
namespace {

constexpr Option kInspectOptions[] = {kFormatTextJson,
                                      kOutput,
                                      {"--dump", "", "print the content, one item a line"},
                                      {"--no-logs", "", "read a hive as it lies, without its logs"},
                                      kColor,
                                      kQuiet,
                                      kStats};

/// Asked in this order; the last takes everything.
constexpr const Inspector* kKinds[] = {&inspect_hive, &inspect_pe, &inspect_image, &inspect_archive, &inspect_target};

/// Hashing a disk of terabytes takes hours that nobody asked for.
constexpr std::uint64_t kMostHashed = std::uint64_t{64} << 30;

Result<Json> digest_of(const target::Input& in) {
  if (in.path.empty()) return Json(sha256_hex(bytes_of(in.content)));
  if (in.size > kMostHashed) return Json(nullptr);
  TQ_TRY(const auto file, io::open_file(in.path));
  TQ_TRY(auto digest, sha256_of(*file));
  return Json(std::move(digest));
}

Result<Inspected> by_content(const std::string& name, const Args& args) {
  TQ_TRY(const auto in, target::look_at(name, {}));
  const bool is_file = in.kind == io::HostKind::file;
  const auto* kind =
      is_file ? *std::find_if(std::begin(kKinds), std::end(kKinds) - 1, [&](const auto* k) { return k->accepts(in); }) : &inspect_target;
  TQ_TRY(auto out, kind->inspect(in, args));
  Json about = {{"path", to_valid_utf8(name)}, {"kind", out.kind}};
  if (is_file) {
    about["size"] = in.size;
    // The dump alone is asked for: no second reading of the whole file.
    about["sha256"] = nullptr;
    if (!args.has("--dump")) {
      TQ_TRY(about["sha256"], digest_of(in));
    }
  }
  about.update(out.about);
  out.about = std::move(about);
  return out;
}

std::string as_text(const Json& about) {
  std::string s;
  for (const auto& [key, value] : about.items()) {
    if (key == "lost") {
      for (const auto& l : value)
        s += fmt::format("  {:<18}{}{}\n", "lost", l["offset"].is_null() ? "" : fmt::format("{:#x} ", l["offset"].get<std::uint64_t>()),
                         printable(l["what"].get<std::string>()));
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
    auto r = [&] {
      const Progress progress(args, name);
      return by_content(name, args);
    }();
    if (!r) {
      complain(r.error().place == name ? r.error().text() : name + ": " + r.error().text());
      failed = true;
      continue;
    }
    dump += r->dump;
    text += printable(name) + "\n" + as_text(r->about);
    files.push_back(std::move(r->about));
  }
  print_stats(args, files.size());
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
const Command inspect{"inspect", "what a file is and how whole", "FILE", kInspectOptions, run_inspect};

}  // namespace tq::cli
