// Where a machine stands on the map of upgrades: its release, edition, processor and installation option.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.hpp"
#include "model/verdict.hpp"

namespace tq::judge {

/// The catalog's rows on releases and what leads from one to another, read and split once.
struct Upgrades {
  struct Hop {
    catalog::UpgradeHop row;
    std::uint32_t from = 0, to = 0;  ///< in releases
    std::vector<std::string_view> from_editions, to_editions, conditions;
  };
  struct Bar {
    catalog::UpgradeBar row;
    std::vector<std::string_view> from, to, applies;
  };
  struct Place {
    catalog::Rehost row;
    std::vector<std::string_view> guests, conditions;
  };
  struct Note {
    catalog::MigrationNote row;
    std::vector<std::string_view> paths, applies;
  };
  struct EditionNames {
    catalog::Edition row;
    std::vector<std::string_view> ids, phrases;
  };
  struct EsuYear {
    catalog::EsuTerm row;
    std::vector<std::string_view> editions;
  };
  std::vector<catalog::Release> releases;
  std::vector<std::vector<std::string>> needs;  ///< beside releases: "hardware: ..."
  std::vector<EditionNames> editions;
  std::vector<Hop> hops;  ///< rows without a source are left out: they never carry a verdict alone
  std::vector<Bar> bars;
  std::vector<Place> places;
  std::vector<Note> notes;
  std::vector<EsuYear> esu_years;
  std::vector<catalog::SoftwareTerm> software;

  Upgrades() = default;
  explicit Upgrades(const catalog::Catalog& catalog);
};

/// What the machine's own words leave open stays empty or unknown.
struct Standpoint {
  const catalog::Release* release = nullptr;  ///< null: the catalog has none that fits
  std::uint32_t index = 0;                    ///< of `release`
  std::string_view edition;                   ///< "Standard"; empty: not known
  std::string_view arch;
  model::Tri core = model::Tri::unknown;
  const std::vector<model::Exposure>* exposure = nullptr;  ///< as judged; null: not judged
};

/// Which row of the ladder of Windows a machine stands on, and what of it is not known.
Standpoint standpoint_of(const model::Facts& facts, std::uint32_t build, const Upgrades& upgrades);
/// The class of edition that upgrade tables speak of; empty when neither EditionID nor the product's name tells.
std::string_view edition_of(const model::Facts& facts, const Upgrades& upgrades);
/// By the product type; false where it is not known.
bool is_client(const model::Facts& facts);
/// False for a processor that the list does not name; an empty word is no answer and gives false.
bool has_arch(const catalog::Arches& list, std::string_view arch);
/// "x64", "x86 and x64"
std::string arches_text(const catalog::Arches& list);

}  // namespace tq::judge
