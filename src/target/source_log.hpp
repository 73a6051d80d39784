// Which files were read, with their digests: what an evidence bundle lists. Only kept when somebody asks for it, for it reads
// every file to its end.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "fs/tree.hpp"
#include "model/source_file.hpp"

namespace tq::target {

class SourceLog {
 public:
  /// Digests the whole file, once for each `where`. Hives with secrets (SAM, SECURITY, those of users) are named without one.
  void note(const std::string& where, const io::ByteSource& file);
  /// A file that is not read as a whole, and why.
  void note_without_digest(const std::string& where, std::uint64_t size, const std::string& why);
  /// By place.
  [[nodiscard]] std::vector<model::SourceFile> files() const;

 private:
  bool first(const std::string& where);
  mutable std::mutex mutex_;
  std::map<std::string, model::SourceFile> files_;
};

/// `tree`, its opened files noted in `log`; the tree itself without a log. The log lives as long as the tree.
std::shared_ptr<const fs::Tree> logged(std::shared_ptr<const fs::Tree> tree, const std::shared_ptr<SourceLog>& log);

}  // namespace tq::target
