// AppCompatCache: the list of programs that the loader has looked at, as one registry value. Servicing leaves its own traces there.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "core/version.hpp"

namespace tq::format::appcompat {

/// Server 2003 and NT 6.0 share one signature; the last 8 bytes of an entry are a file size on the one and flags on the other.
/// The hive's own version decides; `guess` looks at the values.
enum class Generation { guess, nt52, nt60 };

struct Entry {
  std::string path;                  ///< as stored, "\??\C:\Windows\..."
  FileTime modified;                 ///< last write time of the file (not: when it ran)
  std::uint64_t file_size_or_0 = 0;  ///< NT 5.2 only
  std::uint32_t flags = 0, shim_flags = 0;
  bool has_flags = false;
  std::uint64_t offset = 0;  ///< of the entry's record
};

struct Cache {
  std::string layout;          ///< "nt52_x86", "nt52_x64", "nt60_x86", "nt60_x64", "nt61_x86", "nt61_x64"
  bool guessed = false;        ///< nt52 or nt60 was told from the values, not from the caller
  std::vector<Entry> entries;  ///< in stored order: newest first
  std::vector<Error> lost;
};

/// Errors: truncated (no header), unsupported (another signature: NT 5.1, 6.2 and later), corrupt (no entry fits either word size).
Result<Cache> parse(Bytes value, Generation generation = Generation::guess);

enum class TraceKind { component, update_file, trusted_installer };
const char* to_string(TraceKind k);

/// One piece of evidence that servicing was at work: a program file inside a WinSxS component folder, a path that names a KB, or
/// TrustedInstaller.exe itself. It shows that the file was there, not that an installation succeeded.
struct Trace {
  TraceKind kind = TraceKind::component;
  std::string name;          ///< component name, "KB<number>", or "TrustedInstaller.exe"
  FileVersion version;       ///< of a component folder; all zero otherwise
  std::string architecture;  ///< of a component folder
  std::uint32_t kb = 0;      ///< of an update_file
  FileTime modified;
  std::string path;
};

/// Sorted by kind, name, version, architecture, path. A path may give more than one trace.
std::vector<Trace> servicing_traces(const Cache& cache);

}  // namespace tq::format::appcompat
