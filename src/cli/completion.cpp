// Shell completions, made from the same data as the help.
#include <fmt/format.h>

#include <algorithm>

#include "cli/support/common.hpp"

namespace tq::cli {
namespace {

constexpr Option kCompletionOptions[] = {kOutput};

struct Spelled {
  std::string name;     ///< "--output"
  std::string choices;  ///< "text|json"; empty when free
  bool takes_value = false;
  const char* help = "";
};

/// "-o,--output" is two spellings of one option.
std::vector<Spelled> spellings(const Command& c) {
  std::vector<Spelled> out;
  for (const Option& o : c.options) {
    const std::string names = o.name;
    for (std::size_t at = 0; at < names.size();) {
      const std::size_t end = std::min(names.find(',', at), names.size());
      out.push_back({names.substr(at, end - at), closed_choices(o), *o.value != 0, o.help});
      at = end + 1;
    }
  }
  return out;
}

std::string spaced(std::string words) {
  std::replace(words.begin(), words.end(), '|', ' ');
  return words;
}

std::string bash() {
  std::string names, cases;
  for (const Command* c : all()) {
    names += std::string(names.empty() ? "" : " ") + c->name;
    std::string options, values;
    for (const auto& s : spellings(*c)) {
      options += (options.empty() ? "" : " ") + s.name;
      if (!s.choices.empty())
        values += fmt::format("        {}) COMPREPLY=($(compgen -W '{}' -- \"$cur\")); return ;;\n", s.name, spaced(s.choices));
    }
    cases += fmt::format("    {})\n      case $prev in\n{}      esac\n      options='{}' ;;\n", c->name, values, options);
  }
  return fmt::format(R"(# bash completion for tourniquet
_tourniquet() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} options=
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W '{} --help --version' -- "$cur"))
    return
  fi
  case ${{COMP_WORDS[1]}} in
{}  esac
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$options --help" -- "$cur"))
  else
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -f -- "$cur"))
  fi
}}
complete -F _tourniquet tourniquet
)",
                     names, cases);
}

std::string quoted(std::string_view s) {
  std::string out;
  for (const char c : s) {
    if (c == '\'') out += "'\\'";
    out += c;
  }
  return out;
}

std::string zsh() {
  std::string commands, cases;
  for (const Command* c : all()) {
    commands += fmt::format("    '{}:{}'\n", c->name, quoted(c->summary));
    std::string args;
    for (const auto& s : spellings(*c)) {
      const std::string value = !s.takes_value ? "" : s.choices.empty() ? ":value:_files" : fmt::format(":value:({})", spaced(s.choices));
      std::string help = quoted(s.help);
      std::replace(help.begin(), help.end(), '[', '(');
      std::replace(help.begin(), help.end(), ']', ')');
      args += fmt::format(" '{}[{}]{}'", s.name, help, value);
    }
    cases += fmt::format("    {}) _arguments{} '*:file:_files' ;;\n", c->name, args);
  }
  return fmt::format(R"(#compdef tourniquet
_tourniquet() {{
  local -a commands
  commands=(
{}  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
{}  esac
}}
_tourniquet "$@"
)",
                     commands, cases);
}

std::string fish() {
  std::string out = "# fish completion for tourniquet\n";
  for (const Command* c : all()) {
    out += fmt::format("complete -c tourniquet -n __fish_use_subcommand -a {} -d '{}'\n", c->name, quoted(c->summary));
    for (const auto& s : spellings(*c)) {
      const bool is_long = s.name.starts_with("--");
      out += fmt::format("complete -c tourniquet -n '__fish_seen_subcommand_from {}' {} {}{}{} -d '{}'\n", c->name, is_long ? "-l" : "-s",
                         s.name.substr(is_long ? 2 : 1), s.takes_value ? " -r" : "",
                         s.choices.empty() ? "" : fmt::format(" -f -a '{}'", spaced(s.choices)), quoted(s.help));
    }
  }
  return out;
}

int run_completion(const Args& args) {
  const std::string& shell = args.positional.front();
  if (shell == "bash") return deliver(args, bash(), kNothingFound);
  if (shell == "zsh") return deliver(args, zsh(), kNothingFound);
  if (shell == "fish") return deliver(args, fish(), kNothingFound);
  complain("completions are made for bash, zsh and fish, not for '" + shell + "'");
  return kUsage;
}

}  // namespace

extern const Command completion;
const Command completion{"completion", "write completions for bash, zsh or fish", "SHELL", kCompletionOptions, run_completion};

}  // namespace tq::cli
