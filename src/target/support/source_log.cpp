#include "target/source_log.hpp"

#include <algorithm>

#include "core/hash.hpp"
#include "core/text.hpp"
#include "fs/watched.hpp"

namespace tq::target {
namespace {

std::string_view file_of(std::string_view where) { return where.substr(where.find_last_of("/\\") + 1); }

/// A digest of a store of passwords says nothing that an auditor needs.
bool holds_secrets(std::string_view where) {
  const std::string name = lower_ascii(file_of(where));
  const auto is = [&](std::string_view hive) { return name == hive || name.starts_with(std::string(hive) + ".log"); };
  return is("sam") || is("security") || is("ntuser.dat") || is("usrclass.dat");
}

model::SourceFile digest(const std::string& where, const io::ByteSource& file) {
  constexpr std::size_t kBlock = std::size_t{1} << 20;
  model::SourceFile f{where, file.size(), {}, {}};
  std::vector<std::byte> block(static_cast<std::size_t>(std::min<std::uint64_t>(kBlock, f.size)));
  Sha256 sum;
  for (std::uint64_t at = 0; at < f.size;) {
    const auto n = file.read_at(at, block);
    if (!n || *n == 0) {
      f.problem = n ? "it ends before its size" : n.error().text();
      return f;
    }
    const std::size_t got = static_cast<std::size_t>(std::min<std::uint64_t>(*n, f.size - at));
    sum.add(Bytes(std::span(block).first(got)));
    at += got;
  }
  f.sha256 = sum.hex();
  return f;
}

}  // namespace

bool SourceLog::first(const std::string& where) {
  const std::lock_guard lock(mutex_);
  return files_.try_emplace(where).second;
}

void SourceLog::note(const std::string& where, const io::ByteSource& file) {
  if (!first(where)) return;
  auto f = holds_secrets(where) ? model::SourceFile{where, file.size(), {}, "not digested: it may hold secrets"} : digest(where, file);
  const std::lock_guard lock(mutex_);
  files_[where] = std::move(f);
}

void SourceLog::note_without_digest(const std::string& where, std::uint64_t size, const std::string& why) {
  const std::lock_guard lock(mutex_);
  files_.try_emplace(where, model::SourceFile{where, size, {}, why});
}

std::vector<model::SourceFile> SourceLog::files() const {
  const std::lock_guard lock(mutex_);
  std::vector<model::SourceFile> out;
  for (const auto& [where, file] : files_) out.push_back(file);
  return out;
}

std::shared_ptr<const fs::Tree> logged(std::shared_ptr<const fs::Tree> tree, const std::shared_ptr<SourceLog>& log) {
  if (!log) return tree;
  return fs::watched(std::move(tree), [log](const std::string& where, const io::ByteSource& file) { log->note(where, file); });
}

}  // namespace tq::target
