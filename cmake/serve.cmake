# What `fleet serve` loads: the one file that speaks HTTP, with cpp-httplib behind it. A file of its own, because that library brings
# OpenSSL and Brotli along, and every other command would wait for them (2 ms at each start). Without the library the program says so.
find_path(TQ_HTTPLIB httplib.h)
find_library(TQ_HTTPLIB_LIBRARY cpp-httplib)
target_compile_definitions(tq_fleet PRIVATE TQ_LIBDIR="${CMAKE_INSTALL_LIBEXECDIR}")
if(TQ_HTTPLIB AND TQ_HTTPLIB_LIBRARY)
  add_library(tourniquet_serve MODULE ${CMAKE_SOURCE_DIR}/src/fleet/posix/httpd.cpp)
  set_target_properties(tourniquet_serve PROPERTIES PREFIX "" OUTPUT_NAME tourniquet-serve LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
  # As Debian's package was built: its classes have another shape without them.
  target_compile_definitions(tourniquet_serve PRIVATE CPPHTTPLIB_OPENSSL_SUPPORT CPPHTTPLIB_ZLIB_SUPPORT CPPHTTPLIB_BROTLI_SUPPORT)
  target_include_directories(tourniquet_serve SYSTEM PRIVATE ${TQ_HTTPLIB})
  target_link_libraries(tourniquet_serve PRIVATE tq_flags ${TQ_HTTPLIB_LIBRARY} Threads::Threads)
  add_dependencies(tourniquet tourniquet_serve)
  install(TARGETS tourniquet_serve LIBRARY DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/tourniquet)  # no place that the linker looks into
else()
  message(STATUS "httplib.h not found (libcpp-httplib-dev): no fleet serve")
endif()
