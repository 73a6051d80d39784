#include "format/manifest/xml.hpp"

namespace tq::format::manifest {
namespace {

constexpr std::size_t kValueLimit = 4096;

}  // namespace

std::string_view local_name(std::string_view qualified) { return qualified.substr(qualified.rfind(':') + 1); }  // npos + 1 is 0

std::string Attributes::get(std::string_view name) const {
  for (const char** p = pairs_; *p != nullptr; p += 2)
    if (local_name(p[0]) == name) return std::string(std::string_view(p[1]).substr(0, kValueLimit));
  return {};
}

std::vector<std::pair<std::string, std::string>> Attributes::all() const {
  std::vector<std::pair<std::string, std::string>> out;
  for (const char** p = pairs_; *p != nullptr; p += 2) out.emplace_back(local_name(p[0]), std::string_view(p[1]).substr(0, kValueLimit));
  return out;
}

}  // namespace tq::format::manifest
