#include "report/renderer.hpp"

namespace tq::report {

const Renderer* find(std::string_view name) {
  for (const Renderer* r : all())
    if (name == r->name) return r;
  return nullptr;
}

}  // namespace tq::report
