// How triage tools write the drive a file came from: "C", "C:", "C%3A", "%5C%5C.%5CC%3A", shadow copies.
#pragma once

#include <string>
#include <string_view>

namespace tq::target {

/// "%3A" -> ":"; what is no such escape stays.
std::string percent_decoded(std::string_view s);
/// The drive letter a folder's name stands for, in capitals; 0 when it stands for none.
char drive_letter(std::string_view folder);
/// A folder that holds files of a volume shadow copy: the state of an earlier day.
bool is_shadow_copy(std::string_view folder);
/// A folder named after the way a collector read ("auto", "ntfs"): files of one drive are spread over several of them.
bool is_accessor(std::string_view folder);

}  // namespace tq::target
