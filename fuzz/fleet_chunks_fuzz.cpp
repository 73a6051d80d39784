// Long inventories in pieces, packed facts and what workers send: nothing is lost, nothing is read past its end.
#include <cstdint>
#include <cstdlib>

#include "fleet/chunks.hpp"
#include "fleet/job.hpp"
#include "fleet/profile.hpp"
#include "fleet/wire.hpp"
#include "fuzz/sink.hpp"
#include "io/byte_source.hpp"

using namespace tq;
using namespace tq::fleet;

namespace {

void take_apart(std::span<const std::byte> bytes) {
  const auto source = fuzz::view(bytes);
  auto chunks = RowChunks::open(*source);
  if (!chunks) return print(chunks.error().text());
  std::string all = chunks->header();
  for (auto c = chunks->next(); c && *c; c = chunks->next()) all += (*c)->text;
  print(all);
  const bool wide = bytes.size() >= 2 && (bytes[0] == std::byte{0} || bytes[1] == std::byte{0} || bytes[0] >= std::byte{0xFE});
  if (!wide && chunks->endless_lines().empty() && all != Bytes(bytes).chars()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  take_apart(bytes);
  if (const auto facts = unpack(Bytes(bytes))) print(facts->identity.product);
  Answer answer;
  WireReader reader(Bytes(bytes).chars());
  reader.get(answer);
  for (const auto& m : answer.batch.machines) print(m.name);
  return 0;
}
