// The groups of models; models.cpp looks through them.
#pragma once

#include <array>
#include <span>

#include "analysis/models/models.hpp"

namespace tq::analysis {

std::span<const Model> version_models();
std::span<const Model> file_version_models();
std::span<const Model> registry_models();
std::span<const Model> memory_models();
std::span<const Model> text_models();
std::span<const Model> text_copy_models();
std::span<const Model> formatted_models();
std::span<const Model> wide_models();

/// Are the fields that `type` asks for known in this lane?
bool wanted_known(const std::array<Value, 4>& want, unsigned lane, std::uint64_t type);

}  // namespace tq::analysis
