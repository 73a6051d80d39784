// SYSTEM: name, architecture, what class of product it is, and the service pack a second time.
#include "core/text.hpp"
#include "evidence/collector.hpp"
#include "evidence/support/note.hpp"

namespace tq::evidence {
namespace {

const std::string kControl = "CurrentControlSet\\Control";

std::string product_type(const std::string& v) {
  if (iequals(v, "WinNT")) return "client";
  if (iequals(v, "ServerNT")) return "server";
  if (iequals(v, "LanmanNT")) return "domain_controller";
  return {};
}

/// Walks the ProductPolicy blob: a header of 20 bytes, then records of (size, name size, type, data size, flags, 0) with name and data
/// behind each. Returns the REG_DWORD called `wanted`. Layout: Geoff Chappell, "ProductPolicy".
std::optional<std::uint32_t> policy_dword(Bytes blob, std::string_view wanted) {
  constexpr std::uint64_t kHeader = 20, kRecord = 16;
  std::uint64_t at = kHeader;
  while (const auto size = blob.try_get<le16>(at)) {
    if (*size < kRecord) return std::nullopt;
    const auto name_size = blob.try_get<le16>(at + 2), type = blob.try_get<le16>(at + 4), data_size = blob.try_get<le16>(at + 6);
    if (!name_size || !type || !data_size) return std::nullopt;
    const auto name = blob.try_sub(at + kRecord, *name_size);
    if (name && *type == 4 && *data_size == 4 && iequals(utf16le_to_utf8(*name), wanted))
      if (const auto v = blob.try_get<le32>(at + kRecord + *name_size)) return *v;
    at += *size;
  }
  return std::nullopt;
}

/// Server Core products of NT 6.0 (GetProductInfo): Standard, Enterprise, Datacenter, Web, and those without Hyper-V.
bool is_core_product(std::uint32_t p) {
  for (const std::uint32_t core : {12U, 13U, 14U, 29U, 39U, 40U, 41U})
    if (p == core) return true;
  return false;
}

void core_of(const target::Registry& reg, model::Facts& facts) {
  const auto blob = reg.value(kControl + "\\ProductOptions", "ProductPolicy");
  if (!blob) return;
  const auto product = policy_dword(bytes_of(blob->data), "Kernel-ProductInfo");
  if (!product) return;
  facts.readings.push_back({"Kernel-ProductInfo", std::to_string(*product), blob->where});
  facts.identity.server_core = is_core_product(*product) ? model::Tri::yes : model::Tri::no;
}

/// CSDVersion is 0x200 for Service Pack 2. CSDBuildNumber beside it is a service pack's own count, never the build.
void service_pack(const target::Registry& reg, model::Facts& facts) {
  const auto v = reg.value(kControl + "\\Windows", "CSDVersion");
  if (!v || !v->dword()) return;
  const int pack = static_cast<int>((*v->dword() >> 8) & 0xFF);
  facts.readings.push_back({"SYSTEM.CSDVersion", std::to_string(pack), v->where});
  auto& known = facts.identity.service_pack;
  if (known && *known != pack)
    facts.conflicts.push_back("SOFTWARE says Service Pack " + std::to_string(*known) + ", SYSTEM says Service Pack " +
                              std::to_string(pack) + " (" + v->where + ")");
  if (!known) known = pack;
}

void collect_product_options(const target::Source& source, model::Facts& facts) {
  const auto* reg = source.registry("SYSTEM");
  if (reg == nullptr) return;
  if (!reg->has_key("CurrentControlSet")) {
    cover(facts, "registry.CurrentControlSet", model::CoverageStatus::absent, "Select names no control set that is there");
    return;
  }
  auto& id = facts.identity;
  id.name = reg->text(kControl + "\\ComputerName\\ComputerName", "ComputerName").value_or(id.name);
  read_text(*reg, facts, kControl + "\\ProductOptions", "ProductType", "ProductType");
  if (const std::string type = product_type(reading(facts, "ProductType")); !type.empty()) id.product_type = type;
  const auto env = kControl + "\\Session Manager\\Environment";
  if (const std::string arch = arch_word(reg->text(env, "PROCESSOR_ARCHITECTURE").value_or("")); !arch.empty()) id.arch = arch;
  core_of(*reg, facts);
  service_pack(*reg, facts);
}

}  // namespace

extern const Collector product_options;
const Collector product_options{"product_options", collect_product_options};

}  // namespace tq::evidence
