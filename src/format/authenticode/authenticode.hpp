// Authenticode signatures of cabinets and programs: does the digest fit, does the signer's key, and whose roots is it from.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "format/cab/cab.hpp"
#include "format/pe/pe.hpp"

namespace tq::format::authenticode {

/// Wire words of the contract. `mismatch`: digest, signature or chain is not as it should be; `why` says which.
enum class State { valid, mismatch, none, chain_not_checked };
const char* to_string(State s);

struct Signature {
  State state = State::none;
  std::string signer, issuer;         ///< common name, else the whole name; as the certificate says
  std::string digest_algorithm;       ///< "SHA1", "SHA256", ...: what a machine must know to check it
  std::string not_before, not_after;  ///< of the signer's certificate
  bool has_timestamp = false;         ///< a countersignature is there; it is not checked
  bool has_nested = false;            ///< a second signature inside, usually with another algorithm
  std::string why;                    ///< one sentence
};

/// Certificates in PEM that the user trusts.
class Roots {
 public:
  /// Errors: corrupt when not one certificate can be read.
  static Result<Roots> from_pem(Bytes pem);
  [[nodiscard]] std::size_t size() const;
  struct Impl;
  [[nodiscard]] const Impl& impl() const { return *impl_; }

 private:
  std::shared_ptr<const Impl> impl_;
};

/// The digest of what a signature speaks of; empty when the algorithm is not known.
using DigestOf = std::function<std::vector<std::byte>(const std::string& algorithm)>;

/// Looks at a PKCS#7 of Authenticode. The chain is checked only against `roots`, without regard to the present day (the time
/// stamp is not checked) and without the network.
Signature check(Bytes pkcs7, const DigestOf& digest, const Roots* roots);
Signature check_cabinet(Bytes file, const cab::Header& header, const Roots* roots);
/// `image` as pe::open gave it for the same bytes.
Signature check_program(Bytes file, const pe::Image& image, const Roots* roots);

/// Digest over several ranges in turn; empty for an unknown algorithm ("SHA1", "SHA256", "SHA384", "SHA512", "MD5").
std::vector<std::byte> digest(const std::string& algorithm, const std::vector<Bytes>& ranges);

}  // namespace tq::format::authenticode
