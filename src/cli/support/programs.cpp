#include "cli/support/programs.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>
#include <thread>

#include "cli/support/common.hpp"
#include "core/limits.hpp"
#include "core/parallel.hpp"
#include "core/text.hpp"
#include "evidence/collector.hpp"
#include "evidence/support/loaded_programs.hpp"
#include "format/msi/database.hpp"
#include "io/byte_source.hpp"
#include "io/folder.hpp"
#include "target/loader.hpp"

namespace tq::cli {
namespace {

constexpr int kFolderDepth = 64;

bool is_program(const io::ByteSource& s) {
  std::array<std::byte, 8> head{};
  const auto n = s.read_at(0, head);
  if (!n || *n < 2) return false;
  // A Windows Installer package is a program too: its conditions decide.
  return (head[0] == std::byte{'M'} && head[1] == std::byte{'Z'}) || (*n == head.size() && format::msi::Database::probe(Bytes(head)));
}

/// The programs of a folder that is no machine.
struct Walk {
  std::shared_ptr<const io::Folder> folder;
  const std::string& root;
  std::vector<NamedProgram>& out;
  int& unread;

  void lose(const std::string& below, const std::string& why) {
    complain(root + "/" + below + ": " + why);
    ++unread;
  }
  void visit(const std::string& below, int depth);
  void file(const std::string& below);
};

void Walk::file(const std::string& below) {
  const auto source = folder->open_file(below);
  if (!source) return lose(below, source.error().text());
  if (!is_program(**source)) return;
  out.push_back({root + "/" + below, {}, [f = folder, below]() -> Result<std::vector<std::byte>> {
                   TQ_TRY(const auto again, f->open_file(below));
                   return io::read_all(*again, limits::kPeBytes);
                 }});
}

void Walk::visit(const std::string& below, int depth) {
  const auto entries = folder->list(below);
  if (!entries || depth > kFolderDepth) return lose(below, entries ? "folders too deep" : entries.error().text());
  for (const io::Entry& e : *entries) {
    const std::string path = below.empty() ? e.name : below + "/" + e.name;
    if (e.kind == io::EntryKind::folder) visit(path, depth + 1);
    if (e.kind == io::EntryKind::file) file(path);
  }
}

/// What the services of one machine load. False: no machine with files and services is there.
bool add_machine(const target::Source& source, std::vector<NamedProgram>& out, int& unread) {
  if (!source.tree || source.registry("SYSTEM") == nullptr) return false;
  const auto facts = evidence::collect(source);
  if (facts.configuration.services_read != model::Tri::yes) return false;
  const auto programs = evidence::loaded_programs(source, facts.configuration);
  // A tree may share its caches between files: one reader at a time.
  const auto one_reader = std::make_shared<std::mutex>();
  for (const auto& p : programs.found)
    out.push_back({source.tree->cite(p.path), p.service + ", " + p.how, [tree = source.tree, path = p.path, one_reader] {
                     const std::scoped_lock lock(*one_reader);
                     return fs::read_file(*tree, path, limits::kPeBytes);
                   }});
  for (const auto& u : programs.unresolved) {
    complain(source.label + ": " + u.text);
    if (!u.absent) ++unread;
  }
  return true;
}

bool add_machines(const std::string& name, std::vector<NamedProgram>& out, int& unread) {
  const auto sources = target::open(name, {});
  if (!sources) return false;
  bool any = false;
  for (const auto& s : *sources) any = add_machine(s, out, unread) || any;
  return any;
}

void add_folder(const std::string& name, std::vector<NamedProgram>& out, int& unread) {
  auto folder = io::Folder::open(name);
  if (folder) return Walk{std::make_shared<const io::Folder>(*std::move(folder)), name, out, unread}.visit("", 0);
  complain(folder.error().text());
  ++unread;
}

bool is_program_file(const std::string& name) {
  const auto source = io::open_file(name);
  return source && is_program(**source);
}

}  // namespace

std::vector<NamedProgram> programs_of(const std::vector<std::string>& operands, int& unread) {
  std::vector<NamedProgram> out;
  for (std::string name : operands) {
    while (name.size() > 1 && name.ends_with('/')) name.pop_back();
    const bool folder = io::host_kind(name) == io::HostKind::folder;
    if (name == "-")
      out.push_back({name, {}, [] { return io::read_stdin(limits::kPeBytes); }});
    else if (!folder && is_program_file(name))
      out.push_back({name, {}, [name] { return io::read_file(name, limits::kPeBytes); }});
    else if (add_machines(name, out, unread))
      continue;
    else if (folder)
      add_folder(name, out, unread);
    else
      out.push_back({name, {}, [name] { return io::read_file(name, limits::kPeBytes); }});
  }
  return out;
}

void for_each_program(const std::vector<NamedProgram>& programs, unsigned jobs,
                      const std::function<void(std::size_t, const Result<std::vector<std::byte>>&)>& work) {
  parallel(programs.size(), jobs, [&](std::size_t i) { work(i, programs[i].read()); });
}

std::optional<analysis::KeptAnswers> kept_answers(const Args& args) {
  if (!args.has("--cache")) return analysis::KeptAnswers();
  auto kept = analysis::KeptAnswers::open(args.get("--cache"), args.positional);
  if (kept) return *std::move(kept);
  complain(kept.error().text());
  return std::nullopt;
}

}  // namespace tq::cli
