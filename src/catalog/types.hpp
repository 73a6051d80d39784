// The closed vocabularies of the catalog. Each word is a wire name: it is written in the CSV files and printed in reports.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tq::catalog {

enum class UpdateKind : std::uint8_t {
  service_pack,
  monthly_rollup,
  security_only,
  preview,
  servicing_stack,
  sha2,
  wsus_sha2,
  esu_preparation,
  esu_test,
  security_update,       ///< stands alone: one fix or a few, of any part of Windows
  ie_cumulative,         ///< Internet Explorer, every earlier one of the same version included
  dotnet_rollup,         ///< .NET Framework; the number is a parent's, machines list its children
  dotnet_security_only,  ///< one month of .NET Framework
  dotnet_security,       ///< .NET Framework before its rollups began: stands alone
  cumulative,            ///< Windows 10 and later: the one update of a month
  hotpatch
};
/// The lines an update can belong to. Updates close each other inside one line only.
enum class Line : std::uint8_t { os, ie, dotnet, servicing_stack, sha2, esu_preparation, service_pack, single };
/// What the version of an update row was read from. Only `kernel` and `fixed_build` may be compared with a machine's kernel.
enum class VersionBasis : std::uint8_t { none, kernel, fixed_build, stack, other_file };
/// Ordered from the surest down. `unconfirmed` = no source: it never carries a verdict alone.
enum class Confidence : std::uint8_t { high, medium, low, unconfirmed };
enum class BeliefVerdict : std::uint8_t { is_true, partly, is_false, unsupported };
/// The two servicing branches of NT 6.0: general distribution, limited distribution.
enum class Branch : std::uint8_t { gdr, ldr };
/// What a kernel version means that the plain order of revisions would read wrongly.
enum class KernelTreatment : std::uint8_t { counts_as, release_revision };
enum class ProductClass : std::uint8_t { client, server };
enum class ProductArch : std::uint8_t { any, x86, x64, ia64, arm, arm64 };
/// What of a machine a product name speaks of: Windows itself, or something that may or may not be on it.
enum class Component : std::uint8_t { os, ie, dotnet, other };
/// Microsoft's own words, ordered. `none` also stands for "not rated".
enum class Rating : std::uint8_t { none, low, moderate, important, critical };
/// Branch of a file that an update carries; `any`: the table of files does not say.
enum class FileBranch : std::uint8_t { any, gdr, ldr };
/// What a row of `corrections` does to the data of a feed.
enum class CorrectionKind : std::uint8_t {
  drop_edge,        ///< `kb` does not supersede `other`
  add_edge,         ///< `kb` supersedes `other`
  drop_fix,         ///< `kb` is no update of product `value`
  drop_kb,          ///< no such update
  set_date,         ///< `kb` was released on `value`
  set_kind,         ///< `kb` is of kind `value`
  set_fixed_build,  ///< `kb` brings `value`
  drop_fixed_build  ///< what the feed says about `kb` is no version of it
};

constexpr const char* to_string(UpdateKind k) {
  switch (k) {
    case UpdateKind::service_pack: return "service_pack";
    case UpdateKind::monthly_rollup: return "monthly_rollup";
    case UpdateKind::security_only: return "security_only";
    case UpdateKind::preview: return "preview";
    case UpdateKind::servicing_stack: return "servicing_stack";
    case UpdateKind::sha2: return "sha2";
    case UpdateKind::wsus_sha2: return "wsus_sha2";
    case UpdateKind::esu_preparation: return "esu_preparation";
    case UpdateKind::esu_test: return "esu_test";
    case UpdateKind::security_update: return "security_update";
    case UpdateKind::ie_cumulative: return "ie_cumulative";
    case UpdateKind::dotnet_rollup: return "dotnet_rollup";
    case UpdateKind::dotnet_security_only: return "dotnet_security_only";
    case UpdateKind::dotnet_security: return "dotnet_security";
    case UpdateKind::cumulative: return "cumulative";
    case UpdateKind::hotpatch: return "hotpatch";
  }
  return "?";
}
constexpr const char* to_string(VersionBasis b) {
  switch (b) {
    case VersionBasis::none: return "none";
    case VersionBasis::kernel: return "kernel";
    case VersionBasis::fixed_build: return "fixed_build";
    case VersionBasis::stack: return "stack";
    case VersionBasis::other_file: return "other_file";
  }
  return "?";
}
constexpr const char* to_string(Confidence c) {
  switch (c) {
    case Confidence::high: return "high";
    case Confidence::medium: return "medium";
    case Confidence::low: return "low";
    case Confidence::unconfirmed: return "unconfirmed";
  }
  return "?";
}
constexpr const char* to_string(BeliefVerdict v) {
  switch (v) {
    case BeliefVerdict::is_true: return "true";
    case BeliefVerdict::partly: return "partly";
    case BeliefVerdict::is_false: return "false";
    case BeliefVerdict::unsupported: return "unsupported";
  }
  return "?";
}
constexpr const char* to_string(Branch b) {
  switch (b) {
    case Branch::gdr: return "gdr";
    case Branch::ldr: return "ldr";
  }
  return "?";
}
constexpr const char* to_string(KernelTreatment t) {
  switch (t) {
    case KernelTreatment::counts_as: return "counts_as";
    case KernelTreatment::release_revision: return "release_revision";
  }
  return "?";
}
constexpr const char* to_string(ProductClass p) {
  switch (p) {
    case ProductClass::client: return "client";
    case ProductClass::server: return "server";
  }
  return "?";
}

