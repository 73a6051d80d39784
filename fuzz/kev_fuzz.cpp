// The small lists of a feed: known exploited CVEs, a table of files.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "feeds/file_table.hpp"
#include "feeds/kev.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string body(tq::Bytes(std::as_bytes(std::span(data, size))).chars());
  for (const std::string head : {"cveID,dateAdded,knownRansomwareCampaignUse\n", "kb,file,arch,branch,version,source\n", ""}) {
    const std::string text = head + body;
    (void)tq::feeds::read_kev("kev", tq::bytes_of(text));
    (void)tq::feeds::read_file_table("files", tq::bytes_of(text));
  }
  return 0;
}
