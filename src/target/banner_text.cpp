// What scanners noted down of machines on the wire: nmap, netexec, SMB clients, CPE names. A machine per host.
#include <fmt/format.h>

#include "core/limits.hpp"
#include "format/textcodec/textcodec.hpp"
#include "target/loader.hpp"

namespace tq::target {
namespace {

bool accepts_banner_text(const Input& in) { return in.kind == io::HostKind::file && format::banner::looks_like(in.head_text); }

Result<std::vector<Source>> load_banner_text(const Input& in) {
  TQ_TRY(const auto content, in.read(limits::kTextBytes));
  const auto text = format::textcodec::decode(bytes_of(content));
  TQ_TRY(auto read, format::banner::parse(text.utf8));
  std::vector<Source> out;
  for (auto& b : read.machines) {
    Source s;
    s.label = fmt::format("{}//line {}", in.label, b.line);
    s.kind = "banner";
    s.text_note = text.encoding;
    s.banner = std::move(b);
    out.push_back(std::move(s));
  }
  if (out.empty()) return Error{ErrorCode::unsupported, in.label, "version banners", "none"};
  return out;
}

}  // namespace

extern const Loader banner_text;
const Loader banner_text{"banner", 70, accepts_banner_text, load_banner_text};

}  // namespace tq::target
