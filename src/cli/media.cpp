// What update files are, whether they are whole and by whom, whether a machine can take them, and what a plan still lacks.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cli/support/approvals.hpp"
#include "cli/support/common.hpp"
#include "cli/support/media_files.hpp"
#include "cli/support/planned.hpp"
#include "core/json.hpp"
#include "core/text.hpp"
#include "io/byte_source.hpp"
#include "model/json_words.hpp"
#include "plan/fit.hpp"
#include "plan/render.hpp"

namespace tq::cli {
namespace {

namespace um = format::update_media;
using format::authenticode::State;

constexpr Option kMediaOptions[] = {
    kFormatTextJson,
    kOutput,
    {"--target", "TARGET", "say for each file whether this machine can take it, and what the plan for it lacks"},
    {"--goal", "GOAL", "the goal of that plan", "public|esu|last"},
    {"--line", "LINE", "which line of updates that plan follows", "auto|rollup|security-only"},
    {"--plan", "FILE.json", "a plan written by 'plan --format json', instead of --target"},
    {"--trust-roots", "FILE.pem", "check the chains of signatures against these certificates"},
    {"--as-of", "DATE", "judge as if today were that day"},
    kCatalogFile,
    kColor,
};

constexpr std::uint64_t kMostPlanBytes = std::uint64_t{16} << 20;

Result<std::vector<std::uint32_t>> read_plan(const std::string& path) {
  TQ_TRY(const auto bytes, io::read_file(path, kMostPlanBytes));
  return plan::kbs_of_json(bytes_of(bytes), path);
}

plan::Medium medium(const um::UpdateFile& f) {
  const bool is_signed = f.signature.state != State::none;
  return {f.kb,
          f.arch,
          f.nt_version,
          is_signed ? f.signature.digest_algorithm : "",
          f.signature.has_nested,
          f.signature.state == State::mismatch};
}

struct MediaAnswer {
  MediaSearch media;
  std::vector<plan::Fit> fits;                     ///< one a file; empty without --target
  std::optional<std::vector<std::uint32_t>> plan;  ///< the KBs it installs
  std::string arch;                                ///< of the target; empty: not known
};

/// The first words of why: the signature's, unless a machine was given and says more.
std::string why_of(const MediaAnswer& a, std::size_t i) {
  const auto& f = a.media.files[i].file;
  std::string s = f.kind == um::Kind::other ? "neither a cabinet nor a program" : f.signature.why;
  if (i < a.fits.size() && !a.fits[i].why.empty()) s = a.fits[i].why + (s.empty() ? "" : "; " + s);
  return s;
}

Json file_json(const MediaAnswer& a, std::size_t i, const catalog::Catalog& catalog) {
  const auto& m = a.media.files[i];
  const auto& f = m.file;
  const auto u = f.kb != 0 ? catalog.find_kb(f.kb) : std::nullopt;
  Json lost = Json::array();
  for (const auto& e : f.lost) lost.push_back({{"offset", e.offset ? Json(*e.offset) : Json(nullptr)}, {"what", to_valid_utf8(e.text())}});
  const auto fits = i < a.fits.size() ? a.fits[i].installable : plan::Tri::unknown;
  return {{"path", to_valid_utf8(m.path)},
          {"kb", f.kb != 0 ? Json(kb_text(f.kb)) : Json(nullptr)},
          {"kb_from", model::text_or_null(f.kb_from)},
          {"arch", model::text_or_null(f.arch)},
          {"kind", um::to_string(f.kind)},
          {"update_kind", u ? Json(catalog::to_string(u->kind)) : Json(nullptr)},
          {"identity", model::text_or_null(f.identity)},
          {"description", model::text_or_null(f.description)},
          {"nt_version", model::text_or_null(f.nt_version)},
          {"parents", model::texts(f.parents)},
          {"size", f.size},
          {"digest", {{"sha256", f.sha256}, {"sha1", f.sha1}}},
          {"signature", to_string(f.signature.state)},
          {"signer", model::text_or_null(f.signature.signer)},
          {"issuer", model::text_or_null(f.signature.issuer)},
          {"digest_algorithm", model::text_or_null(f.signature.digest_algorithm)},
          {"timestamp", f.signature.has_timestamp},
          {"second_signature", f.signature.has_nested},
          {"installable_on_target", to_string(fits)},
          {"why", to_valid_utf8(why_of(a, i))},
          {"conflicts", model::texts(f.conflicts)},
          {"contents", model::texts(f.contents)},
          {"lost", std::move(lost)}};
}

/// Whether the folder holds a usable file of a KB: right processor, signature not broken.
bool holds(const MediaAnswer& a, std::uint32_t kb) {
  return std::any_of(a.media.files.begin(), a.media.files.end(), [&](const auto& m) {
    const bool arch = a.arch.empty() || m.file.arch.empty() || m.file.arch == a.arch;
    return m.file.kb == kb && arch && m.file.signature.state != State::mismatch;
  });
}

Json plan_part(const MediaAnswer& a, bool covered) {
  Json out = Json::array();
  if (a.plan)
    for (const auto kb : *a.plan)
      if (holds(a, kb) == covered) out.push_back(kb_text(kb));
  return out;
}

std::string as_json(const MediaAnswer& a, const catalog::Catalog& catalog) {
  Json files = Json::array(), errors = Json::array();
  for (std::size_t i = 0; i < a.media.files.size(); ++i) files.push_back(file_json(a, i, catalog));
  for (const auto& e : a.media.failed) errors.push_back({{"where", to_valid_utf8(e.place)}, {"what", to_valid_utf8(e.text())}});
  const Json out = {{"schema", "tourniquet.media/1"},
                    {"files", std::move(files)},
                    {"plan_covered", plan_part(a, true)},
                    {"plan_lacks", plan_part(a, false)},
                    {"errors", std::move(errors)}};
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string as_text(const MediaAnswer& a) {
  std::string out;
  const auto row = [&out](const char* label, const std::string& s) {
    if (!s.empty()) out += fmt::format("  {:<12}{}\n", label, printable(s));
  };
  for (std::size_t i = 0; i < a.media.files.size(); ++i) {
    const auto& f = a.media.files[i].file;
    out += printable(a.media.files[i].path) + "\n";
    row("what", fmt::format("{} {} {}", um::to_string(f.kind), f.kb != 0 ? kb_text(f.kb) : "no KB", f.arch));
    row("identity", f.identity);
    row("sha256", f.sha256);
    row("signature", fmt::format("{} {} {}", to_string(f.signature.state), f.signature.digest_algorithm, f.signature.signer));
    if (i < a.fits.size()) row("installable", to_string(a.fits[i].installable));
    row("why", why_of(a, i));
    for (const auto& c : f.conflicts) row("conflict", c);
    for (const auto& e : f.lost) row("lost", e.text());
  }
  if (!a.plan) return out;
  for (const auto kb : *a.plan) row(holds(a, kb) ? "plan has" : "plan lacks", kb_text(kb));
  return out;
}

/// --target or --plan: what the machine can take, what the plan lacks. An exit status when that failed.
std::optional<int> compare(const Args& args, const catalog::Catalog& catalog, MediaAnswer& a) {
  if (args.has("--plan")) {
    auto kbs = read_plan(args.get("--plan"));
    if (!kbs) {
      complain(kbs.error().text());
      return kUsage;
    }
    a.plan = *std::move(kbs);
  }
  if (!args.has("--target")) return std::nullopt;
  const auto day = as_of(args);
  const auto options = plan_options(args);
  if (!day || !options) return kUsage;
  const auto planned = plan_for(args.get("--target"), {}, catalog, *options, *day);
  if (!planned.plan) return planned.status;
  a.arch = planned.plan->from.arch;
  for (const auto& m : a.media.files) a.fits.push_back(plan::fit(medium(m.file), planned.plan->from, catalog));
  if (a.plan) return std::nullopt;
  a.plan.emplace();
  for (const auto& s : planned.plan->steps)
    if (s.kb != 0) a.plan->push_back(s.kb);
  return std::nullopt;
}

int status_of(const MediaAnswer& a) {
  if (a.media.files.empty() && !a.media.failed.empty()) return kUnreadable;
  const auto broken = [](const auto& m) { return m.file.signature.state == State::mismatch || !m.file.conflicts.empty(); };
  if (std::any_of(a.media.files.begin(), a.media.files.end(), broken)) return kFindings;
  const auto damaged = [](const auto& m) { return !m.file.lost.empty(); };
  if (!a.media.failed.empty() || std::any_of(a.media.files.begin(), a.media.files.end(), damaged)) return kIncomplete;
  return kNothingFound;
}

int run_media(const Args& args) {
  const auto catalog = open_catalog(args);
  if (!catalog) return kCatalog;
  const auto roots = trust_roots(args);
  if (!roots) return kUsage;
  MediaAnswer a;
  a.media = find_media(args.positional, *roots ? &**roots : nullptr);
  for (const auto& e : a.media.failed) complain(e.text());
  if (const auto status = compare(args, *catalog, a)) return *status;
  const std::string out = args.get("--format", "text") == "json" ? as_json(a, *catalog) : as_text(a);
  return deliver(args, out, status_of(a), args.positional);
}

}  // namespace

extern const Command media;
const Command media{"media", "what update files are, whether intact, what they need", "PATH", kMediaOptions, run_media};

}  // namespace tq::cli
