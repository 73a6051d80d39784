// The manual pages, made from the same data as the help, so that the two cannot disagree: one that holds everything, or one a command
// for a folder of manual pages.
#include <fmt/format.h>

#include "cli/support/common.hpp"
#include "cli/support/version.hpp"
#include "io/output.hpp"

namespace tq::cli {
namespace {

constexpr Option kManualOptions[] = {
    kOutput, {"--into", "FOLDER", "write a page for the program and one for each command into FOLDER", "", nullptr, true}};

struct ExitStatus {
  int number;
  const char* meaning;
};
constexpr ExitStatus kExitStatuses[] = {
    {kNothingFound, "everything needed was read; nothing was found"},
    {kFindings, "there are findings"},
    {kUsage, "wrong use of the command line"},
    {kUnreadable, "a target could not be read at all"},
    {kIncomplete, "read, but incomplete: something that was asked for is not known"},
    {kCatalog, "the catalog is damaged, refused, or older than --max-age"},
    {kInternal, "the output could not be written, or an internal error"},
};

/// Text for troff: a backslash, a leading dot or quote, and a hyphen mean something to it.
std::string troff(std::string_view s) {
  std::string out;
  for (const char c : s) {
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else if (c == '|')
      out += "|\\:";  // a long list of choices may break here
    else if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n'))
      out += std::string("\\&") + c;
    else
      out += c;
  }
  return out;
}

std::string option(const Option& o) {
  const std::string choices = closed_choices(o);
  std::string out = fmt::format(".TP\n.B {}", troff(o.name));
  if (*o.value != 0) out += fmt::format(" \\fI{}\\fR", troff(o.value));
  out += "\n" + troff(o.help);
  if (!choices.empty()) out += troff(" (" + choices + ")");
  return out + "\n";
}

std::string heading(const std::string& title) {
  return fmt::format(".TH {} 1 \"\" \"tourniquet {}\" \"User Commands\"\n.SH NAME\n", troff(title), kVersion);
}

std::string statuses() {
  std::string out = ".SH EXIT STATUS\n";
  for (const auto& s : kExitStatuses) out += fmt::format(".TP\n.B {}\n{}\n", s.number, troff(s.meaning));
  return out + ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nwhen set and not empty, nothing is coloured\n";
}

std::string introduction() {
  return heading("TOURNIQUET") +
         "tourniquet \\- tells which Windows build a machine really has and how far it is patched\n"
         ".SH SYNOPSIS\n.B tourniquet\n\\fICOMMAND\\fR [\\fIOPTION\\fR]... [\\fIARGUMENT\\fR]...\n"
         ".SH DESCRIPTION\nReads disk images, mounted volumes, registry hives and inventories of Windows machines, offline and without "
         "changing them, and says which build and which month's updates they have, what is missing, and what leads there. "
         "A target is recognised by its content. \\- stands for standard input.\n.SH COMMANDS\n";
}

/// Everything in one page.
std::string whole_page() {
  std::string out = introduction();
  for (const Command* c : all()) {
    out += fmt::format(".SS \"tourniquet {} {}\"\n{}\n", troff(c->name), troff(c->operand), troff(c->summary));
    for (const Option& o : c->options) out += option(o);
  }
  return out + statuses();
}

std::string page_name(const Command& c) { return std::string("tourniquet-") + c.name; }

/// The program, with a line for each command that names its own page.
std::string overview_page() {
  std::string out = introduction();
  for (const Command* c : all()) out += fmt::format(".TP\n.BR {} (1)\n{}\n", troff(page_name(*c)), troff(c->summary));
  return out + statuses();
}

std::string command_page(const Command& c) {
  std::string out = heading(page_name(c)) + fmt::format("{} \\- {}\n", troff(page_name(c)), troff(c.summary));
  out += fmt::format(".SH SYNOPSIS\n.B tourniquet {}\n[\\fIOPTION\\fR]...", troff(c.name));
  if (*c.operand != 0) out += fmt::format(" \\fI{}\\fR...", troff(c.operand));
  out += "\n.SH OPTIONS\n";
  for (const Option& o : c.options) out += option(o);
  return out + statuses() + ".SH SEE ALSO\n.BR tourniquet (1)\n";
}

int write_folder(const std::string& folder) {
  std::vector<std::pair<std::string, std::string>> pages{{"tourniquet", overview_page()}};
  for (const Command* c : all()) pages.emplace_back(page_name(*c), command_page(*c));
  for (const auto& [name, text] : pages)
    if (const auto s = io::write_output(folder + "/" + name + ".1", text, {}); !s) {
      complain(s.error().text());
      return kInternal;
    }
  return kNothingFound;
}

int run_manual(const Args& args) {
  if (args.has("--into")) return write_folder(args.get("--into"));
  return deliver(args, whole_page(), kNothingFound);
}

}  // namespace

extern const Command manual;
const Command manual{"manual", "write the manual page, or a folder of them", "", kManualOptions, run_manual};

}  // namespace tq::cli
