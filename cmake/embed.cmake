# tq_embed(ROOM SYMBOL FILE): the bytes of FILE become SYMBOL_begin .. SYMBOL_end of the room's library.
# A string of bytes in C++ would cost the compiler seconds; the assembler copies the file.
function(tq_embed room symbol data)
  get_target_property(kind tq_${room} TYPE)
  if(kind STREQUAL INTERFACE_LIBRARY)
    return()  # the whole room is left out (cmake/platform.cmake)
  endif()
  set(source ${CMAKE_BINARY_DIR}/gen/${symbol}_bytes.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "// Written by cmake/embed.cmake.
asm(R\"(
  ${TQ_RODATA}
  .globl ${symbol}_begin
  .globl ${symbol}_end
  .balign 16
${symbol}_begin:
  .incbin \"${data}\"
${symbol}_end:
  .byte 0
  ${TQ_RODATA_END}
)\");
" @ONLY)
  set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS ${data})
  target_sources(tq_${room} PRIVATE ${source})
endfunction()
