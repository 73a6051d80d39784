// Facts made by hand, for the tests of what judges them.
#pragma once

#include <cstdint>

#include "judge/judge.hpp"

namespace tq::test {

/// The catalog that the program carries, with its view, built once.
const judge::Knowledge& knowledge();

/// A Server 2008 SP2 x64 with this kernel, whose packages and other software were read as a whole; there are none.
model::Facts read_server(FileVersion kernel);
/// What the kernel's file says.
void add_kernel(model::Facts& f, FileVersion kernel);
/// An update's package as servicing registers it; kb 0 makes one that is no update.
void add_package(model::Facts& f, std::uint32_t kb, model::PackageState state = model::PackageState::installed);

/// A machine of which nothing was read but its own words, as a systeminfo text leaves it.
model::Facts claimed_machine(const char* nt_version, std::uint32_t build, const char* product_type, const char* product, const char* arch);

}  // namespace tq::test
