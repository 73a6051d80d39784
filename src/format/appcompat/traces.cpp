#include <algorithm>
#include <tuple>

#include "core/text.hpp"
#include "format/appcompat/appcompat.hpp"
#include "format/servicing_names.hpp"

namespace tq::format::appcompat {
namespace {

std::string_view file_name(std::string_view path) { return path.substr(path.rfind('\\') + 1); }  // npos + 1 is 0: the whole path

void add_traces(const Entry& e, std::vector<Trace>& out) {
  if (const auto c = component_in_path(e.path))
    out.push_back({TraceKind::component, c->name, c->version, c->architecture, 0, e.modified, e.path});
  for (const std::uint32_t kb : kb_numbers(e.path)) out.push_back({TraceKind::update_file, kb_text(kb), {}, {}, kb, e.modified, e.path});
  if (iequals(file_name(e.path), "TrustedInstaller.exe"))
    out.push_back({TraceKind::trusted_installer, "TrustedInstaller.exe", {}, {}, 0, e.modified, e.path});
}

}  // namespace

const char* to_string(TraceKind k) {
  switch (k) {
    case TraceKind::component: return "component";
    case TraceKind::update_file: return "update_file";
    case TraceKind::trusted_installer: return "trusted_installer";
  }
  return "?";
}

std::vector<Trace> servicing_traces(const Cache& cache) {
  std::vector<Trace> out;
  for (const Entry& e : cache.entries) add_traces(e, out);
  std::sort(out.begin(), out.end(), [](const Trace& a, const Trace& b) {
    return std::tie(a.kind, a.name, a.version, a.architecture, a.path, a.modified) <
           std::tie(b.kind, b.name, b.version, b.architecture, b.path, b.modified);
  });
  return out;
}

}  // namespace tq::format::appcompat
