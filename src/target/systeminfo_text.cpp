// The text of `systeminfo`, saved in any language and encoding; several runs in one file are several machines.
#include "core/limits.hpp"
#include "format/textcodec/textcodec.hpp"
#include "target/loader.hpp"

namespace tq::target {
namespace {

namespace systeminfo = format::systeminfo;

bool accepts_systeminfo_text(const Input& in) { return in.kind == io::HostKind::file && systeminfo::looks_like(in.head_text); }

Result<std::vector<Source>> load_systeminfo_text(const Input& in) {
  TQ_TRY(const auto content, in.read(limits::kTextBytes));
  const auto text = format::textcodec::decode(bytes_of(content));
  std::vector<Source> out;
  for (const auto part : systeminfo::split(text.utf8)) {
    TQ_TRY(auto info, systeminfo::parse(part));
    Source s;
    s.label = in.label;
    s.kind = "systeminfo";
    s.text_note = text.encoding + (text.lossy ? ", some characters lost" : "");
    s.systeminfo = std::move(info);
    out.push_back(std::move(s));
  }
  return out;
}

}  // namespace

extern const Loader systeminfo_text;
const Loader systeminfo_text{"systeminfo", 50, accepts_systeminfo_text, load_systeminfo_text};

}  // namespace tq::target
