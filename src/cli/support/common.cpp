#include "cli/support/common.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "core/text.hpp"
#include "io/byte_source.hpp"
#include "io/output.hpp"

namespace tq::cli {

std::string closed_choices(const Option& option) { return option.choices_from != nullptr ? option.choices_from() : option.choices; }

void complain(const std::string& message) { std::fprintf(stderr, "tourniquet: %s\n", printable(message).c_str()); }

std::optional<catalog::Catalog> open_catalog(const Args& args) {
  constexpr std::uint64_t kMostCatalogBytes = std::uint64_t{256} << 20;
  auto r = [&]() -> Result<catalog::Catalog> {
    if (!args.has("--catalog")) return catalog::Catalog::embedded();
    TQ_TRY(auto bytes, io::read_file(args.get("--catalog"), kMostCatalogBytes));
    return catalog::Catalog::open(std::move(bytes));
  }();
  if (r) return *std::move(r);
  complain("the catalog is refused: " + r.error().text());
  return std::nullopt;
}

std::optional<Date> as_of(const Args& args) {
  if (!args.has("--as-of")) return Date::today();
  const auto d = Date::parse(args.get("--as-of"));
  if (!d) complain("--as-of wants a date YYYY-MM-DD, found " + args.get("--as-of"));
  return d;
}

bool use_color(const Args& args) {
  const std::string when = args.get("--color", "auto");
  if (when != "auto") return when == "always";
  const char* no_color = std::getenv("NO_COLOR");
  return !(no_color != nullptr && *no_color != 0) && !args.has("-o") && io::stdout_is_terminal();
}

int deliver(const Args& args, const std::string& content, int status, const std::vector<std::string>& targets) {
  const auto s = io::write_output(args.get("-o", "-"), content, targets);
  if (s) return status;
  complain(s.error().text());
  return s.error().code == ErrorCode::usage ? kUsage : kInternal;
}

unsigned jobs_of(const std::string& given) {
  std::uint64_t n = 0;
  if (parse_u64(given, n) && n >= 1 && n <= 256) return static_cast<unsigned>(n);
  return std::clamp(std::thread::hardware_concurrency(), 1u, 64u);
}

}  // namespace tq::cli
