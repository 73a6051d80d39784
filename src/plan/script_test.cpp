// The generated script: what may stand in it, and its logic, run by Wine's cmd with stand-ins for the installers.
#include "plan/script.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/hash.hpp"
#include "plan/plan.hpp"

namespace {

using namespace tq::plan;
using tq::catalog::Catalog;
namespace stdfs = std::filesystem;

const Catalog& catalog() {
  static const Catalog c = *Catalog::embedded();
  return c;
}

State server() {
  State s;
  s.name = "EVIL & del %SystemRoot%";
  s.product = "\" & calc.exe & \"";
  s.nt_version = "6.0";
  s.arch = "x64";
  s.product_class = tq::catalog::ProductClass::server;
  s.build = 6002;
  s.service_pack = 2;
  s.packages_complete = true;
  s.sha2 = Tri::no;
  s.licensed = Tri::no;
  s.restart_pending = Tri::no;
  s.install_stamp = 0x4a000001;
  return s;
}

std::vector<MediaFile> media_for(const Plan& p) {
  std::vector<MediaFile> out;
  for (const auto& s : p.steps) {
    if (s.kb == 0) continue;
    const std::string content = "media of " + std::to_string(s.kb);
    // The stand-in for certutil prints these; real digests are another test's matter.
    out.push_back({s.kb, fmt::format("Windows6.0-KB{}-x64.msu", s.kb), content.size(), tq::sha256_hex(tq::bytes_of(content)),
                   tq::sha256_hex(tq::bytes_of(content)).substr(0, 40)});
  }
  return out;
}

const tq::plan::Origin kOrigin{"1.0", "abcdefabcdef", "2026-06-28", "2026-11-20", "a & b \" target"};

std::string script_of(const State& s, const Options& o, bool with_media = true) {
  const Plan p = make_plan(s, catalog(), o);
  const auto media = media_for(p);
  const auto r = to_script(p, kOrigin, catalog(), with_media ? &media : nullptr);
  REQUIRE_MESSAGE(r.has_value(), (r ? std::string() : r.error().text()));
  return *r;
}

}  // namespace

TEST_CASE("plan script: ASCII, Windows line ends, nothing of the target in it") {
  for (const bool media : {true, false}) {
    const auto s = script_of(server(), {}, media);
    CHECK(std::all_of(s.begin(), s.end(), [](char c) { return c == '\r' || c == '\n' || (c >= ' ' && c <= '~'); }));
    for (std::size_t i = 0; i < s.size(); ++i)
      if (s[i] == '\n') CHECK(s[i - 1] == '\r');
    for (const char* foreign : {"EVIL", "calc.exe", "a & b", "target"}) CHECK(s.find(foreign) == std::string::npos);
    // Lines that cmd cannot hold (8191 characters) are cut without a word.
    std::istringstream lines(s);
    for (std::string line; std::getline(lines, line);) CHECK(line.size() < 1000);
  }
}

TEST_CASE("plan script: every label that is called exists") {
  const auto s = script_of(server(), {});
  for (const char* word : {"call :", "goto :"}) {
    for (auto at = s.find(word); at != std::string::npos; at = s.find(word, at + 1)) {
      const auto name = s.substr(at + 6, s.find_first_of(" \r\n", at + 6) - at - 6);
      CHECK_MESSAGE(s.find("\r\n:" + name + "\r\n") != std::string::npos, name);
    }
  }
}

TEST_CASE("plan script: refused when the machine could not be recognised again, or there is no way") {
  const auto refused = [](const State& s, const Options& o = {}) {
    const Plan p = make_plan(s, catalog(), o);
    return !to_script(p, kOrigin, catalog(), nullptr).has_value();
  };
  CHECK_FALSE(refused(server()));
  auto s = server();
  s.arch.clear();
  CHECK(refused(s));
  s = server();
  s.build.reset();
  CHECK(refused(s));
  s = server();
  s.product_class.reset();
  CHECK(refused(s));
  s = server();
  s.arch = "ia64";
  CHECK(refused(s));  // the goal "last" is impossible there
  s = server();
  s.nt_version.clear();
  CHECK(refused(s));
}

