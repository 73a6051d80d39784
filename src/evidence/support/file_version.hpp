// The fixed version of a program that Windows uses, as a fact. Shared by the collectors that read single files.
#pragma once

#include <string>

#include "model/facts.hpp"
#include "target/source.hpp"

namespace tq::evidence {

/// Reads VS_FIXEDFILEINFO of `path` (from the root of the tree). `as`: the path the fact carries, below the Windows folder.
/// Errors: those of opening and parsing; not_found also when the file has no fixed version.
Result<model::FileVersionFact> file_version(const target::Source& source, const std::string& path, std::string as);

/// Adds the version of a file below the Windows folder ("../" leads out of it) unless it is there already. A file that is
/// absent is no news; one that cannot be read gets a line of coverage. True when the file was read.
bool add_file(const target::Source& source, const std::string& below_windows, model::Facts& facts);

/// "Windows/System32/x.dll" for "system32/x.dll"; "Program Files/y" for "../program files/y"; empty when that leads out of
/// the tree (the target is the Windows folder itself).
std::string tree_path(const target::Source& source, const std::string& below_windows);

}  // namespace tq::evidence
