#include "fleet/profile.hpp"

#include <zstd.h>

#include <algorithm>

#include "core/hash.hpp"
#include "fleet/wire.hpp"
#include "model/facts_json.hpp"

namespace tq::fleet {
namespace {

constexpr char kMark = '\x01';  // stands for the target; no text of a place holds it by itself
constexpr int kPackLevel = 6;
constexpr std::uint64_t kMostFactsBytes = std::uint64_t{256} << 20;

void replace_all(std::string& s, std::string_view from, std::string_view to) {
  std::size_t at = s.find(from);
  if (at == std::string::npos) return;
  std::string out;
  std::size_t done = 0;
  for (; at != std::string::npos; at = s.find(from, done)) {
    out.append(s, done, at - done).append(to);
    done = at + from.size();
  }
  s = out.append(s, done);
}

/// False when some text holds the mark already: then the target stays where it is, and the profile is this machine's alone.
bool can_mark(model::Facts& facts) {
  bool free = true;
  EachText look([&](const std::string& s) { free = free && s.find(kMark) == std::string::npos; });
  fields(look, facts);
  return free;
}

}  // namespace

std::int64_t first_number(std::string_view digits) {
  std::uint64_t n = 0;
  for (const char c : digits.substr(0, 16)) n = n * 16 + static_cast<std::uint64_t>(c <= '9' ? c - '0' : c - 'a' + 10);
  return static_cast<std::int64_t>(n);
}

std::int64_t short_hash(std::string_view bytes) { return first_number(sha256_hex(bytes_of(bytes))); }

Profile split(model::Facts facts, Own& own) {
  own.name = std::move(facts.identity.name);
  own.target = std::move(facts.target);
  own.labels = std::move(facts.labels);
  facts.identity.name.clear();
  facts.target.clear();
  facts.labels.clear();
  for (auto& label : own.labels) {
    if (label.where == own.target) label.where.clear();
    if (label.name == "site" && own.site.empty()) own.site = label.value;
  }
  if (!own.target.empty() && can_mark(facts)) {
    EachText mark([&](std::string& s) { replace_all(s, own.target, std::string_view(&kMark, 1)); });
    fields(mark, facts);
  } else {
    facts.target = own.target;  // reunite() sees by it that nothing is marked
  }
  WireWriter content;
  content.put(facts);
  return {sha256_hex(bytes_of(content.bytes())), std::move(facts)};
}

model::Facts reunite(model::Facts shared, const Own& own) {
  EachText unmark([&](std::string& s) { replace_all(s, std::string_view(&kMark, 1), own.target); });
  if (shared.target.empty()) fields(unmark, shared);
  shared.identity.name = own.name;
  shared.target = own.target;
  shared.labels = own.labels;
  for (auto& label : shared.labels)
    if (label.where.empty()) label.where = own.target;
  return shared;
}

std::string pack(const model::Facts& facts) {
  const std::string json = model::facts_to_json({facts});
  std::string out(ZSTD_compressBound(json.size()), '\0');
  const std::size_t n = ZSTD_compress(out.data(), out.size(), json.data(), json.size(), kPackLevel);
  out.resize(ZSTD_isError(n) != 0 ? 0 : n);
  return out;
}

Result<model::Facts> unpack(Bytes packed) {
  const auto damaged = [](const char* found) { return Error{ErrorCode::corrupt, "store.profiles.facts", "the facts of a machine", found}; };
  const auto size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > kMostFactsBytes) return damaged("no packed text");
  std::string json(size, '\0');
  if (ZSTD_decompress(json.data(), json.size(), packed.data(), packed.size()) != size) return damaged("a damaged packed text");
  TQ_TRY(auto machines, model::facts_from_json(json));
  if (machines.size() != 1) return damaged("another number of machines than one");
  return std::move(machines.front());
}

}  // namespace tq::fleet
