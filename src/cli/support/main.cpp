// The only file that knows CLI11.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>

#include "cli/command.hpp"
#include "cli/support/common.hpp"
#include "cli/support/version.hpp"
#include "core/text.hpp"
#include "io/output.hpp"
#include "io/sandbox.hpp"

namespace tq::cli {
namespace {

struct Wired {
  const Command* command;
  CLI::App* app;
  Args args;
  std::map<std::string, CLI::Option*> options;
};

/// "text|json" -> the words.
std::vector<std::string> words(const std::string& s) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at <= s.size();) {
    const auto bar = std::min(s.find('|', at), s.size());
    out.push_back(s.substr(at, bar - at));
    at = bar + 1;
  }
  return out;
}

void wire(Wired& w) {
  if (*w.command->operand != 0) w.app->add_option(w.command->operand, w.args.positional)->required()->type_name("");
  for (const Option& o : w.command->options) {
    if (*o.value == 0) {
      w.options[o.name] = w.app->add_flag(o.name, o.help);
      continue;
    }
    // One argument each time; an option may be given again, and Args::get takes the last.
    auto* opt = w.app->add_option(o.name, w.args.given[o.name], o.help)
                    ->type_name(o.value)
                    ->type_size(1)
                    ->expected(1)
                    ->allow_extra_args(false)
                    ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    if (const std::string closed = closed_choices(o); !closed.empty()) opt->check(CLI::IsMember(words(closed)));
    w.options[o.name] = opt;
  }
}

/// A command that other builds have is named with its reason, instead of being called unknown.
bool is_left_out(int argc, char** argv) {
  if (argc < 2) return false;
  for (const LeftOut& l : left_out()) {
    if (std::string_view(argv[1]) != l.name) continue;
    complain(std::string("this build cannot: ") + l.name + " (it needs " + l.needs + "). Use the Linux build for it.");
    return true;
  }
  return false;
}

std::string footer() {
  std::string names;
  for (const LeftOut& l : left_out()) names += std::string(names.empty() ? "" : ", ") + l.name;
  return names.empty() ? names : "This build cannot: " + names + ".";
}

void settle(Wired& w) {
  for (const auto& [name, opt] : w.options) {
    const std::string key = name.substr(0, name.find(','));
    std::vector<std::string> values = w.args.given.contains(name) ? w.args.given[name] : std::vector<std::string>{};
    w.args.given.erase(name);
    if (opt->count() == 0) continue;
    if (values.empty()) values.emplace_back();
    w.args.given[key] = std::move(values);
  }
}

/// From here on the program can write where it was told to, and nowhere else.
void give_up_rights(const Command& command, const Args& args) {
  if (!command.sandboxed) return;
  std::vector<std::string> folders;
  for (const Option& o : command.options) {
    const std::string_view name = o.name;
    const std::string value = o.writes ? args.get(std::string(name.substr(0, name.find(',')))) : std::string();
    if (value.empty() || value == "-") continue;
    folders.push_back(io::folder_of(value));
    folders.push_back(value);  // a folder that is there already
  }
  // The library that writes workbooks puts its parts together in temporary files.
  if (args.get("--format") == "xlsx") folders.emplace_back("/tmp");
  io::enter_sandbox(folders);
}

int parse_and_run(int argc, char** argv) {
  // 1. A command that only other builds have.
  if (is_left_out(argc, argv)) return kUsage;

  // 2. Every command of src/cli, each a file, with its options.
  CLI::App app{"Tells, offline and read-only, which Windows build a machine really has and how far it is patched.", "tourniquet"};
  app.set_version_flag("--version", std::string("tourniquet ") + kVersion);
  app.footer(footer());
  app.require_subcommand(1);
  std::vector<std::unique_ptr<Wired>> wired;
  for (const Command* c : all()) {
    auto w = std::make_unique<Wired>(Wired{c, app.add_subcommand(c->name, c->summary), {}, {}});
    wire(*w);
    wired.push_back(std::move(w));
  }

  // 3. What the user typed.
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) {
      app.exit(e);
      return kNothingFound;
    }
    // CLI11 repeats the offending words, which may come from a script's variables: escaped like everything foreign.
    std::fprintf(stderr, "tourniquet: %s\nSee 'tourniquet --help'.\n", printable(e.what()).c_str());
    return kUsage;
  }
  const auto chosen = std::find_if(wired.begin(), wired.end(), [](const auto& w) { return w->app->parsed(); });
  if (chosen == wired.end()) return kUsage;
  Wired& w = **chosen;
  settle(w);

  // 4. Before the first byte of a target: give up what reading does not need.
  give_up_rights(*w.command, w.args);

  // 5. The command itself; check.cpp is the main job.
  return w.command->run(w.args);
}

}  // namespace

std::string Args::get(const std::string& option, const std::string& otherwise) const {
  const auto it = given.find(option);
  return it == given.end() || it->second.empty() ? otherwise : it->second.back();
}

int run_main(int argc, char** argv) {
  // Bad input is never an exception here; what arrives is a full memory or an error of a library.
  try {
    return parse_and_run(argc, argv);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "tourniquet: internal error: %s\n", printable(e.what()).c_str());
    return kInternal;
  }
}

}  // namespace tq::cli
