// Without OpenSSL no signature is checked, and that is what is said.
#include "format/authenticode/authenticode.hpp"

namespace tq::format::authenticode {

Signature check_program(Bytes, const pe::Image&, const Roots*) {
  Signature s;
  s.why = "this build checks no signatures (it needs OpenSSL): use the Linux build";
  return s;
}

}  // namespace tq::format::authenticode