TEST_CASE("plan script: a file name that is not plain, or a missing file, refuses the whole script") {
  const Plan p = make_plan(server(), catalog(), {});
  auto media = media_for(p);
  media[0].name = "a&b.msu";
  CHECK_FALSE(to_script(p, kOrigin, catalog(), &media).has_value());
  media.erase(media.begin());
  const auto r = to_script(p, kOrigin, catalog(), &media);
  REQUIRE_FALSE(r.has_value());
  CHECK(r.error().code == tq::ErrorCode::not_found);
}

TEST_CASE("plan script: nothing runs behind a step that is not approved") {
  Options o;
  o.has_approvals = true;
  const Plan open = make_plan(server(), catalog(), {});
  const auto first = open.steps[0].kb, second = open.steps[1].kb;
  o.approvals = {{first, "approved", "", "", ""}, {second, "pending", "", "", ""}};
  const auto s = script_of(server(), o);
  CHECK(s.find(fmt::format("set \"TQ_KB={}\"", first)) != std::string::npos);
  CHECK(s.find(fmt::format("KB{} is not approved (pending)", second)) != std::string::npos);
  CHECK(s.find(fmt::format("set \"TQ_KB={}\"", second)) == std::string::npos);
}

namespace {

/// A machine of registry keys and stand-ins inside a Wine prefix of its own. Slow to make: one for all cases.
class WineMachine {
 public:
  static WineMachine& get() {
    static WineMachine m;
    return m;
  }
  [[nodiscard]] bool works() const { return works_; }

  void reset(const std::string& script, const Plan& plan) {
    stdfs::remove_all(c_ / "t");
    stdfs::remove_all(c_ / "TourniquetPlan");
    stdfs::create_directories(c_ / "t/media");
    for (const auto& f : media_for(plan)) {
      put("t/media/" + f.name, "media of " + std::to_string(f.kb));
      put("t/sha256-" + f.name + ".txt", f.sha256 + "\r\n");
      put("t/sha1-" + f.name + ".txt", f.sha1 + "\r\n");
    }
    put("t/apply.cmd", with_stand_ins(script));
    put("t/setup.cmd", kSetup);
    put("t/wusa.cmd", kWusa);
    put("t/certutil.cmd", kCertutil);
    put("t/wmic.cmd", kWmic);
    put("t/restart.cmd", kRestart);
    put("t/boot.txt", "LastBootUpTime=20260101000000.000000+000\r\n");
    put("t/licence.txt", "LicenseStatus=0\r\n");
    cmd("call C:\\t\\setup.cmd >nul 2>nul");
  }
  /// Runs the script with these answers; returns its exit status, and keeps what it printed.
  int apply(const std::string& answers) {
    put("t/answers.txt", answers);
    const std::string t = (c_ / "t").string();
    const int raw = std::system(
        fmt::format("{} wine cmd /d /c 'C:\\t\\apply.cmd' 'C:\\t\\media' <{}/answers.txt >{}/out.txt 2>/dev/null", environment_, t, t)
            .c_str());
    out = read("t/out.txt");
    return raw == -1 ? -1 : (raw >> 8) & 0xFF;
  }
  void restart() { cmd("call C:\\t\\restart.cmd >nul 2>nul"); }
  int cmd(const std::string& line) {
    put("t/line.cmd", "@echo off\r\n" + line + "\r\nexit /b %ERRORLEVEL%\r\n");
    const int raw = std::system((environment_ + " wine cmd /d /c C:\\\\t\\\\line.cmd >/dev/null 2>&1 </dev/null").c_str());
    return raw == -1 ? -1 : (raw >> 8) & 0xFF;
  }
  void put(const std::string& path, const std::string& text) { std::ofstream(c_ / path, std::ios::binary) << text; }
  [[nodiscard]] std::string read(const std::string& path) const {
    std::ifstream f(c_ / path, std::ios::binary);
    std::stringstream s;
    s << f.rdbuf();
    return s.str();
  }
  /// The KBs that the stand-in for wusa was asked to install, in order.
  [[nodiscard]] std::string calls() const { return stdfs::exists(c_ / "t/calls.txt") ? read("t/calls.txt") : std::string(); }
  std::string out;

 private:
  static const char* const kSetup;
  static const char* const kWusa;
  static const char* const kCertutil;
  static const char* const kWmic;
  static const char* const kRestart;

