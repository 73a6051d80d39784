#include "rules/rule.hpp"

namespace tq::rules {
namespace {

void find_tq1008(const Context& c, std::vector<Said>& out) {
  for (const auto& f : c.facts.files)
    if (!f.checksum_ok) out.push_back({f.path + " " + f.version.text(), {f.where}});
}

}  // namespace

extern const Rule tq1008_kernel_checksum;
const Rule tq1008_kernel_checksum{
    "TQ1008",
    model::Severity::high,
    "The kernel file does not match its own checksum",
    "Windows writes a checksum into each kernel and checks it at load. A wrong one means that the file is damaged or was changed after it "
    "was built.",
    "The stored checksum and the one computed over the file.",
    "Compare the file with a copy from the component store or from a known good machine.",
    "Microsoft PE/COFF specification",
    find_tq1008,
};

}  // namespace tq::rules
