#include "plan/script.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/ascii.hpp"
#include "core/hash.hpp"
#include "core/text.hpp"
#include "plan/support/script_parts.hpp"

namespace tq::plan {
namespace {

using catalog::UpdateKind;

/// The last release of the SHA-2 update is told from its earlier ones by the package's version only.
constexpr const char* kSha2Version = "~6.0.4.";
constexpr const char* kPackValue[] = {"0x0", "0x100", "0x200"};  ///< CSDVersion by number of service pack

Error refuse(std::string wanted, std::string found, std::string advice = {}) {
  return {ErrorCode::usage, "plan --format cmd", std::move(wanted), std::move(found), {}, std::move(advice)};
}

/// "abcd.." -> "ab cd ..": how older versions of certutil print a digest.
std::string spaced(const std::string& digest) {
  std::string out;
  for (std::size_t i = 0; i + 1 < digest.size(); i += 2) out += (i == 0 ? "" : " ") + digest.substr(i, 2);
  return out;
}

/// Ids whose key covers a year of Extended Security Updates on this Windows. Only such as look like an id get into a script.
std::vector<std::string> ids_for(std::uint32_t year, const catalog::Catalog& catalog) {
  std::vector<std::string> out;
  for (const auto& id : catalog.esu_ids()) {
    const auto dash = id.years.find('-');
    std::uint64_t first = 0, last = 0;
    if (!parse_u64(id.years.substr(0, dash), first)) continue;
    if (dash == std::string_view::npos || !parse_u64(id.years.substr(dash + 1), last)) last = first;
    const bool guid = id.activation_id.size() == 36 && std::all_of(id.activation_id.begin(), id.activation_id.end(),
                                                                   [](char c) { return (is_hex_digit(c) && !is_upper(c)) || c == '-'; });
    if (guid && year >= first && year <= last && id.confidence <= catalog::Confidence::medium &&
        id.scope.find("Server 2008") != std::string_view::npos)
      out.emplace_back(id.activation_id);
  }
  return out;
}

class Writer {
 public:
  Writer(const Plan& plan, const catalog::Catalog& catalog, const std::vector<MediaFile>* media)
      : plan_(plan), catalog_(catalog), media_(media) {}

  Status write(const Origin& origin) {
    line("@echo off");
    line("rem Made by tourniquet {} with the catalog {}: applies a plan to the machine it was made for.", origin.tool_version,
         origin.catalog_id);
    line("rem Start as administrator:  NAME.cmd FOLDER-OF-MEDIA   Run it again after every restart.");
    out_ += script::kHead;
    TQ_TRY(const auto body, steps());
    values(body);
    show();
    beginning();
    out_ += body;
    line(R"(call :say "every step is done")");
    line("set \"TQ_RC=0\"\ngoto :ended");
    for (const char* part : {script::kChecks, script::kInstall, script::kRestarts, script::kTail}) out_ += part;
    return ok();
  }

  /// Windows line ends; the parts are written with plain ones.
  [[nodiscard]] std::string crlf() const {
    std::string s;
    for (const char c : out_) s += c == '\n' ? std::string("\r\n") : std::string(1, c);
    return s;
  }

 private:
  template <class... T>
  void line(fmt::format_string<T...> f, T&&... args) {
    out_ += fmt::format(f, std::forward<T>(args)...) + "\n";
  }

  [[nodiscard]] std::set<std::uint32_t> builds() const {
    std::set<std::uint32_t> out{*plan_.from.build};
    for (const auto& s : plan_.steps)
      if (s.build_after) out.insert(s.build_after->build);
    return out;
  }

