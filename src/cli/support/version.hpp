#pragma once
namespace tq::cli {
inline constexpr const char* kVersion = "0.1.0";  // KEEP IN SYNC: CMakeLists.txt project(VERSION)
}
