// libarchive, loaded when the first archive is opened: a run over a text or a hive does not pay for it and its ten libraries.
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include "core/result.hpp"
#include "io/library.hpp"

namespace tq::fs {

/// The functions of libarchive that are used, by the names of its manual. Only the headers are needed at build time.
struct LibArchive {
#define TQ_LIBARCHIVE(X)                \
  X(archive_read_new)                   \
  X(archive_read_free)                  \
  X(archive_read_support_filter_gzip)   \
  X(archive_read_support_filter_bzip2)  \
  X(archive_read_support_filter_xz)     \
  X(archive_read_support_filter_zstd)   \
  X(archive_read_support_format_tar)    \
  X(archive_read_set_format_option)     \
  X(archive_read_support_format_zip)    \
  X(archive_read_support_format_7zip)   \
  X(archive_read_set_read_callback)     \
  X(archive_read_set_skip_callback)     \
  X(archive_read_set_seek_callback)     \
  X(archive_read_set_callback_data)     \
  X(archive_read_open1)                 \
  X(archive_read_next_header)           \
  X(archive_read_header_position)       \
  X(archive_read_has_encrypted_entries) \
  X(archive_read_data)                  \
  X(archive_read_data_block)            \
  X(archive_error_string)               \
  X(archive_set_error)                  \
  X(archive_format)                     \
  X(archive_filter_count)               \
  X(archive_filter_code)                \
  X(archive_filter_bytes)               \
  X(archive_entry_pathname)             \
  X(archive_entry_pathname_utf8)        \
  X(archive_entry_hardlink)             \
  X(archive_entry_hardlink_utf8)        \
  X(archive_entry_filetype)             \
  X(archive_entry_size)                 \
  X(archive_entry_size_is_set)          \
  X(archive_entry_mtime)                \
  X(archive_entry_mtime_is_set)         \
  X(archive_entry_is_data_encrypted)    \
  X(archive_entry_is_metadata_encrypted)
  TQ_LIBARCHIVE(TQ_LIBRARY_MEMBER)
};

inline constexpr const char* kLibArchiveSoname = "libarchive.so.13";

/// The library of that name, with every function found. Errors: unsupported, with the advice to install the package.
Result<LibArchive> load_libarchive(const char* soname);
/// kLibArchiveSoname, loaded once in the life of the process and never unloaded.
const Result<LibArchive>& libarchive();

}  // namespace tq::fs
