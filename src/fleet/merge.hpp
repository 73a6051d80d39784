// `fleet merge`: stores that shards wrote, put together. The answers do not depend on the order in which they are named.
#pragma once

#include <string>
#include <vector>

#include "fleet/judged.hpp"

namespace tq::fleet {

struct Merged {
  std::uint64_t machines = 0, profiles = 0, unread = 0;
};
/// Of a machine that several stores hold, the newest state counts, older ones become its history. Profiles are judged by `judge`,
/// whatever the shards were judged by. Errors: those of opening and writing; the store then holds whole batches of what came before.
Result<Merged> merge(const std::vector<std::string>& shards, const std::string& store, const Judge& judge);

}  // namespace tq::fleet
