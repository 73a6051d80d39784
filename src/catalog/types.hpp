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
  esu_test
};
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
enum class UpgradeAnswer : std::uint8_t { yes, no, chain };

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
constexpr const char* to_string(UpgradeAnswer u) {
  switch (u) {
    case UpgradeAnswer::yes: return "yes";
    case UpgradeAnswer::no: return "no";
    case UpgradeAnswer::chain: return "chain";
  }
  return "?";
}

/// Number of values of each enum: the bound that a stored word is tested against.
template <class E>
inline constexpr std::uint32_t kCount = 0;
template <>
inline constexpr std::uint32_t kCount<UpdateKind> = 9;
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
inline constexpr std::uint32_t kCount<UpgradeAnswer> = 3;

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
  bool x86 = false, x64 = false, ia64 = false;
  bool operator==(const Arches&) const = default;
};

}  // namespace tq::catalog
