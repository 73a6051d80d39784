# Compiled once for all where TQ_PRECOMPILE says so.
set(TQ_COMMON_HEADERS <algorithm> <array> <functional> <map> <memory> <optional> <set> <span> <string> <string_view> <unordered_map>
  <variant> <vector> <fmt/format.h> <nlohmann/json.hpp>)

# A room is a folder of src/ and one static library. Files that end in _test.cpp belong to the tests. Files in a folder posix/ or windows/
# are compiled for such a system alone; cmake/platform.cmake says what else a platform leaves out.
#
# tq_room(NAME [COLD] [TOGETHER n] [LINK libs...] [REGISTRY Type header])
#   COLD: only words are made there, once a run; compiled sooner rather than faster.
#   TOGETHER: how many files are compiled together, where CMAKE_UNITY_BUILD says so (8): less where they are long.
#   REGISTRY: every *.cpp directly in src/NAME defines `const Type <stem>` in namespace tq::NAME;
#   sub-folders hold what they share. The build writes the table, so that adding one is adding a file.
function(tq_room name)
  cmake_parse_arguments(R "COLD" "TOGETHER" "LINK;REGISTRY" ${ARGN})
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cpp)
  tq_of_platform(files)
  list(SORT files)
  if(R_REGISTRY)
    list(GET R_REGISTRY 0 type)
    list(GET R_REGISTRY 1 header)
    file(GLOB entries CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cpp)
    tq_of_platform(entries)
    list(SORT entries)
    set(decls "")
    set(rows "")
    foreach(f IN LISTS entries)
      get_filename_component(stem ${f} NAME_WE)
      string(APPEND decls "extern const ${type} ${stem};\n")
      string(APPEND rows "&${stem}, ")
    endforeach()
    set(gen ${CMAKE_BINARY_DIR}/gen/${name}_registry.cpp)
    file(CONFIGURE OUTPUT ${gen} CONTENT "// Written by cmake/rooms.cmake from the files of src/${name}.\n#include \"${header}\"\n#include <iterator>\nnamespace tq::${name} {\n${decls}std::span<const ${type}* const> all() {\n  static constexpr const ${type}* kAll[] = {${rows}nullptr};\n  return std::span(kAll).first(std::size(kAll) - 1);\n}\n}  // namespace tq::${name}\n")
    list(APPEND files ${gen})
  endif()
  if(NOT files)
    add_library(tq_${name} INTERFACE)
    target_link_libraries(tq_${name} INTERFACE tq_flags ${R_LINK})
    return()
  endif()
  add_library(tq_${name} STATIC ${files})
  target_link_libraries(tq_${name} PUBLIC tq_flags ${R_LINK})
  if(R_TOGETHER)
    set_target_properties(tq_${name} PROPERTIES UNITY_BUILD_BATCH_SIZE ${R_TOGETHER})
  endif()
  if(R_COLD)
    target_compile_options(tq_${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  endif()
  if(TQ_PRECOMPILE AND name STREQUAL core)
    target_precompile_headers(tq_core PRIVATE ${TQ_COMMON_HEADERS})
  elseif(TQ_PRECOMPILE)
    target_precompile_headers(tq_${name} REUSE_FROM tq_core)
  endif()
endfunction()

# Compiles data/catalog/**.csv into one file at build time and embeds it: tq_catalog_begin/_end of the room's second library, as the compiler is
# made of the first.
function(tq_catalog)
  add_executable(catalogc ${CMAKE_SOURCE_DIR}/tools/catalogc.cpp)
  if(CMAKE_CROSSCOMPILING)
    set_target_properties(catalogc PROPERTIES EXCLUDE_FROM_ALL ON)
  endif()
  add_dependencies(catalogc tq_catalog)
  target_link_libraries(catalogc PRIVATE $<TARGET_FILE:tq_catalog> tq_model tq_io)
  target_include_directories(catalogc PRIVATE ${CMAKE_SOURCE_DIR})

  file(GLOB_RECURSE tables CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/data/catalog/*.csv)
  set(compiled ${CMAKE_BINARY_DIR}/gen/catalog.tqc)
  set(compiler catalogc)
  if(CMAKE_CROSSCOMPILING)
    # The compiled catalog is the same file everywhere; the compiler has to run here.
    set(compiler ${CMAKE_BINARY_DIR}/host/catalogc)
    add_custom_command(OUTPUT ${compiler}
      COMMAND ${CMAKE_COMMAND} -S ${CMAKE_SOURCE_DIR} -B ${CMAKE_BINARY_DIR}/host -G ${CMAKE_GENERATOR} -DCMAKE_BUILD_TYPE=Release
        -DCMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER}
      COMMAND ${CMAKE_COMMAND} --build ${CMAKE_BINARY_DIR}/host --target catalogc
      DEPENDS tq_catalog COMMENT "Building the catalog compiler for this system" VERBATIM)
  endif()
  add_custom_command(OUTPUT ${compiled} COMMAND ${compiler} ${CMAKE_SOURCE_DIR}/data/catalog ${compiled}
    DEPENDS ${compiler} ${tables} COMMENT "Compiling the catalog" VERBATIM)

  add_library(tq_catalog_data STATIC ${CMAKE_SOURCE_DIR}/src/catalog/embedded.cpp ${compiled})
  target_link_libraries(tq_catalog_data PUBLIC tq_catalog)
  target_link_libraries(tq_catalog INTERFACE tq_catalog_data)
  tq_embed(catalog_data tq_catalog ${compiled})
endfunction()