  WineMachine() {
    if (std::system("command -v wine >/dev/null 2>&1") != 0) return;
    char name[] = "/tmp/tq-wine-XXXXXX";
    if (mkdtemp(name) == nullptr) return;
    root_ = name;
    environment_ =
        "env -u DISPLAY WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml,winemenubuilder.exe=' WINEPREFIX=" + root_.string() + "/p";
    // One server for all runs: it is quicker, and keys that Wine does not save stay until the end.
    std::system((environment_ + " wineserver -p >/dev/null 2>&1").c_str());
    std::system((environment_ + " timeout 180 wineboot -i >/dev/null 2>&1 </dev/null").c_str());
    c_ = root_ / "p/drive_c";
    if (!stdfs::exists(c_)) return;
    stdfs::create_directories(c_ / "t");
    works_ = cmd("exit /b 7") == 7;
  }
  ~WineMachine() {
    if (root_.empty()) return;
    std::system((environment_ + " wineserver -k >/dev/null 2>&1").c_str());
    std::error_code ignored;
    stdfs::remove_all(root_, ignored);
  }
  WineMachine(const WineMachine&) = delete;
  WineMachine& operator=(const WineMachine&) = delete;
  WineMachine(WineMachine&&) = delete;
  WineMachine& operator=(WineMachine&&) = delete;

  /// Only the lines that say where the tools are change: all logic stays as it was generated.
  static std::string with_stand_ins(std::string s) {
    const auto swap = [&s](const std::string& from, const std::string& to) {
      const auto at = s.find(from);
      REQUIRE_MESSAGE(at != std::string::npos, from);
      s.replace(at, from.size(), to);
    };
    swap("%SystemRoot%\\System32\\wusa.exe", "C:\\t\\wusa.cmd");
    swap("%SystemRoot%\\System32\\certutil.exe", "C:\\t\\certutil.cmd");
    swap("%SystemRoot%\\System32\\wbem\\wmic.exe", "C:\\t\\wmic.cmd");
    swap("%SystemRoot%\\System32\\shutdown.exe", "C:\\t\\nothing.cmd");
    // Wine's `call` loses the exit status of a script; a cmd of its own keeps it.
    swap("set TQ_RUN=start \"\" /wait", "set TQ_RUN=cmd /c @");
    swap("set \"TQ_TOOL=\"", "set \"TQ_TOOL=cmd /c @\"");
    return s;
  }