  /// Everything that tells this machine and this plan from others. Numbers and words of our own only.
  void values(const std::string& body) {
    const State& s = plan_.from;
    const std::string identity = fmt::format("{}|{}|{}|{}", body, s.arch, *s.build, s.install_stamp.value_or(0));
    line("set \"TQ_PLAN={}\"", sha256_hex(bytes_of(identity)).substr(0, 12));
    line("set \"TQ_DIR=%SystemDrive%\\TourniquetPlan\\%TQ_PLAN%\"\nset \"TQ_LOG=%TQ_DIR%\\log.txt\"\nset \"TQ_STATE=%TQ_DIR%\\state.txt\"");
    line("set \"TQ_ARCH={}\"", s.arch == "x64" ? "AMD64" : s.arch == "ia64" ? "IA64" : "x86");
    line("set \"TQ_FILE_ARCH={}\"", s.arch);
    line("set \"TQ_TYPES={}\"", *s.product_class == catalog::ProductClass::client ? "WinNT" : "ServerNT LanmanNT");
    line("set \"TQ_STAMP={}\"", s.install_stamp ? fmt::format("0x{:x}", *s.install_stamp) : "");
    line("set \"TQ_BUILD={}\"", *s.build);
    std::string all;
    for (const auto b : builds()) all += (all.empty() ? "" : " ") + std::to_string(b);
    line("set \"TQ_BUILDS={}\"", all);
    const int pack = std::clamp(s.service_pack.value_or(2), 0, 2);
    const bool raised = std::any_of(plan_.steps.begin(), plan_.steps.end(), [](const auto& x) { return x.kind == "manual"; });
    line("set \"TQ_PACKS={}{}\"", kPackValue[pack], raised ? std::string(" ") + kPackValue[2] : "");
    line("set \"TQ_PACK_AFTER={}\"", kPackValue[2]);
  }

  void show() {
    line("echo This script brings the machine it was made for to the goal \"{}\" in these steps:", plan_.goal);
    for (const auto& s : plan_.steps)
      line("echo   {}. {}{}{}", s.n, s.kb != 0 ? kb_text(s.kb) + " " : "", s.kind,
           s.need == Need::if_absent ? ", if it is still needed" : "");
    if (media_ == nullptr) line("echo It was made without the media: digests of the files are not known to it.");
    line("echo The files are taken from the folder \"%TQ_MEDIA%\".");
  }

  void beginning() {
    line("if not exist \"%TQ_DIR%\" mkdir \"%TQ_DIR%\"");
    line("if not exist \"%TQ_DIR%\" echo Cannot make the folder of the log: start this script as administrator.");
    line("if not exist \"%TQ_DIR%\" exit /b 2");
    line("call :say \"---- started\"");
    line("\"%TQ_REG%\" query \"HKU\\S-1-5-19\" >nul 2>nul");
    line("if errorlevel 1 call :refuse \"start this script as administrator\"");
    line("if not \"%TQ_RC%\"==\"0\" goto :ended");
    line("call :machine\nif not \"%TQ_RC%\"==\"0\" goto :ended");
    for (const auto kb : plan_.relied_on)
      if (plan_.from.in_place.contains(kb)) line("call :relies {}", kb);
    line("if not \"%TQ_RC%\"==\"0\" goto :ended");
    line("set \"TQ_ANSWER=\"\nset /p \"TQ_ANSWER=Type YES to go on: \"");
    line("if /i not \"%TQ_ANSWER%\"==\"YES\" call :refuse \"not confirmed\"");
    line("if not \"%TQ_RC%\"==\"0\" goto :ended");
  }

  Result<std::string> steps() {
    std::string out;
    for (const auto& s : plan_.steps) {
      if (!s.approval.empty() && s.approval != "approved") {
        // Nothing behind a step that is not approved may run: the steps build on each other.
        out += fmt::format("call :stop \"step {}: KB{} is not approved ({})\"\ngoto :ended\n", s.n, s.kb, s.approval);
        return out;
      }
      TQ_TRY(const auto one, step(s));
      out += one;
    }
    return out;
  }

