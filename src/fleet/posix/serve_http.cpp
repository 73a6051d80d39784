#include <sys/random.h>
#include <unistd.h>

#include <array>

#include "core/bytes.hpp"
#include "core/hash.hpp"
#include "core/text.hpp"
#include "fleet/serve/httpd.hpp"
#include "io/folder.hpp"
#include "io/library.hpp"
#include "io/output.hpp"

namespace tq::fleet::serve {
namespace {

/// Where the file may lie: beside the program (a build, the self-contained folder), or where packages put it.
constexpr const char* kFolders[] = {"/", "/../" TQ_LIBDIR "/tourniquet/"};

}  // namespace

Status serve_http(const Listen& listen, const std::function<void(std::uint16_t port)>& ready,
                  const std::function<Response(const Request&)>& handle) {
  constexpr const char* kPurpose = "the part of the program that speaks HTTP";
  constexpr const char* kPackage = "libcpp-httplib0.11";
  const std::string program = io::own_program(), folder = io::folder_of(program);
  std::string path = kModule;
  for (const char* f : kFolders)
    if (const std::string there = folder + f + kModule; !program.empty() && access(there.c_str(), R_OK) == 0) path = there;
  TQ_TRY(const auto module, io::Library::load(path.c_str(), kPurpose, kPackage));
  ServeModule* serve = nullptr;
  TQ_TRY([[maybe_unused]] const auto found, module.find("tq_serve", serve));
  Status ended = ok();
  serve(listen, ready, handle, ended);
  return ended;
}

std::string own_host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return {};
  return lower_ascii(name.data());
}

Result<std::string> random_token() {
  std::array<std::byte, 32> bytes{};
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    return Error{ErrorCode::io, "token", "random bytes of the system", "none"};
  return hex(Bytes(bytes));
}

}  // namespace tq::fleet::serve
