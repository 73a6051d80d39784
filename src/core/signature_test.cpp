#include "core/signature.hpp"

#include <doctest/doctest.h>

#include "tests/support/ed25519_keys.hpp"

namespace {

using namespace tq;
using test::kOtherPublic, test::kPrivate, test::kPublic;

}  // namespace

TEST_CASE("signature: only the key that signed, only over these bytes") {
  const auto s = sign_ed25519(kPrivate, bytes_of("manifest"));
  REQUIRE(s);
  CHECK(s->size() == kSignatureBytes);
  CHECK(*s == *sign_ed25519(kPrivate, bytes_of("manifest")));  // Ed25519 has no chance in it
  CHECK(verify_ed25519(kPublic, bytes_of("manifest"), bytes_of(*s)));
  CHECK(verify_ed25519(kPublic, bytes_of("manifesT"), bytes_of(*s)).error().code == ErrorCode::corrupt);
  CHECK(verify_ed25519(kOtherPublic, bytes_of("manifest"), bytes_of(*s)).error().code == ErrorCode::corrupt);
  for (std::size_t n = 0; n < s->size(); ++n) {
    std::string bad = *s;
    CHECK_FALSE(verify_ed25519(kPublic, bytes_of("manifest"), bytes_of(bad.substr(0, n))));
    bad[n] = static_cast<char>(bad[n] ^ 1);
    CHECK_FALSE(verify_ed25519(kPublic, bytes_of("manifest"), bytes_of(bad)));
  }
}

TEST_CASE("signature: what is no key says so, and nothing is asked on the terminal") {
  for (const std::string& bad : {std::string(), std::string("hello"), kPublic, kPrivate.substr(0, 60)})
    CHECK(sign_ed25519(bad, bytes_of("x")).error().code == ErrorCode::usage);
  CHECK(verify_ed25519(kPrivate, bytes_of("x"), bytes_of("y")).error().code == ErrorCode::usage);
}
