// Writes real cabinets: one folder, stored, in blocks as servicing's own tools make them.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace tq::test {

/// Files in the order given. The bytes follow [MS-CAB]; checksums of blocks are left 0, which means "none".
std::vector<std::byte> build_cabinet(const std::vector<std::pair<std::string, std::vector<std::byte>>>& files);

}  // namespace tq::test