  Result<std::string> step(const Step& s) {
    constexpr const char* kNext = "if not \"%TQ_RC%\"==\"0\" goto :ended\n";
    if (s.kind == "reboot") return fmt::format("call :restart {} {}\n{}", s.n, to_string(s.need), kNext);
    if (s.kind == "manual") return fmt::format("call :by_hand {} {}\n{}", s.n, s.kb, kNext);
    if (s.kind == "licence") {
      std::string out;
      for (const auto year : s.esu_years) {
        out += fmt::format("call :licence {} {}", s.n, year);
        for (const auto& id : ids_for(year, catalog_)) out += " " + id;
        out += std::string("\n") + kNext;
      }
      return out;
    }
    TQ_TRY(auto out, update(s));
    return out + "call :update\n" + kNext;
  }

  Result<std::string> update(const Step& s) const {
    const auto u = catalog_.find_kb(s.kb);
    const bool alone = u && is_groundwork(u->kind);
    std::string out = fmt::format("set \"TQ_N={}\"\nset \"TQ_KB={}\"\nset \"TQ_VERSION={}\"\nset \"TQ_ALONE={}\"\n", s.n, s.kb,
                                  u && u->kind == UpdateKind::sha2 ? std::string(kSha2Version).substr(1) : "", alone ? 1 : 0);
    const MediaFile none;
    const MediaFile* file = &none;
    if (media_ != nullptr) {
      const auto it = std::find_if(media_->begin(), media_->end(), [&](const auto& f) { return f.kb == s.kb; });
      if (it == media_->end())
        return Error{ErrorCode::not_found, "--media", "a file of " + kb_text(s.kb), "none", {}, "copy it into the folder of media"};
      if (!safe_name(it->name))
        return Error{ErrorCode::unsupported, "--media", "a file name of letters, digits, '.', '_' and '-'", printable(it->name)};
      file = &*it;
    }
    out += fmt::format("set \"TQ_FILE={}\"\nset \"TQ_BYTES={}\"\n", file->name, media_ != nullptr ? std::to_string(file->size) : "");
    out += fmt::format("set \"TQ_SHA256={}\"\nset \"TQ_SHA256S={}\"\n", file->sha256, spaced(file->sha256));
    out += fmt::format("set \"TQ_SHA1={}\"\nset \"TQ_SHA1S={}\"\n", file->sha1, spaced(file->sha1));
    return out;
  }

  const Plan& plan_;
  const catalog::Catalog& catalog_;
  const std::vector<MediaFile>* media_;
  std::string out_;
};

bool known_goal(const std::string& goal) { return goal == "public" || goal == "esu" || goal == "last"; }

}  // namespace

bool safe_name(const std::string& name) {
  const auto fine = [](char c) { return is_alnum(c) || c == '.' || c == '_' || c == '-'; };
  return !name.empty() && name.size() <= 200 && name[0] != '-' && name[0] != '.' && std::all_of(name.begin(), name.end(), fine);
}

Result<std::string> to_script(const Plan& plan, const Origin& origin, const catalog::Catalog& catalog,
                              const std::vector<MediaFile>* media) {
  const State& s = plan.from;
  if (!plan.answered || s.nt_version != "6.0") return refuse("a machine of Windows NT 6.0", "another, or not known");
  if (plan.steps.empty()) return refuse("steps to carry out", plan.impossible.empty() ? "nothing to do" : "no way to the goal");
  if (s.arch != "x86" && s.arch != "x64" && s.arch != "ia64")
    return refuse("a known processor architecture", "none", "plan from the hives or the tree");
  if (!s.product_class) return refuse("server or client", "not known", "plan from the hives or the tree");
  if (!s.build) return refuse("a build number without contradiction", "none", "see what 'check' says of the build");
  if (!known_goal(plan.goal)) return refuse("public, esu or last", printable(plan.goal));
  Writer writer(plan, catalog, media);
  TQ_TRY([[maybe_unused]] const auto done, writer.write(origin));
  return writer.crlf();
}

}  // namespace tq::plan