  stdfs::path root_, c_;
  std::string environment_;
  bool works_ = false;
};

const char* const WineMachine::kSetup = R"(@echo off
set "NT=HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
set "CBS=HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing"
reg delete "%CBS%" /f
reg add "%CBS%\Packages" /f
reg add "HKU\S-1-5-19" /f
reg add "%NT%" /v CurrentVersion /t REG_SZ /d 6.0 /f
reg add "%NT%" /v CurrentBuildNumber /t REG_SZ /d 6002 /f
reg add "%NT%" /v InstallDate /t REG_DWORD /d 0x4a000001 /f
reg add HKLM\SYSTEM\CurrentControlSet\Control\Windows /v CSDVersion /t REG_DWORD /d 0x200 /f
reg add HKLM\SYSTEM\CurrentControlSet\Control\ProductOptions /v ProductType /t REG_SZ /d ServerNT /f
reg add HKLM\SYSTEM\CurrentControlSet\Services\wuauserv /v Start /t REG_DWORD /d 0x3 /f
)";
// wusa FILE /quiet /norestart: writes the package as servicing would. C:\t\code_KB... makes it fail with that code;
// C:\t\silent_KB... makes it report success and do nothing; stacks and preparations need no restart.
const char* const WineMachine::kWusa = R"(@echo off
set "CBS=HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing"
set "W_KB="
for /f "tokens=2 delims=-" %%K in ("%~n1") do set "W_KB=%%K"
>> C:\t\calls.txt echo %W_KB%
if exist C:\t\code_%W_KB%.txt goto :fails
if exist C:\t\silent_%W_KB%.txt exit /b 0
if exist C:\t\atonce_%W_KB%.txt goto :atonce
reg add "%CBS%\Packages\Package_for_%W_KB%~31bf3856ad364e35~amd64~~6.0.4.0" /v CurrentState /t REG_DWORD /d 0x60 /f >nul
reg add "%CBS%\RebootPending" /f >nul
>> C:\t\pending.txt echo %W_KB%
exit /b 3010
:atonce
reg add "%CBS%\Packages\Package_for_%W_KB%~31bf3856ad364e35~amd64~~6.0.4.0" /v CurrentState /t REG_DWORD /d 0x7 /f >nul
exit /b 0
:fails
for /f %%C in (C:\t\code_%W_KB%.txt) do exit /b %%C
)";
// certutil -hashfile FILE SHA256: prints in a foreign language around the digest; without C:\t\new it knows SHA-1 only.
const char* const WineMachine::kCertutil = R"(@echo off
if /i "%3"=="SHA1" goto :sha1
if not exist C:\t\new exit /b -2146893816
echo SHA256-Hash der Datei:
type "C:\t\sha256-%~nx2.txt"
echo CertUtil: Befehl wurde erfolgreich ausgefuehrt.
exit /b 0
:sha1
echo SHA1-Hash der Datei:
type "C:\t\sha1-%~nx2.txt"
exit /b 0
)";
const char* const WineMachine::kWmic = R"(@echo off
if "%1"=="os" type C:\t\boot.txt
if "%1"=="path" type C:\t\licence.txt
exit /b 0
)";
// What a restart does: pending packages are installed, a month of Windows brings the new build.
const char* const WineMachine::kRestart = R"(@echo off
set "CBS=HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing"
if exist C:\t\pending.txt for /f %%K in (C:\t\pending.txt) do reg add "%CBS%\Packages\Package_for_%%K~31bf3856ad364e35~amd64~~6.0.4.0" /v CurrentState /t REG_DWORD /d 0x70 /f
if exist C:\t\pending.txt del C:\t\pending.txt
reg delete "%CBS%\RebootPending" /f
if exist C:\t\rollup.txt reg add "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion" /v CurrentBuildNumber /t REG_SZ /d 6003 /f
echo LastBootUpTime=20260102000000.000000+000> C:\t\boot.txt
if exist C:\t\second.txt echo LastBootUpTime=20260103000000.000000+000> C:\t\boot.txt
echo x> C:\t\second.txt
)";

std::string squeezed(std::string s) {
  std::erase(s, '\r');
  std::replace(s.begin(), s.end(), '\n', ' ');
  return s;
}

}  // namespace

