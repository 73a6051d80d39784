# What a platform's build is made of. A source file never asks which system it is on: it lies in a folder posix/ or windows/, or it is the
# same for all.
#
# Debian has no expat, libmspack, OpenSSL, Zydis, Zstandard, libarchive, SQLite or libxlsxwriter for mingw-w64. What needs one of them is left
# out of the Windows build: TQ_LEFT_OUT names the files, TQ_LEFT_OUT_COMMANDS the commands with what each would need. A stand-in in a folder
# windows/ answers "unsupported" where other code calls what is left out. The program says so by name: `tourniquet drivers`.
if(WIN32)
  set(TQ_OTHER_PLATFORM posix)
  set(TQ_LEFT_OUT
    src/analysis/
    src/cli/media.cpp src/cli/drivers.cpp src/cli/time32.cpp
    src/cli/support/media_files.cpp src/cli/support/programs.cpp src/cli/support/catalog_update.cpp
    src/feeds/
    src/fleet/ src/cli/fleet.cpp src/cli/support/fleet
    src/format/authenticode/ src/format/cab/ src/format/manifest/xml.cpp src/format/task/task.cpp src/format/update_media/
    src/image/support/unpack_zstd.cpp)
  # Those that are no command stand in the last lines of --help only.
  set(TQ_LEFT_OUT_COMMANDS "media|libmspack and OpenSSL" "drivers|Zydis" "time32|Zydis" "fleet|SQLite"
    "catalog update|expat and Zstandard" "archives|libarchive" "workbooks (xlsx)|libxlsxwriter" "signatures|OpenSSL" "XML (pending.xml, tasks)|expat"
    "disks packed with zstd|Zstandard")
  set(TQ_MAIN src/main_windows.cpp)
  set(TQ_MAIN_LINK -municode)  # its words in UTF-16
  # The assembler's words for read-only data, and for going back to code.
  set(TQ_RODATA [[.section .rdata,"dr"]])
  set(TQ_RODATA_END ".text")
else()
  set(TQ_OTHER_PLATFORM windows)
  set(TQ_LEFT_OUT src/fleet/posix/httpd.cpp)  # cmake/serve.cmake makes a file of its own of it
  set(TQ_LEFT_OUT_COMMANDS "")
  set(TQ_MAIN src/main.cpp)
  set(TQ_MAIN_LINK "")
  set(TQ_RODATA ".pushsection .rodata")
  set(TQ_RODATA_END ".popsection")
endif()

list(APPEND TQ_LEFT_OUT src/catalog/embedded.cpp)  # in a library of its own: tq_catalog() of cmake/rooms.cmake

# Takes out of a list of files what belongs to the tests or to another platform.
macro(tq_of_platform list)
  list(FILTER ${list} EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER ${list} EXCLUDE REGEX "/${TQ_OTHER_PLATFORM}/")
  set(stand_ins ${${list}})
  list(FILTER stand_ins INCLUDE REGEX "/windows/")
  foreach(left_out IN LISTS TQ_LEFT_OUT)
    list(FILTER ${list} EXCLUDE REGEX "^${CMAKE_SOURCE_DIR}/${left_out}")
  endforeach()
  list(APPEND ${list} ${stand_ins})  # of a room that is left out as a whole, too
  list(REMOVE_DUPLICATES ${list})
endmacro()

# The table behind cli::left_out(): what this build cannot, by name.
function(tq_left_out)
  set(rows "")
  list(LENGTH TQ_LEFT_OUT_COMMANDS count)
  foreach(row IN LISTS TQ_LEFT_OUT_COMMANDS)
    string(REPLACE "|" "\", \"" row "${row}")
    string(APPEND rows "{\"${row}\"}, ")
  endforeach()
  set(gen ${CMAKE_BINARY_DIR}/gen/left_out.cpp)
  file(CONFIGURE OUTPUT ${gen} CONTENT "// Written by cmake/platform.cmake.
#include \"cli/command.hpp\"
namespace tq::cli {
std::span<const LeftOut> left_out() {
  static constexpr LeftOut kAll[] = {${rows}{nullptr, nullptr}};
  return std::span(kAll).first(${count});
}
}  // namespace tq::cli
")
  target_sources(tq_cli PRIVATE ${gen})
endfunction()
