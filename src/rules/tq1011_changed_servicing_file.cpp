#include "rules/rule.hpp"

namespace tq::rules {
namespace {

void find_tq1011(const Context& c, std::vector<Said>& out) {
  for (const auto& o : c.facts.oddities) {
    if (o.name == "checksum_mismatch") out.push_back({o.value + " does not match the checksum in its header", {o.where}});
    if (o.name == "signature_mismatch") out.push_back({"the signature inside does not fit: " + o.value, {o.where}});
  }
}

}  // namespace

extern const Rule tq1011_changed_servicing_file;
const Rule tq1011_changed_servicing_file{
    "TQ1011",
    model::Severity::high,
    "The kernel or a program of servicing was changed after it was built",
    "These files install updates, check the right to them, or are the kernel itself. One that no longer matches its checksum or the "
    "signature inside it is not what Microsoft built: changed on purpose, or damaged by a disk or a copy. Files that are signed by a "
    "catalog beside them are not checked against it, and no chain of certificates can be proven offline.",
    "The checksum in the header, and the digest that the signature inside the file names.",
    "Put the file from the component store or from a known good machine beside it and compare; then repair it.",
    "Microsoft PE/COFF specification; Windows Authenticode Portable Executable Signature Format",
    find_tq1011,
};

}  // namespace tq::rules
