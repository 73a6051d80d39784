// Product names of feeds taken apart: which Windows, which processor, and what on it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.hpp"

namespace tq::feeds {

/// A catalog::Product with its own texts.
struct NamedProduct {
  std::string id, name, nt_version, service_pack, component_name, component_version, base;
  std::uint32_t build = 0;
  catalog::ProductArch arch = catalog::ProductArch::any;
  catalog::ProductClass product_class = catalog::ProductClass::server;
  bool core = false;
  catalog::Component component = catalog::Component::os;
};

/// Reads names by the tables `families` and `components` of a catalog, which must outlive it.
class ProductNamer {
 public:
  explicit ProductNamer(const catalog::Catalog& base);
  /// `name`: "Internet Explorer 9 on Windows Server 2008 for x64-based Systems Service Pack 2". `component`: another column that
  /// may name a part of the product; a text that `components` does not list is a mere topic and passed over.
  /// nullopt: no Windows of the families.
  [[nodiscard]] std::optional<NamedProduct> read(std::string_view name, std::string_view component) const;

 private:
  struct Part {
    catalog::Component component = catalog::Component::other;
    std::string name, version, id;
  };
  [[nodiscard]] std::optional<NamedProduct> read_windows(std::string_view name) const;
  [[nodiscard]] std::optional<Part> listed(std::string_view component) const;
  [[nodiscard]] Part part_of(std::string_view text) const;

  std::map<std::string, catalog::Family> families_;  ///< lower-case name + '/' + service pack
  std::map<std::string, Part> parts_;                ///< lower-case text
};

}  // namespace tq::feeds
