#include "cli/support/programs.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

#include "cli/support/common.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "io/byte_source.hpp"
#include "io/folder.hpp"

namespace tq::cli {
namespace {

constexpr int kFolderDepth = 64;

bool is_program(const io::ByteSource& s) {
  std::array<std::byte, 2> head{};
  const auto n = s.read_at(0, head);
  return n && *n == 2 && head[0] == std::byte{'M'} && head[1] == std::byte{'Z'};
}

struct Walk {
  const io::Folder& folder;
  const std::string& root;
  std::vector<NamedProgram>& out;
  int& unread;
};

void walk(const Walk& w, const std::string& below, int depth) {
  const auto entries = w.folder.list(below);
  if (!entries || depth > kFolderDepth) {
    complain(w.root + "/" + below + ": " + (entries ? "folders too deep" : entries.error().text()));
    ++w.unread;
    return;
  }
  for (const io::Entry& e : *entries) {
    const std::string path = below.empty() ? e.name : below + "/" + e.name;
    if (e.kind == io::EntryKind::folder) walk(w, path, depth + 1);
    if (e.kind != io::EntryKind::file) continue;
    const auto source = w.folder.open_file(path);
    if (source && is_program(**source)) w.out.push_back({w.root + "/" + path, w.root, path, {}});
    if (source) continue;
    complain(w.root + "/" + path + ": " + source.error().text());
    ++w.unread;
  }
}

Result<std::vector<std::byte>> content(const NamedProgram& p) {
  if (p.root.empty()) return p.path == "-" ? io::read_stdin(limits::kPeBytes) : io::read_file(p.path, limits::kPeBytes);
  TQ_TRY(const auto folder, io::Folder::open(p.root));
  TQ_TRY(const auto source, folder.open_file(p.below));
  return io::read_all(*source, limits::kPeBytes);
}

}  // namespace

std::vector<NamedProgram> programs_of(const std::vector<std::string>& operands, int& unread) {
  std::vector<NamedProgram> out;
  for (std::string name : operands) {
    if (io::host_kind(name) != io::HostKind::folder) {
      out.push_back({name, {}, {}, {}});
      continue;
    }
    while (name.size() > 1 && name.ends_with('/')) name.pop_back();
    const auto folder = io::Folder::open(name);
    if (folder) {
      walk({*folder, name, out, unread}, "", 0);
      continue;
    }
    complain(folder.error().text());
    ++unread;
  }
  return out;
}

void for_each_program(const std::vector<NamedProgram>& programs, unsigned jobs,
                      const std::function<void(std::size_t, const Result<std::vector<std::byte>>&)>& work) {
  std::atomic<std::size_t> next{0};
  const auto run = [&] {
    for (std::size_t i = next++; i < programs.size(); i = next++) work(i, content(programs[i]));
  };
  std::vector<std::jthread> others;
  const std::size_t most = std::min<std::size_t>(jobs, programs.size());
  for (std::size_t i = 1; i < most; ++i) others.emplace_back(run);
  run();
}

unsigned jobs_of(const std::string& given) {
  std::uint64_t n = 0;
  if (parse_u64(given, n) && n >= 1 && n <= 256) return static_cast<unsigned>(n);
  return std::clamp(std::thread::hardware_concurrency(), 1u, 64u);
}

}  // namespace tq::cli
