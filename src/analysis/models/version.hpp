// The groups of models; models.cpp looks through them.
#pragma once

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
std::span<const Model> kept_value_models();

}  // namespace tq::analysis
