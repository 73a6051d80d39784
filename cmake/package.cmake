# Installation and the Debian package: what lies where. `tools/package.bash deb` drives it.
#
# Manual pages and completions are the program's own output; they are made when installing, so that an ordinary build does not wait for
# them. The program therefore has to run where it is installed from: a cross build installs the program alone.
include(GNUInstallDirs)
set(CPACK_PACKAGE_CONTACT "The Tourniquet authors <maintainers@tourniquet.invalid>")

install(TARGETS tourniquet RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

if(NOT CMAKE_CROSSCOMPILING)
  set(TQ_STAGE ${CMAKE_BINARY_DIR}/stage)
  configure_file(${CMAKE_SOURCE_DIR}/packaging/stage.cmake.in ${CMAKE_BINARY_DIR}/gen/stage.cmake @ONLY)
  install(SCRIPT ${CMAKE_BINARY_DIR}/gen/stage.cmake)
  install(DIRECTORY ${TQ_STAGE}/man1/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  install(FILES ${TQ_STAGE}/bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME tourniquet)
  install(FILES ${TQ_STAGE}/zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions RENAME _tourniquet)
  install(FILES ${TQ_STAGE}/fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d RENAME tourniquet.fish)
  install(DIRECTORY ${TQ_STAGE}/doc/ DESTINATION ${CMAKE_INSTALL_DOCDIR})
  install(FILES ${CMAKE_BINARY_DIR}/gen/catalog.tqc DESTINATION ${CMAKE_INSTALL_DATADIR}/tourniquet)
  install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.md" PATTERN "*.png")
  install(FILES README.md SECURITY.md THIRD_PARTY.md NOTICE DESTINATION ${CMAKE_INSTALL_DOCDIR})
  install(FILES packaging/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})
  install(DIRECTORY examples DESTINATION ${CMAKE_INSTALL_DOCDIR})
  install(FILES packaging/lintian-overrides DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides RENAME tourniquet)
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME tourniquet)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "offline, read-only auditor of Windows patch levels")
set(CPACK_PACKAGE_DESCRIPTION "Tells which Windows build a machine really has and how far it is really
patched, from disk images, mounted volumes, registry hives and inventories,
without touching the machine. Windows Server 2008 SP2 and Vista SP2 (NT 6.0)
first. Every statement names its evidence and how well it is founded.")
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# What dpkg-shlibdeps cannot see because it is opened while the program runs, and only when it is needed.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "libarchive13, libxlsxwriter4, libpq5")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_OUTPUT_FILE_PREFIX ${CMAKE_BINARY_DIR}/package)
include(CPack)
