#include "model/facts.hpp"

namespace tq::model {
namespace {

/// Finds `s` among the wire names of all values 0..last of an enum.
template <class E>
bool lookup(std::string_view s, E last, E& out) {
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    const E e = static_cast<E>(i);
    if (s == to_string(e)) {
      out = e;
      return true;
    }
  }
  return false;
}

}  // namespace

const char* to_string(Tri t) {
  switch (t) {
    case Tri::no: return "no";
    case Tri::yes: return "yes";
    case Tri::unknown: return "unknown";
  }
  return "?";
}
bool from_string(std::string_view s, Tri& out) { return lookup(s, Tri::unknown, out); }

const char* to_string(SettingState s) {
  switch (s) {
    case SettingState::present: return "present";
    case SettingState::absent: return "absent";
    case SettingState::wrong_type: return "wrong_type";
    case SettingState::unreadable: return "unreadable";
  }
  return "?";
}
bool from_string(std::string_view s, SettingState& out) { return lookup(s, SettingState::unreadable, out); }

const char* to_string(WitnessGroup g) {
  switch (g) {
    case WitnessGroup::booted_kernel: return "booted_kernel";
    case WitnessGroup::kernel_file: return "kernel_file";
    case WitnessGroup::component_store: return "component_store";
    case WitnessGroup::servicing_history: return "servicing_history";
    case WitnessGroup::other_file: return "other_file";
  }
  return "?";
}
bool from_string(std::string_view s, WitnessGroup& out) { return lookup(s, WitnessGroup::other_file, out); }

const char* to_string(PackageState s) {
  switch (s) {
    case PackageState::installed: return "installed";
    case PackageState::superseded: return "superseded";
    case PackageState::staged: return "staged";
    case PackageState::staged_or_superseded: return "staged_or_superseded";
    case PackageState::pending_install: return "pending_reboot";
    case PackageState::pending_removal: return "pending_removal";
    case PackageState::partial: return "partial";
    case PackageState::in_progress: return "in_progress";
    case PackageState::absent: return "absent";
    case PackageState::broken: return "broken";
    case PackageState::unknown: return "unknown";
  }
  return "?";
}
bool from_string(std::string_view s, PackageState& out) { return lookup(s, PackageState::unknown, out); }

bool present(PackageState s) { return s == PackageState::installed || s == PackageState::superseded; }

PackageState decode_package_state(std::int32_t raw) {
  // The low form (0..8) is what NT 6.0 writes, the high form everything later; the sets meet only in 0 and 5,
  // where they agree. Negative states say that the package is there but broken.
  switch (raw) {
    case 0: return PackageState::absent;
    case 1:
    case 2:
    case 3:
    case 0x10:
    case 0x20:
    case 0x30: return PackageState::in_progress;
    case 4: return PackageState::staged_or_superseded;
    case 0x40: return PackageState::staged;
    case 5: return PackageState::pending_removal;
    case 6:
    case 0x60: return PackageState::pending_install;
    case 7:
    case 8:
    case 0x70:
    case 0x80: return PackageState::installed;
    case 0x50: return PackageState::superseded;
    case 0x65: return PackageState::partial;
    default: return raw < 0 ? PackageState::broken : PackageState::unknown;
  }
}

const char* to_string(CoverageStatus s) {
  switch (s) {
    case CoverageStatus::read: return "read";
    case CoverageStatus::absent: return "absent";
    case CoverageStatus::unsupported: return "unsupported";
    case CoverageStatus::failed: return "failed";
    case CoverageStatus::skipped: return "skipped";
  }
  return "?";
}
bool from_string(std::string_view s, CoverageStatus& out) { return lookup(s, CoverageStatus::skipped, out); }

}  // namespace tq::model
