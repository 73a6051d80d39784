#include "tests/support/less_known.hpp"

#include <algorithm>
#include <vector>

#include "facts/reconcile.hpp"

namespace tq::test {
namespace {

class Denied {
 public:
  Denied(const model::Facts& sound, const model::Facts& less) {
    const auto &a = sound.configuration, &b = less.configuration;
    const auto name = [](const auto& x) { return x.name; };
    list("services", a.services, b.services, b.services_read, name);
    list("programs", a.programs, b.programs, b.programs_read, name);
    list("driver packages", a.driver_packages, b.driver_packages, b.driver_packages_read, [](const auto& x) { return x.inf; });
    list("roles", a.roles, b.roles, b.roles_read, [](const auto& x) { return x.id; });
    list("addresses", a.addresses, b.addresses, b.network_read, [](const auto& x) { return x.address; });
    list("shares", a.shares, b.shares, b.shares_read, name);
    list("firewall rules", a.firewall_rules, b.firewall_rules, b.firewall_read, [](const auto& x) { return x.id; });
    list("tasks", a.tasks, b.tasks, b.tasks_read, [](const auto& x) { return x.path; });
    list("volumes", a.volumes, b.volumes, b.volumes_read, [](const auto& x) { return x.mount; });
    list("packages", sound.packages, less.packages, less.packages_read, [](const auto& x) { return x.identity; });
    list("msi updates", sound.hotfixes, less.hotfixes, less.msi_updates_read,
         [](const auto& x) { return x.source + std::to_string(x.kb); });
    software("internet_explorer", sound, less, less.internet_explorer_read);
    software("dotnet", sound, less, less.dotnet_read);
    software("iis", sound, less, less.server_software_read);
    for (const auto& s : less.software)
      one("version", sound.software, s.name + " " + s.version, [](const auto& x) { return x.name + " " + x.version; });
    const auto known = [](const auto& x) { return x.identity + " " + to_string(x.state); };
    for (const auto& p : less.packages)
      if (p.state != model::PackageState::unknown) one("state of a package", sound.packages, known(p), known);
    for (const auto& w : less.build_witnesses)
      if (std::none_of(sound.build_witnesses.begin(), sound.build_witnesses.end(), [&](const auto& s) {
            return s.source == w.source && (!w.build || s.build == w.build) && (!w.revision || s.revision == w.revision);
          }))
        say("witness " + w.source + " " + w.says);
    const auto hotfix = [](const auto& h) { return h.source + " " + std::to_string(h.kb); };
    for (const auto& h : less.hotfixes) one("hotfix", sound.hotfixes, hotfix(h), hotfix);
    for (const auto& l : less.hotfix_lists)
      if (l.complete)
        for (const auto& h : sound.hotfixes)
          if (h.source == l.source) one("whole list without", less.hotfixes, hotfix(h), hotfix);
    if (!less.identity.nt_version.empty() && less.identity.nt_version != sound.identity.nt_version) say("NT version");
    if (!less.identity.arch.empty() && less.identity.arch != sound.identity.arch) say("architecture");
    no("pending operations", sound.servicing.pending_operations, less.servicing.pending_operations);
    no("SHA-2", sound.sha2_values, less.sha2_values);
    no("Azure", sound.licence.azure, less.licence.azure);
    no("Server Core", sound.identity.server_core, less.identity.server_core);
    if (less.identity.service_pack && less.identity.service_pack != sound.identity.service_pack) say("service pack");
    for (const auto& s : b.settings)
      if (s.state == model::SettingState::absent)
        one("setting", a.settings, s.id + " absent", [](const auto& x) { return x.id + " " + to_string(x.state); });
    const auto component = [](const auto& x) { return x.source + " " + x.arch + " " + x.name; };
    if (less.components_read == model::Tri::yes)
      for (const auto& k : sound.components)
        if (k.source == "components") one("component", less.components, component(k), component);
    for (const auto& c : less.components)
      if (c.owned == model::Tri::no)
        one("owner", sound.components, c.source + c.name + "no", [](const auto& x) { return x.source + x.name + to_string(x.owned); });
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void say(const std::string& what) { text_ += what + "; "; }
  void no(const char* what, model::Tri sound, model::Tri less) {
    if (less == model::Tri::no && sound != model::Tri::no) say(what);
  }
  template <class T, class Key>
  void one(const std::string& what, const std::vector<T>& in, const std::string& wanted, Key key) {
    if (std::none_of(in.begin(), in.end(), [&](const T& x) { return key(x) == wanted; })) say(what + " " + wanted);
  }
  template <class T, class Key>
  void list(const std::string& what, const std::vector<T>& sound, const std::vector<T>& less, model::Tri read, Key key) {
    if (read != model::Tri::yes) return;
    for (const T& x : sound) one(what, less, key(x), key);
  }
  void software(const std::string& name, const model::Facts& sound, const model::Facts& less, model::Tri read) {
    const auto key = [](const auto& x) { return x.name + " " + x.version; };
    if (read != model::Tri::yes) return;
    for (const auto& s : sound.software)
      if (s.name == name) one("software", less.software, key(s), key);
  }
  std::string text_;
};

class Invented {
 public:
  Invented(const model::Verdict& sound, const model::Verdict& less) {
    using model::ExposureState;
    using model::Standing;
    if (less.build.number && less.build.number != sound.build.number) say("build");
    if (less.build.status == Standing::contradicted && sound.build.status != Standing::contradicted) say("contradiction");
    if (less.level && (!sound.level || sound.level->month < less.level->month)) say("level");
    for (const auto& g : less.goals)
      for (const auto& s : sound.goals)
        if (g.name == s.name) tri("goal " + g.name, s.reached, g.reached);
    std::vector<std::uint32_t> lacking;
    for (const auto& m : sound.missing) {
      lacking.push_back(m.kb);
      lacking.insert(lacking.end(), m.covers.begin(), m.covers.end());
    }
    for (const auto& m : less.missing) {
      known("missing", lacking, m.kb);
      for (const auto kb : m.covers) known("covers", lacking, kb);
    }
    // A package that is there is listed as installed unless it is asked for again, in a later release.
    std::vector<std::uint32_t> installed = lacking;
    for (const auto& i : sound.installed) installed.push_back(i.kb);
    for (const auto& u : sound.unknown) installed.push_back(u.kb);
    for (const auto& i : less.installed) known("installed", installed, i.kb);
    for (const auto cve : less.cves.missing) known("CVE", sound.cves.missing, cve);
    tri("SHA-2", sound.esu.sha2, less.esu.sha2);
    tri("stack", sound.esu.stack_sufficient, less.esu.stack_sufficient);
    tri("preparation", sound.esu.preparation, less.esu.preparation);
    if (less.esu.bypass.size() > sound.esu.bypass.size()) say("bypass");
    if (less.esu.licence != "unknown" && less.esu.licence != sound.esu.licence) say("licence");
    for (const auto& e : less.exposure)
      for (const auto& s : sound.exposure)
        if (e.id == s.id && e.state != ExposureState::unknown &&
            (is_open(e.state) != is_open(s.state) || is_closed(e.state) != is_closed(s.state)))
          say("exposure " + e.id + " " + to_string(e.state));
    std::vector<std::string> paths, bars;
    for (const auto& x : sound.migration.paths) paths.push_back(x.kind + " " + x.to);
    for (const auto& x : sound.migration.impossible) bars.push_back(x.to);
    for (const auto& x : less.migration.paths) known("path", paths, x.kind + " " + x.to);
    for (const auto& x : less.migration.impossible) known("impossible", bars, x.to);
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void say(const std::string& what) { text_ += what + "; "; }
  void tri(const std::string& what, model::Tri sound, model::Tri less) {
    if (less != model::Tri::unknown && less != sound) say(what);
  }
  void known(const std::string& what, const std::vector<std::uint32_t>& list, std::uint32_t x) {
    if (std::find(list.begin(), list.end(), x) == list.end()) say(what + " " + std::to_string(x));
  }
  void known(const std::string& what, const std::vector<std::string>& list, const std::string& x) {
    if (std::find(list.begin(), list.end(), x) == list.end()) say(what + " " + x);
  }
  std::string text_;
};

}  // namespace

model::Verdict Judging::verdict(model::Facts facts) const {
  facts::reconcile(facts);
  return judge::judge(facts, knowledge_, {.as_of = {2026, 11, 20}, .line = judge::UpdateLine::rollup});
}

std::string denied(const model::Facts& sound, const model::Facts& less) { return Denied(sound, less).text(); }
std::string invented(const model::Verdict& sound, const model::Verdict& less) { return Invented(sound, less).text(); }

}  // namespace tq::test
