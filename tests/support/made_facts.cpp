#include "tests/support/made_facts.hpp"

namespace tq::test {

const judge::Knowledge& knowledge() {
  static const judge::Knowledge k(*catalog::Catalog::embedded());
  return k;
}

model::Facts read_server(FileVersion kernel) {
  model::Facts f;
  f.identity.nt_version = "6.0";
  f.identity.arch = "x64";
  f.identity.product_type = "server";
  f.identity.service_pack = 2;
  f.packages_read = f.internet_explorer_read = f.dotnet_read = f.msi_updates_read = model::Tri::yes;
  add_kernel(f, kernel);
  return f;
}

void add_kernel(model::Facts& f, FileVersion kernel) {
  model::BuildWitness w;
  w.source = "file.ntoskrnl.exe";
  w.group = model::WitnessGroup::kernel_file;
  w.says = kernel.text();
  w.build = kernel.build;
  w.revision = kernel.revision;
  f.build_witnesses.push_back(w);
}

void add_package(model::Facts& f, std::uint32_t kb, model::PackageState state) {
  model::Package p;
  p.kb = kb;
  p.state = state;
  p.identity = "Package_for_" + kb_text(kb) + "~31bf3856ad364e35~amd64~~6.0.4.0";
  p.version = FileVersion{6, 0, 4, 0};
  p.where = "SOFTWARE//Packages\\" + p.identity;
  f.packages.push_back(p);
}

model::Facts claimed_machine(const char* nt_version, std::uint32_t build, const char* product_type, const char* product, const char* arch) {
  model::Facts f;
  f.kind = "systeminfo";
  f.identity.nt_version = nt_version;
  f.identity.product_type = product_type;
  f.identity.product = product;
  f.identity.arch = arch;
  model::BuildWitness w;
  w.source = "systeminfo.version";
  w.says = std::to_string(build);
  w.build = build;
  f.build_witnesses.push_back(w);
  return f;
}

}  // namespace tq::test
