// `fleet serve`: the dashboard, its address and who may look.
#include <fmt/format.h>

#include <cstdio>

#include "cli/support/common.hpp"
#include "cli/support/fleet.hpp"
#include "cli/support/report_parts.hpp"
#include "cli/support/version.hpp"
#include "core/text.hpp"
#include "fleet/serve/httpd.hpp"
#include "fleet/serve/site.hpp"
#include "fleet/store.hpp"
#include "io/byte_source.hpp"

namespace tq::cli {
namespace {

namespace serve = fleet::serve;

constexpr std::size_t kShortestToken = 16;
constexpr std::uint64_t kMostTokenBytes = 4096;

/// The first line of --token-file. Errors: usage (too short to keep anybody out), those of reading.
Result<std::string> token_of(const Args& args) {
  if (!args.has("--token-file")) return std::string{};
  const std::string path = args.get("--token-file");
  TQ_TRY(const auto content, io::read_file(path, kMostTokenBytes));
  const auto text = bytes_of(content).chars();
  std::string token(trim(text.substr(0, text.find('\n'))));
  if (token.size() < kShortestToken || printable(token) != token)
    return Error{ErrorCode::usage,
                 "--token-file",
                 fmt::format("a first line of {} characters or more", kShortestToken),
                 fmt::format("{} characters", token.size()),
                 {},
                 "make one with `openssl rand -hex 32`"};
  return token;
}

/// Loopback is open to the users of this machine; any other address asks for a token, and for a word about the missing encryption.
Result<serve::Guard> guard_of(const Args& args, const serve::Listen& listen) {
  serve::Guard guard;
  TQ_TRY(guard.token, token_of(args));
  const std::string host = lower_ascii(listen.host);
  guard.hosts = {host.find(':') == std::string::npos ? host : "[" + host + "]"};
  if (serve::is_loopback(host)) {
    guard.hosts.insert(guard.hosts.end(), {"localhost", "127.0.0.1", "[::1]"});
  } else {
    if (!args.has("--insecure-http"))
      return Error{ErrorCode::usage,
                   "--listen",
                   "a loopback address, or --insecure-http with a token",
                   listen.host,
                   {},
                   "an address that others reach sends everything in the clear; a tunnel (ssh -L 8300:127.0.0.1:8300) or a proxy with TLS "
                   "in front of 127.0.0.1 does not"};
    if (guard.token.empty()) {
      TQ_TRY(guard.token, serve::random_token());
    }
    if (const auto own = serve::own_host_name(); !own.empty()) guard.hosts.push_back(own);
    guard.any_address = true;
  }
  if (const auto names = args.given.find("--host-name"); names != args.given.end())
    for (const auto& n : names->second) guard.hosts.push_back(lower_ascii(n));
  return guard;
}

/// One machine as `check --format html` has it, with the plan to its goal.
serve::Examine examiner(const fleet::Judge& judge) {
  return [&judge](model::Facts facts) {
    const auto& j = judge.judgement();
    model::Report report;
    report.tool_version = kVersion;
    report.catalog_id = j.catalog_id;
    report.catalog_data_as_of = j.data_as_of;
    report.as_of = j.as_of.text();
    report.goal = j.goal;
    report.machines.push_back(judge.whole(std::move(facts)));
    plan::Options options;
    options.goal = j.goal;
    options.line = plan::line_from(j.line).value_or(plan::Line::automatic);
    add_report_parts(report, "html", judge.catalog(), options);
    return report;
  };
}

void announce(const FleetArgs& a, const serve::Listen& listen, const serve::Guard& guard) {
  const bool six = listen.host.find(':') != std::string::npos;
  std::string url = fmt::format("http://{}{}{}:{}/", six ? "[" : "", listen.host, six ? "]" : "", guard.port);
  // A token of the user's own stays in its file; one that was made here is known by nobody yet.
  if (!guard.token.empty() && !a.args.has("--token-file")) url += "?token=" + guard.token;
  std::printf("%s\n", printable(url).c_str());
  std::fflush(stdout);
  if (!a.args.has("--quiet")) complain("serving " + fleet_store_name(a.store) + "; Ctrl-C ends it");
}

}  // namespace

int fleet_serve(const FleetArgs& given) {
  if (given.operands.size() > 1) {
    complain("fleet serve takes one STORE");
    return kUsage;
  }
  FleetArgs a = given;
  if (!a.operands.empty()) a.store = a.operands.front();
  const auto listen = serve::parse_listen(a.args.get("--listen", "127.0.0.1:8300"));
  if (!listen) return fleet_failed(listen.error());
  auto guard = guard_of(a.args, *listen);
  if (!guard) return fleet_failed(guard.error());
  const auto db = fleet_store(a);
  if (!db) return kUnreadable;
  const auto meta = fleet::read_meta(*db);
  if (!meta) return fleet_failed(meta.error());
  auto catalog = open_catalog(a.args);
  if (!catalog) return kCatalog;
  // As the store was judged, on the day it was: a machine's page says what the lists say.
  const fleet::Judge judge(*std::move(catalog), meta->judgement);
  serve::Site site({a.store, fleet_store_name(a.store), kVersion, judge.judgement().catalog_id, examiner(judge)});
  const auto served = serve::serve_http(
      *listen,
      [&](std::uint16_t port) {
        guard->port = port;
        site.set_guard(*guard);
        announce(a, *listen, *guard);
      },
      [&site](const serve::Request& r) { return site.handle(r); });
  if (!served) return fleet_failed(served.error());
  return kNothingFound;
}

}  // namespace tq::cli
