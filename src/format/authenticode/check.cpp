#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <limits>

#include "core/hash.hpp"
#include "core/version.hpp"
#include "format/authenticode/authenticode.hpp"
#include "format/authenticode/der.hpp"

namespace tq::format::authenticode {
namespace {

template <class T, void (*Free)(T*)>
struct Freed {
  void operator()(T* p) const { Free(p); }
};
using Pkcs7 = std::unique_ptr<PKCS7, Freed<PKCS7, PKCS7_free>>;
using Cert = std::unique_ptr<X509, Freed<X509, X509_free>>;
using Store = std::unique_ptr<X509_STORE, Freed<X509_STORE, X509_STORE_free>>;
using StoreContext = std::unique_ptr<X509_STORE_CTX, Freed<X509_STORE_CTX, X509_STORE_CTX_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO, BIO_free_all>>;
using Context = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX, EVP_MD_CTX_free>>;

constexpr const char* kIndirectData = "1.3.6.1.4.1.311.2.1.4";
constexpr const char* kNested = "1.3.6.1.4.1.311.2.4.1";
constexpr const char* kTimestampMs = "1.3.6.1.4.1.311.3.3.1";
constexpr std::uint64_t kMostPkcs7 = std::uint64_t{16} << 20;

std::string oid_text(const ASN1_OBJECT* o) {
  char buffer[128];
  const int n = OBJ_obj2txt(buffer, sizeof buffer, o, 1);
  return n > 0 ? std::string(buffer) : std::string();
}

/// Name of a digest algorithm by the DER of its object identifier's value.
std::string algorithm_name(Bytes oid) {
  static const std::pair<const char*, const char*> kKnown[] = {{"2b0e03021a", "SHA1"},
                                                               {"608648016503040201", "SHA256"},
                                                               {"608648016503040202", "SHA384"},
                                                               {"608648016503040203", "SHA512"},
                                                               {"2a864886f70d0205", "MD5"}};
  const std::string h = hex(oid);
  for (const auto& [der, name] : kKnown)
    if (h == der) return name;
  return {};
}

/// What the signer says of the file: SEQUENCE { what it is, SEQUENCE { SEQUENCE { algorithm }, digest } }.
struct Statement {
  Bytes signed_bytes;  ///< the part the signature covers: the outer element without its head
  std::string algorithm;
  Bytes digest;
};

std::optional<Statement> statement(Bytes content) {
  Statement s;
  auto outer = take(content);
  if (!outer || outer->tag != 0x30) return std::nullopt;
  s.signed_bytes = outer->value;
  Bytes inner = outer->value;
  if (!take(inner)) return std::nullopt;
  const auto info = take(inner);
  if (!info) return std::nullopt;
  Bytes parts = info->value;
  const auto algorithm = take(parts), digest = take(parts);
  if (!algorithm || !digest || digest->tag != 0x04) return std::nullopt;
  Bytes identifier = algorithm->value;
  const auto oid = take(identifier);
  if (!oid || oid->tag != 0x06) return std::nullopt;
  s.algorithm = algorithm_name(oid->value);
  s.digest = digest->value;
  return s;
}

std::string name_of(X509_NAME* name) {
  const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
  unsigned char* utf8 = nullptr;
  if (at >= 0) {
    const int n = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    if (n >= 0) {
      std::string s(reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(n));
      OPENSSL_free(utf8);
      return s;
    }
  }
  const Bio out(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_ONELINE);
  char* text = nullptr;
  const long n = BIO_get_mem_data(out.get(), &text);
  return n > 0 ? std::string(text, static_cast<std::size_t>(n)) : std::string();
}

std::string time_text(const ASN1_TIME* t) {
  std::tm tm{};
  if (t == nullptr || ASN1_TIME_to_tm(t, &tm) != 1) return {};
  return Date{tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday}.text();
}

void extras(PKCS7_SIGNER_INFO* si, Signature& s) {
  for (int i = 0; i < sk_X509_ATTRIBUTE_num(si->unauth_attr); ++i) {
    const std::string oid = oid_text(X509_ATTRIBUTE_get0_object(sk_X509_ATTRIBUTE_value(si->unauth_attr, i)));
    if (oid == kNested) s.has_nested = true;
    if (oid == kTimestampMs || oid == "1.2.840.113549.1.9.6") s.has_timestamp = true;
  }
}

/// The chain from the signer to one of the roots; empty when it is sound, else what is wrong.
std::string chain_error(X509* signer, STACK_OF(X509) * others, X509_STORE* roots) {
  const StoreContext c(X509_STORE_CTX_new());
  if (!c || X509_STORE_CTX_init(c.get(), roots, signer, others) != 1) return "the chain could not be looked at";
  auto* p = X509_STORE_CTX_get0_param(c.get());
  X509_VERIFY_PARAM_set_purpose(p, X509_PURPOSE_ANY);
  // Old media: SHA-1 chains, certificates that have run out since they were stamped.
  X509_VERIFY_PARAM_set_auth_level(p, 0);
  X509_VERIFY_PARAM_set_flags(p, X509_V_FLAG_NO_CHECK_TIME | X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_depth(p, 16);
  if (X509_verify_cert(c.get()) == 1) return {};
  return X509_verify_cert_error_string(X509_STORE_CTX_get_error(c.get()));
}

Signature bad(Signature s, std::string why) {
  s.state = State::mismatch;
  s.why = std::move(why);
  ERR_clear_error();
  return s;
}

}  // namespace

struct Roots::Impl {
  Store store;
  std::size_t count = 0;
};

const char* to_string(State s) {
  switch (s) {
    case State::valid: return "valid";
    case State::mismatch: return "mismatch";
    case State::none: return "none";
    case State::chain_not_checked: return "chain_not_checked";
  }
  return "?";
}

Result<Roots> Roots::from_pem(Bytes pem) {
  auto impl = std::make_shared<Impl>();
  impl->store.reset(X509_STORE_new());
  const Bio in(BIO_new_mem_buf(pem.data(), static_cast<int>(std::min<std::uint64_t>(pem.size(), std::numeric_limits<int>::max()))));
  while (impl->store && in && impl->count < 10000) {
    const Cert cert(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
    if (!cert) break;
    X509_STORE_add_cert(impl->store.get(), cert.get());
    ++impl->count;
  }
  ERR_clear_error();
  if (impl->count == 0) return Error{ErrorCode::corrupt, "trust-roots", "certificates in PEM", "none"};
  Roots r;
  r.impl_ = std::move(impl);
  return r;
}

std::size_t Roots::size() const { return impl_->count; }

std::vector<std::byte> digest(const std::string& algorithm, const std::vector<Bytes>& ranges) {
  const EVP_MD* md = EVP_get_digestbyname(algorithm.c_str());
  const Context c(EVP_MD_CTX_new());
  if (md == nullptr || !c || EVP_DigestInit_ex(c.get(), md, nullptr) != 1) return {};
  for (const Bytes& r : ranges) EVP_DigestUpdate(c.get(), r.data(), r.size());
  std::vector<std::byte> out(EVP_MAX_MD_SIZE);
  unsigned n = 0;
  if (EVP_DigestFinal_ex(c.get(), reinterpret_cast<unsigned char*>(out.data()), &n) != 1) return {};
  out.resize(n);
  return out;
}

Signature check(Bytes der, const DigestOf& digest_of, const Roots* roots) {
  Signature s;
  if (der.size() > kMostPkcs7) return bad(s, "the signature is larger than any honest one");
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const Pkcs7 p7(d2i_PKCS7(nullptr, &at, static_cast<long>(der.size())));
  if (!p7 || !PKCS7_type_is_signed(p7.get()) || p7->d.sign == nullptr || p7->d.sign->contents == nullptr)
    return bad(s, "the signature is damaged: no signed PKCS#7");
  const auto* contents = p7->d.sign->contents;
  if (oid_text(contents->type) != kIndirectData || contents->d.other == nullptr || contents->d.other->type != V_ASN1_SEQUENCE)
    return bad(s, "the signature speaks of no file");
  const auto* sequence = contents->d.other->value.sequence;
  const auto said =
      statement(Bytes(std::as_bytes(std::span(ASN1_STRING_get0_data(sequence), static_cast<std::size_t>(ASN1_STRING_length(sequence))))));
  if (!said) return bad(s, "the signature is damaged: no digest in it");
  s.digest_algorithm = said->algorithm;

  auto* infos = PKCS7_get_signer_info(p7.get());
  auto* info = sk_PKCS7_SIGNER_INFO_num(infos) > 0 ? sk_PKCS7_SIGNER_INFO_value(infos, 0) : nullptr;
  X509* signer = info != nullptr ? PKCS7_cert_from_signer_info(p7.get(), info) : nullptr;
  if (signer == nullptr) return bad(s, "the signer's certificate is not in the signature");
  s.signer = name_of(X509_get_subject_name(signer));
  s.issuer = name_of(X509_get_issuer_name(signer));
  s.not_before = time_text(X509_get0_notBefore(signer));
  s.not_after = time_text(X509_get0_notAfter(signer));
  extras(info, s);

  const auto is = digest_of(s.digest_algorithm);
  if (is.empty()) return bad(s, "the digest algorithm is not known");
  if (hex(bytes_of(is)) != hex(said->digest)) return bad(s, "the file is not what was signed: its digest differs");
  const Bio covered(BIO_new_mem_buf(said->signed_bytes.data(), static_cast<int>(said->signed_bytes.size())));
  if (PKCS7_verify(p7.get(), nullptr, nullptr, covered.get(), nullptr, PKCS7_NOVERIFY | PKCS7_BINARY) != 1)
    return bad(s, "the signature was not made with the signer's key");
  if (roots == nullptr) {
    s.state = State::chain_not_checked;
    s.why = "digest and signature fit; who stands behind the signer was not checked (--trust-roots)";
    return s;
  }
  if ((X509_get_extended_key_usage(signer) & XKU_CODE_SIGN) == 0) return bad(s, "the signer's certificate is not for signing programs");
  if (const auto wrong = chain_error(signer, p7->d.sign->cert, roots->impl().store.get()); !wrong.empty())
    return bad(s, "the chain does not lead to a root that was given: " + wrong);
  s.state = State::valid;
  s.why = "digest, signature and chain fit; the time stamp was not checked";
  return s;
}

}  // namespace tq::format::authenticode
