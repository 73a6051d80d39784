// The shared samples. They are not part of the project: without TQ_CORPUS the tests that need them say so and pass over.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tq::test {
/// Path of a sample below TQ_CORPUS; nullopt (and a visible line "SKIPPED ...") when TQ_CORPUS is not set.
std::optional<std::string> corpus(const std::string& relative);
/// Bytes of a file; `.xz` is decompressed through the xz program. Fails the test when unreadable.
std::vector<std::byte> slurp(const std::string& path);
/// A hive of the corpus, packed or not, with those of its logs that lie beside it, under the name `as`: {"SYSTEM", ...}, {"SYSTEM.LOG1",
/// ...}. Empty (and said so) without the corpus.
std::map<std::string, std::vector<std::byte>> hive_with_logs(const std::string& relative, const std::string& as);
}  // namespace tq::test