TEST_CASE("plan script: run by Wine's cmd with stand-ins for the installers") {
  auto& m = WineMachine::get();
  if (!m.works()) {
    MESSAGE("SKIPPED: wine is not installed, or does not start");
    return;
  }
  const Plan p = make_plan(server(), catalog(), {});
  REQUIRE(p.steps.size() == 8);  // stack, SHA-2, restart, newest stack, preparation, licence, rollup, restart
  const std::string script = script_of(server(), {});
  const auto kb = [&](std::size_t i) { return "KB" + std::to_string(p.steps[i].kb); };
  const auto fresh = [&] {
    m.reset(script, p);
    for (const std::size_t i : {0u, 3u, 4u}) m.put("t/atonce_" + kb(i) + ".txt", "x");
  };

  SUBCASE("the whole way: two restarts, a licence, each update once") {
    fresh();
    CHECK(m.apply("YES\r\n") == (3010 & 0xFF));
    CHECK(squeezed(m.calls()) == kb(0) + " " + kb(1) + " ");
    INFO(m.out);
    CHECK(m.apply("YES\r\n") == (3010 & 0xFF));  // not restarted: nothing more is done
    CHECK(squeezed(m.calls()) == kb(0) + " " + kb(1) + " ");
    m.restart();
    m.put("t/new", "x");             // from here on certutil knows SHA-256
    CHECK(m.apply("YES\r\n") == 1);  // no licence
    CHECK(m.out.find("no licence for ESU year 6") != std::string::npos);
    CHECK(squeezed(m.calls()) == kb(0) + " " + kb(1) + " " + kb(3) + " " + kb(4) + " ");
    m.put("t/licence.txt", "LicenseStatus=1\r\n");
    CHECK(m.apply("YES\r\n") == (3010 & 0xFF));
    CHECK(squeezed(m.calls()) == kb(0) + " " + kb(1) + " " + kb(3) + " " + kb(4) + " " + kb(6) + " ");
    m.put("t/rollup.txt", "x");
    m.restart();
    CHECK(m.apply("YES\r\n") == 0);
    CHECK(m.out.find("every step is done") != std::string::npos);
    CHECK(squeezed(m.calls()) == kb(0) + " " + kb(1) + " " + kb(3) + " " + kb(4) + " " + kb(6) + " ");
  }
  SUBCASE("not confirmed: nothing happens") {
    fresh();
    CHECK(m.apply("NO\r\n") == 2);
    CHECK(m.calls().empty());
  }
  SUBCASE("another machine, build, processor, product or rights: refused") {
    const std::string nt = "\"HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\"";
    std::string runs;
    std::size_t count = 0;
    for (const std::string& change :
         {"reg add " + nt + " /v InstallDate /t REG_DWORD /d 0x4a000002 /f",
          "reg add " + nt + " /v CurrentBuildNumber /t REG_SZ /d 6003 /f", "reg add " + nt + " /v CurrentVersion /t REG_SZ /d 6.1 /f",
          std::string("reg delete HKU\\S-1-5-19 /f"),
          std::string("reg add HKLM\\SYSTEM\\CurrentControlSet\\Control\\ProductOptions /v ProductType /t REG_SZ /d WinNT /f"),
          std::string("reg add HKLM\\SYSTEM\\CurrentControlSet\\Control\\Windows /v CSDVersion /t REG_DWORD /d 0x100 /f")}) {
      runs += "call C:\\t\\setup.cmd >nul 2>nul\r\n" + change + " >nul 2>nul\r\n";
      runs += "call C:\\t\\apply.cmd C:\\t\\media < C:\\t\\answers.txt >> C:\\t\\out.txt\r\n";
      ++count;
    }
    // One process for all of them: each start of Wine costs seconds on a busy machine.
    fresh();
    m.put("t/answers.txt", "YES\r\n");
    m.cmd(runs);
    const std::string said = m.read("t/out.txt");
    std::size_t refused = 0;
    for (auto at = said.find("REFUSED"); at != std::string::npos; at = said.find("REFUSED", at + 1)) ++refused;
    CHECK_MESSAGE(refused == count, said);
    CHECK(m.calls().empty());
  }
  SUBCASE("files that are missing, short or changed stop before the installer") {
    const std::string name = "Windows6.0-" + kb(0) + "-x64.msu";
    fresh();
    m.cmd("del C:\\t\\media\\" + name);
    CHECK(m.apply("YES\r\n") == 1);
    CHECK(m.out.find("is not in the folder") != std::string::npos);
    m.put("t/media/" + name, "short");
    CHECK(m.apply("YES\r\n") == 1);
    CHECK(m.out.find("not as long") != std::string::npos);
    fresh();
    m.put("t/sha1-" + name + ".txt", std::string(40, '0') + "\r\n");
    CHECK(m.apply("YES\r\n") == 1);
    CHECK(m.out.find("digest differs") != std::string::npos);
    CHECK(m.calls().empty());
  }
  SUBCASE("a failing installer stops with the meaning of its code, and success that did nothing is noticed") {
    fresh();
    m.put("t/code_" + kb(0) + ".txt", "-2145124329\r\n");
    CHECK(m.apply("YES\r\n") == 1);
    CHECK(m.out.find("not for this machine") != std::string::npos);
    CHECK(squeezed(m.calls()) == kb(0) + " ");
    fresh();
    m.put("t/silent_" + kb(0) + ".txt", "x");
    CHECK(m.apply("YES\r\n") == 1);
    CHECK(m.out.find("servicing does not list") != std::string::npos);
    fresh();
    m.cmd("reg add HKLM\\SYSTEM\\CurrentControlSet\\Services\\wuauserv /v Start /t REG_DWORD /d 0x4 /f >nul");
    CHECK(m.apply("YES\r\n") == 1);
    CHECK(m.out.find("wuauserv is disabled") != std::string::npos);
    CHECK(m.calls().empty());
  }
}
