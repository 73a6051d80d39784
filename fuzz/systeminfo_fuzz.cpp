// systeminfo: decode as a file would be, split, parse each machine, print everything.
#include <cstdint>
#include <cstdio>

#include "core/text.hpp"
#include "format/systeminfo/systeminfo.hpp"
#include "format/textcodec/textcodec.hpp"
#include "fuzz/sink.hpp"

using namespace tq;
using namespace tq::format;

namespace {
void print_all(const systeminfo::SystemInfo& m) {
  print(m.host + m.os_name + m.product + m.os_version_line + m.service_pack_text + m.system_type + m.configuration_line + m.install_date +
        m.boot_time);
  print(systeminfo::to_string(m.layout));
  if (m.product_type) print(systeminfo::to_string(*m.product_type));
  if (m.kbs.size() != m.kb_lines.size()) __builtin_trap();
  for (const auto kb : m.kbs) print(std::to_string(kb));
  for (const auto& id : m.hotfix_other_ids) print(id);
  for (const auto& e : m.evidence) print(e.what + e.text);
  for (const auto& e : m.losses) print(e.text());
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = textcodec::decode(Bytes(std::as_bytes(std::span(data, size))));
  if (!is_utf8(text.utf8)) __builtin_trap();
  systeminfo::looks_like(text.utf8);
  for (const auto part : systeminfo::split(text.utf8)) {
    const auto machine = systeminfo::parse(part);
    if (machine)
      print_all(*machine);
    else
      print(machine.error().text());
  }
  return 0;
}
