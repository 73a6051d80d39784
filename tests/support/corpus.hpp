// The shared samples. They are not part of the project: without TQ_CORPUS the tests that need them say so and pass over.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace tq::test {
/// Path of a sample below TQ_CORPUS; nullopt (and a visible line "SKIPPED ...") when TQ_CORPUS is not set.
std::optional<std::string> corpus(const std::string& relative);
/// Bytes of a file; `.xz` is decompressed through the xz program. Fails the test when unreadable.
std::vector<std::byte> slurp(const std::string& path);
}  // namespace tq::test
