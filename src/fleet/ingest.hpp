// `fleet import` and `fleet scan`: from paths to machines in the store, on all cores.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "fleet/judged.hpp"
#include "fleet/walk.hpp"
#include "target/loader.hpp"

namespace tq::fleet {

/// How a scan reads and what it writes into.
struct IngestOptions {
  std::string store = "fleet.tqdb";
  std::string command;  ///< noted in the store: "import", "scan"
  std::optional<Shard> shard;
  unsigned workers = 1;
  std::int64_t at = 0;  ///< seconds since 1970: when the machines were seen
  bool again = false;   ///< read what was read before, too
  std::string site;     ///< of machines that name none
  target::OpenOptions open;
};

/// What a scan did, so far or at its end.
struct Ingested {
  std::uint64_t machines = 0, unchanged = 0, unread = 0, new_profiles = 0, rows = 0;
  bool rejudged = false;            ///< the store was judged by another catalog, and is judged anew
  std::vector<std::string> losses;  ///< the first few of `unread`, with the reason
};
inline constexpr std::size_t kLossesTold = 20;

/// Error: the store cannot be written (what was committed stays), or wrong use. Items that cannot be read are no error.
Result<Ingested> ingest(const std::vector<std::string>& paths, const Judge& judge, const IngestOptions& options,
                        const std::function<void(const Ingested&)>& progress);

}  // namespace tq::fleet
