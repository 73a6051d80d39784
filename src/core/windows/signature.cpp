#include "core/signature.hpp"

namespace tq {
namespace {

Error left_out(const char* option) {
  return Error{ErrorCode::unsupported,
               option,
               "OpenSSL",
               "it is not part of the program for Windows",
               {},
               "sign and check manifest.json with openssl pkeyutl -rawin"};
}

}  // namespace

Result<std::string> sign_ed25519(const std::string&, Bytes) { return left_out("--sign"); }
Status verify_ed25519(const std::string&, Bytes, Bytes) { return left_out("--verify-key"); }

}  // namespace tq
