#include "judge/migration/conditions.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "judge/migration/lists.hpp"

namespace tq::judge {
namespace {

using model::Tri;

constexpr std::string_view kWords[] = {"arch", "edition", "role", "service", "software", "program", "task", "exposure"};

ConditionAnswer of_word(std::string_view wanted, std::string_view found, const char* what) {
  if (found.empty()) return {};
  if (wanted != found) return {Tri::no, {}};
  return {Tri::yes, {fmt::format("{}: {}", what, found)}};
}

/// What holds is in the list; what is not in a list that was read does not hold.
template <class List, class Matches, class Says>
ConditionAnswer of_list(const List& list, Tri read, Matches matches, Says says) {
  ConditionAnswer a;
  for (const auto& x : list)
    if (matches(x)) a.evidence.push_back(says(x));
  a.holds = !a.evidence.empty() ? Tri::yes : read == Tri::yes ? Tri::no : Tri::unknown;
  return a;
}

ConditionAnswer of_role(std::string_view id, const model::Facts& f) {
  auto a = of_list(
      f.configuration.roles, f.configuration.roles_read, [&](const auto& r) { return r.id == id; },
      [](const auto& r) { return cited(r.says, r.where); });
  if (id != "ad_ds" || a.holds == Tri::yes) return a;
  if (f.identity.product_type == "domain_controller") return {Tri::yes, {"product type: domain controller"}};
  return a;
}

ConditionAnswer of_service(std::string_view name, const model::Facts& f) {
  return of_list(
      f.configuration.services, f.configuration.services_read,
      [&](const auto& s) { return iequals(s.name, name) && s.start != model::kStartDisabled; },
      [](const auto& s) { return cited("service " + s.name, s.where); });
}

ConditionAnswer of_software(std::string_view name, const model::Facts& f) {
  const Tri read = name == "internet_explorer" ? f.internet_explorer_read : name == "dotnet" ? f.dotnet_read : f.server_software_read;
  return of_list(
      f.software, read, [&](const auto& s) { return s.name == name; },
      [](const auto& s) { return cited(s.name + " " + s.version, s.where); });
}

ConditionAnswer of_program(std::string_view name, const model::Facts& f) {
  return of_list(
      f.configuration.programs, f.configuration.programs_read, [&](const auto& p) { return istarts_with(p.name, name); },
      [](const auto& p) { return cited(p.name, p.where); });
}

/// Where only the names of tasks were read, what they start is not known; Windows' own tasks are no concern here.
ConditionAnswer of_task(std::string_view part, const model::Facts& f) {
  auto a = of_list(
      f.configuration.tasks, f.configuration.tasks_read, [&](const auto& t) { return ifind(t.command, part) != std::string::npos; },
      [](const auto& t) { return cited("task " + t.path, t.where); });
  const auto silent = [](const auto& t) { return t.command.empty() && !istarts_with(t.path, "\\Microsoft\\"); };
  if (a.holds == Tri::no && std::any_of(f.configuration.tasks.begin(), f.configuration.tasks.end(), silent)) a.holds = Tri::unknown;
  return a;
}

ConditionAnswer of_exposure(std::string_view id, const Standpoint& at) {
  if (at.exposure == nullptr) return {};
  for (const auto& e : *at.exposure) {
    if (e.id != id) continue;
    switch (e.state) {
      case model::ExposureState::open:
      case model::ExposureState::default_open: return {Tri::yes, {cited(e.what, e.evidence)}};
      case model::ExposureState::closed:
      case model::ExposureState::default_closed: return {Tri::no, {}};
      case model::ExposureState::unknown: return {};
    }
  }
  return {};
}

ConditionAnswer ask_one(std::string_view word, std::string_view subject, const model::Facts& f, const Standpoint& at) {
  if (word == "arch") return of_word(subject, at.arch, "processor");
  if (word == "edition") return of_word(subject, at.edition, "edition");
  if (word == "role") return of_role(subject, f);
  if (word == "service") return of_service(subject, f);
  if (word == "software") return of_software(subject, f);
  if (word == "program") return of_program(subject, f);
  if (word == "task") return of_task(subject, f);
  if (word == "exposure") return of_exposure(subject, at);
  return {Tri::no, {}};
}

}  // namespace

std::string cited(const std::string& says, const std::string& where) { return where.empty() ? says : says + " (" + where + ")"; }

ConditionAnswer ask(const std::vector<std::string_view>& condition, const model::Facts& facts, const Standpoint& at) {
  ConditionAnswer all{Tri::yes, {}};
  for (const auto part : condition) {
    if (part == "always") continue;
    const auto colon = std::min(part.find(':'), part.size());
    auto one = ask_one(part.substr(0, colon), part.substr(std::min(colon + 1, part.size())), facts, at);
    if (one.holds == Tri::no) return {Tri::no, {}};
    if (one.holds == Tri::unknown) all.holds = Tri::unknown;
    for (auto& e : one.evidence) all.evidence.push_back(std::move(e));
  }
  if (all.holds != Tri::yes) all.evidence.clear();
  return all;
}

bool known_condition(std::string_view condition) {
  if (condition == "always") return true;
  const auto parts = split_list(condition, "+");
  return !parts.empty() && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
    const auto colon = part.find(':');
    return colon != std::string_view::npos && colon + 1 < part.size() &&
           std::find(std::begin(kWords), std::end(kWords), part.substr(0, colon)) != std::end(kWords);
  });
}

}  // namespace tq::judge
