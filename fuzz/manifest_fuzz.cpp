// .mum, .manifest and pending.xml: parse as each, print everything.
#include <cstdint>
#include <cstdio>

#include "format/manifest/manifest.hpp"
#include "fuzz/sink.hpp"

using namespace tq;
using namespace tq::format;

namespace {
using ::print;
void print(const std::vector<manifest::AssemblyIdentity>& ids) {
  for (const manifest::AssemblyIdentity& i : ids) print(i.package_form() + i.version_scope);
}
void print(const std::vector<Error>& lost) {
  for (const Error& e : lost) print(e.text());
}

void print_manifest(Bytes text) {
  const auto m = manifest::parse_manifest(text);
  if (!m) return print(m.error().text());
  print(m->identity.package_form() + m->description + m->package_identifier + m->release_type + m->restart + m->psf_name);
  for (const manifest::Parent& p : m->parents) print(p.identities);
  for (const manifest::Update& u : m->updates) {
    print(u.name);
    print(u.packages);
    print(u.components);
  }
  print(m->packages);
  print(m->dependencies);
  for (const std::string& f : m->files) print(f);
  print(m->lost);
}

void print_pending(Bytes text) {
  const auto p = manifest::parse_pending(text);
  if (!p) return print(p.error().text());
  for (const auto& [kind, count] : p->operation_kinds) print(kind + std::to_string(count));
  print(p->installs);
  for (const format::ComponentName& c : p->components) print(c.name + c.version.text());
  for (const format::PackageName& k : p->packages) print(k.text());
  print(p->lost);
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes text(std::as_bytes(std::span(data, size)));
  print_manifest(text);
  print_pending(text);
  return 0;
}
