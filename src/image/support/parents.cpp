#include "image/support/parents.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"

namespace tq::image {
namespace {

/// Folders of a hypervisor hold some hundred files; a folder of millions is not searched through.
constexpr std::size_t kMaxLookedAt = 4096;
constexpr const char* kAdvice = "put the parent into the same folder";

class Search {
 public:
  Search(const File& child, const ParentQuery& query) : child_(child), query_(query) {}

  Result<File> run() {
    if (child_.depth >= kMaxParents)
      return Error{ErrorCode::limit, query_.place, fmt::format("at most {} parents", kMaxParents), "more, or a loop"};
    if (child_.beside == nullptr) return not_found("nothing that lies beside the image");
    for (const std::string& name : query_.names)
      if (auto parent = take(bare_name(name))) return *std::move(parent);
    if (auto parent = by_id()) return *std::move(parent);
    if (!loop_.empty()) return Error{ErrorCode::corrupt, query_.place, wanted() + " that is not one of its own children", loop_};
    if (!wrong_.empty()) return Error{ErrorCode::corrupt, query_.place, wanted(), wrong_, {}, "find the parent this image was made from"};
    return not_found("no such file beside the image");
  }

 private:
  /// The file of that name when it carries a wanted id. A snapshot that nothing was written to since can have the id of its
  /// parent: what the chain came through is passed over, and is a loop only when nothing else answers.
  std::optional<File> take(const std::string& name) {
    if (name.empty()) return std::nullopt;
    auto source = child_.beside->open(name);
    if (!source) return std::nullopt;
    const auto id = query_.id_of(**source);
    if (!id || std::find(query_.wanted_ids.begin(), query_.wanted_ids.end(), *id) == query_.wanted_ids.end()) {
      if (wrong_.empty()) wrong_ = printable(name) + (id ? " with id " + *id : " without an id");
      return std::nullopt;
    }
    if (in_chain(name)) {
      if (loop_.empty()) loop_ = printable(name);
      return std::nullopt;
    }
    return File{name, std::shared_ptr<const io::ByteSource>(*std::move(source)), child_.beside, child_.depth + 1, &child_};
  }

  std::optional<File> by_id() {
    const auto names = child_.beside->names();
    if (!names) return std::nullopt;
    const std::string named_wrong = wrong_;
    std::optional<File> found;
    for (std::size_t i = 0; i < names->size() && i < kMaxLookedAt && !found; ++i) found = take((*names)[i]);
    wrong_ = named_wrong;  // files that nobody named are not worth a word
    return found;
  }

  [[nodiscard]] bool in_chain(const std::string& name) const {
    for (const File* f = &child_; f != nullptr; f = f->child)
      if (iequals(f->name, name)) return true;
    return false;
  }

  [[nodiscard]] std::string wanted() const {
    const std::string name = query_.names.empty() ? "the parent" : printable(bare_name(query_.names.front()));
    return name + " with id " + (query_.wanted_ids.empty() ? "?" : query_.wanted_ids.front());
  }
  [[nodiscard]] Error not_found(const char* found) const { return {ErrorCode::not_found, query_.place, wanted(), found, {}, kAdvice}; }

  const File& child_;
  const ParentQuery& query_;
  std::string wrong_;  ///< the file that has the name and not the id
  std::string loop_;   ///< the image, or one of its children, that has the id of the parent
};

}  // namespace

std::string bare_name(std::string_view path) {
  const auto cut = path.find_last_of("/\\");
  return std::string(cut == std::string_view::npos ? path : path.substr(cut + 1));
}

Result<File> find_parent(const File& child, const ParentQuery& query) { return Search(child, query).run(); }

}  // namespace tq::image
