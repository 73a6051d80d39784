#include "format/update_media/answer_file.hpp"

#include <fmt/format.h>

#include "core/text.hpp"
#include "format/manifest/xml.hpp"
#include "format/textcodec/textcodec.hpp"

namespace tq::format::update_media {
namespace {

constexpr std::uint64_t kMostXml = std::uint64_t{4} << 20;
constexpr std::size_t kMostPackages = 1000, kMostProperties = 1000;

class Reader : public manifest::Handler {
 public:
  explicit Reader(AnswerFile& out) : out_(out) {}
  void start(const std::vector<std::string>& path, const manifest::Attributes& a) override {
    if (path.empty()) return;
    if (path.back() == "source" && room(out_.sources.size())) out_.sources.push_back(to_valid_utf8(a.get("location")));
    if (path.back() != "assemblyIdentity" || !room(out_.packages.size())) return;
    manifest::AssemblyIdentity id;
    id.name = to_valid_utf8(a.get("name"));
    id.version_text = to_valid_utf8(a.get("version"));
    id.architecture = to_valid_utf8(a.get("processorArchitecture"));
    id.language = to_valid_utf8(a.get("language"));
    id.public_key_token = to_valid_utf8(a.get("publicKeyToken"));
    id.version = FileVersion::parse(id.version_text);
    out_.packages.push_back(std::move(id));
  }
  void end(const std::vector<std::string>&) override {}

 private:
  /// Whether a list of this length takes one more; that it does not is named once.
  bool room(std::size_t n) {
    if (n < kMostPackages) return true;
    if (!capped_) out_.lost.push_back({ErrorCode::limit, "answer_file.packages", fmt::format("at most {}", kMostPackages), "more"});
    capped_ = true;
    return false;
  }

  AnswerFile& out_;
  bool capped_ = false;
};

}  // namespace

AnswerFile read_answer_file(Bytes xml) {
  AnswerFile out;
  Reader reader(out);
  if (auto e = manifest::read_xml(xml, kMostXml, reader)) out.lost.push_back(*std::move(e));
  return out;
}

std::vector<std::pair<std::string, std::string>> read_properties(Bytes text) {
  std::vector<std::pair<std::string, std::string>> out;
  const std::string s = textcodec::decode(text).utf8;
  for (std::size_t at = 0; at < s.size() && out.size() < kMostProperties;) {
    const auto end = std::min(s.find('\n', at), s.size());
    const auto line = trim(std::string_view(s).substr(at, end - at));
    at = end + 1;
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    auto value = trim(line.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    out.emplace_back(trim(line.substr(0, equals)), value);
  }
  return out;
}

std::string arch_word(std::string_view s) {
  std::string w = lower_ascii(trim(s));
  if (w == "amd64" || w == "x64") return "x64";
  if (w == "x86" || w == "ia64" || w == "arm64") return w;
  return {};
}

}  // namespace tq::format::update_media
