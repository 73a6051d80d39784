// A hotfix list: `wmic qfe`, `Get-HotFix`, or nothing but KB numbers.
#include "core/limits.hpp"
#include "format/textcodec/textcodec.hpp"
#include "target/loader.hpp"

namespace tq::target {
namespace {

bool accepts_qfe_table(const Input& in) { return in.kind == io::HostKind::file && format::qfe::looks_like(in.head_text); }

Result<std::vector<Source>> load_qfe_table(const Input& in) {
  TQ_TRY(const auto content, in.read(limits::kTextBytes));
  const auto text = format::textcodec::decode(bytes_of(content));
  Source s;
  s.label = in.label;
  s.kind = "qfe";
  s.text_note = text.encoding;
  TQ_TRY(s.qfe, format::qfe::parse(text.utf8));
  std::vector<Source> out;
  out.push_back(std::move(s));
  return out;
}

}  // namespace

extern const Loader qfe_table;
const Loader qfe_table{"qfe", 60, accepts_qfe_table, load_qfe_table};

}  // namespace tq::target