constexpr const char* to_string(Line v) {
  switch (v) {
    case Line::os: return "os";
    case Line::ie: return "ie";
    case Line::dotnet: return "dotnet";
    case Line::servicing_stack: return "servicing_stack";
    case Line::sha2: return "sha2";
    case Line::esu_preparation: return "esu_preparation";
    case Line::service_pack: return "service_pack";
    case Line::single: return "single";
  }
  return "?";
}
constexpr const char* to_string(ProductArch v) {
  switch (v) {
    case ProductArch::any: return "any";
    case ProductArch::x86: return "x86";
    case ProductArch::x64: return "x64";
    case ProductArch::ia64: return "ia64";
    case ProductArch::arm: return "arm";
    case ProductArch::arm64: return "arm64";
  }
  return "?";
}
constexpr const char* to_string(Component v) {
  switch (v) {
    case Component::os: return "os";
    case Component::ie: return "ie";
    case Component::dotnet: return "dotnet";
    case Component::other: return "other";
  }
  return "?";
}
constexpr const char* to_string(Rating v) {
  switch (v) {
    case Rating::none: return "none";
    case Rating::low: return "low";
    case Rating::moderate: return "moderate";
    case Rating::important: return "important";
    case Rating::critical: return "critical";
  }
  return "?";
}
constexpr const char* to_string(FileBranch v) {
  switch (v) {
    case FileBranch::any: return "any";
    case FileBranch::gdr: return "gdr";
    case FileBranch::ldr: return "ldr";
  }
  return "?";
}
constexpr const char* to_string(CorrectionKind v) {
  switch (v) {
    case CorrectionKind::drop_edge: return "drop_edge";
    case CorrectionKind::add_edge: return "add_edge";
    case CorrectionKind::drop_fix: return "drop_fix";
    case CorrectionKind::drop_kb: return "drop_kb";
    case CorrectionKind::set_date: return "set_date";
    case CorrectionKind::set_kind: return "set_kind";
    case CorrectionKind::set_fixed_build: return "set_fixed_build";
    case CorrectionKind::drop_fixed_build: return "drop_fixed_build";
  }
  return "?";
}

constexpr Line line_of(UpdateKind k) {
  switch (k) {
    case UpdateKind::service_pack: return Line::service_pack;
    case UpdateKind::monthly_rollup:
    case UpdateKind::security_only:
    case UpdateKind::preview:
    case UpdateKind::cumulative:
    case UpdateKind::hotpatch: return Line::os;
    case UpdateKind::servicing_stack: return Line::servicing_stack;
    case UpdateKind::sha2:
    case UpdateKind::wsus_sha2: return Line::sha2;
    case UpdateKind::esu_preparation:
    case UpdateKind::esu_test: return Line::esu_preparation;
    case UpdateKind::ie_cumulative: return Line::ie;
    case UpdateKind::dotnet_rollup:
    case UpdateKind::dotnet_security_only:
    case UpdateKind::dotnet_security: return Line::dotnet;
    case UpdateKind::security_update: return Line::single;
  }
  return Line::single;
}

/// Does the newest of this kind hold all earlier ones of its line? Security-only updates of any line do not.
constexpr bool is_cumulative(UpdateKind k) {
  return k == UpdateKind::monthly_rollup || k == UpdateKind::preview || k == UpdateKind::cumulative || k == UpdateKind::ie_cumulative ||
         k == UpdateKind::dotnet_rollup || k == UpdateKind::servicing_stack || k == UpdateKind::esu_preparation;
}

/// Number of values of each enum: the bound that a stored word is tested against.
template <class E>
inline constexpr std::uint32_t kCount = 0;
template <>
inline constexpr std::uint32_t kCount<UpdateKind> = 16;
template <>
inline constexpr std::uint32_t kCount<VersionBasis> = 5;
template <>
inline constexpr std::uint32_t kCount<Confidence> = 4;
template <>
inline constexpr std::uint32_t kCount<BeliefVerdict> = 4;
template <>
inline constexpr std::uint32_t kCount<Branch> = 2;
template <>
inline constexpr std::uint32_t kCount<KernelTreatment> = 2;
template <>
inline constexpr std::uint32_t kCount<ProductClass> = 2;
template <>
inline constexpr std::uint32_t kCount<Line> = 8;
template <>
inline constexpr std::uint32_t kCount<ProductArch> = 6;
template <>
inline constexpr std::uint32_t kCount<Component> = 4;
template <>
inline constexpr std::uint32_t kCount<Rating> = 5;
template <>
inline constexpr std::uint32_t kCount<FileBranch> = 3;
template <>
inline constexpr std::uint32_t kCount<CorrectionKind> = 8;

/// The value whose wire name is `s`; nullopt for any other word (case counts).
template <class E>
constexpr std::optional<E> from_string(std::string_view s) {
  static_assert(kCount<E> > 0);
  for (std::uint32_t i = 0; i < kCount<E>; ++i)
    if (s == to_string(static_cast<E>(i))) return static_cast<E>(i);
  return std::nullopt;
}

/// Processors an update exists for.
struct Arches {
  bool x86 = false, x64 = false, ia64 = false, arm = false, arm64 = false;
  bool operator==(const Arches&) const = default;
};

}  // namespace tq::catalog
