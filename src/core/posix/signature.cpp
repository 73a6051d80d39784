#include "core/signature.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <limits>
#include <memory>

namespace tq {
namespace {

template <class T, void (*F)(T*)>
struct Freed {
  void operator()(T* p) const { F(p); }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, EVP_PKEY_free>>;
using Context = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX, EVP_MD_CTX_free>>;

/// Without this, OpenSSL asks for a passphrase on the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

const unsigned char* raw(Bytes b) { return reinterpret_cast<const unsigned char*>(b.data()); }

template <class Read>
Result<Key> read_key(const std::string& pem, const char* place, const char* wanted, Read read) {
  struct FreeBio {
    void operator()(BIO* b) const { BIO_free(b); }
  };
  constexpr std::size_t kMost = std::numeric_limits<int>::max();
  const std::unique_ptr<BIO, FreeBio> in(BIO_new_mem_buf(pem.data(), static_cast<int>(std::min(pem.size(), kMost))));
  Key key(in ? read(in.get(), nullptr, no_passphrase, nullptr) : nullptr);
  ERR_clear_error();
  if (key && EVP_PKEY_get_id(key.get()) == EVP_PKEY_ED25519) return key;
  return Error{ErrorCode::usage,
               place,
               wanted,
               key ? "a key of another kind" : "no such key",
               {},
               "openssl genpkey -algorithm ed25519 -out key.pem; openssl pkey -in key.pem -pubout -out public.pem"};
}

}  // namespace

Result<std::string> sign_ed25519(const std::string& pem, Bytes message) {
  TQ_TRY(const Key key, read_key(pem, "--sign", "an Ed25519 private key in PEM, without a passphrase", PEM_read_bio_PrivateKey));
  const Context context(EVP_MD_CTX_new());
  std::string out(kSignatureBytes, '\0');
  std::size_t size = out.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, raw(message), message.size()) != 1 ||
      size != kSignatureBytes)
    return Error{ErrorCode::unsupported, "--sign", "a signature", "OpenSSL made none"};
  return out;
}

Status verify_ed25519(const std::string& pem, Bytes message, Bytes signature) {
  TQ_TRY(const Key key, read_key(pem, "--verify-key", "an Ed25519 public key in PEM", PEM_read_bio_PUBKEY));
  const Context context(EVP_MD_CTX_new());
  const bool good = context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
                    EVP_DigestVerify(context.get(), raw(signature), signature.size(), raw(message), message.size()) == 1;
  ERR_clear_error();
  if (good) return ok();
  return Error{ErrorCode::corrupt, "signature", "a signature that this key made over these bytes", "another"};
}

}  // namespace tq
