// The manual page, made from the same data as the help, so that the two cannot disagree.
#include <fmt/format.h>

#include "cli/support/common.hpp"
#include "cli/support/version.hpp"

namespace tq::cli {
namespace {

constexpr Option kOptions[] = {kOutput};

struct Status {
  int number;
  const char* meaning;
};
constexpr Status kStatuses[] = {
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

std::string page() {
  std::string out = fmt::format(".TH TOURNIQUET 1 \"\" \"tourniquet {}\" \"User Commands\"\n", kVersion);
  out += ".SH NAME\ntourniquet \\- tells which Windows build a machine really has and how far it is patched\n";
  out += ".SH SYNOPSIS\n.B tourniquet\n\\fICOMMAND\\fR [\\fIOPTION\\fR]... [\\fIARGUMENT\\fR]...\n";
  out +=
      ".SH DESCRIPTION\nReads disk images, mounted volumes, registry hives and inventories of Windows machines, offline and without "
      "changing them, and says which build and which month's updates they have, what is missing, and what leads there. "
      "A target is recognised by its content. \\- stands for standard input.\n.SH COMMANDS\n";
  for (const Command* c : all()) {
    out += fmt::format(".SS \"tourniquet {} {}\"\n{}\n", troff(c->name), troff(c->operand), troff(c->summary));
    for (const Option& o : c->options) out += option(o);
  }
  out += ".SH EXIT STATUS\n";
  for (const auto& s : kStatuses) out += fmt::format(".TP\n.B {}\n{}\n", s.number, troff(s.meaning));
  out += ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nwhen set and not empty, nothing is coloured\n";
  return out;
}

int run_manual(const Args& args) { return deliver(args, page(), kNothingFound); }

}  // namespace

extern const Command manual;
const Command manual{"manual", "write the manual page", "", kOptions, run_manual};

}  // namespace tq::cli
