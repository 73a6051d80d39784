// The pages, each a function of the store and the request.
#pragma once

#include <functional>
#include <memory>

#include "fleet/query.hpp"
#include "fleet/serve/frame.hpp"
#include "fleet/serve/http.hpp"
#include "model/verdict.hpp"

namespace tq::fleet::serve {

/// Facts to the whole report of one machine, as `check` makes it. Called by several threads at once.
using Examine = std::function<model::Report(model::Facts)>;

struct Context {
  std::shared_ptr<Db> db;  ///< of this request alone
  const Request& request;
  std::string rest;  ///< of the path, behind the page's own: "17" of "/machine/17"
  const Frame& frame;
  const Examine& examine;
};

/// Errors: usage becomes 400, not_found 404, anything else 500.
Result<Response> overview_page(const Context& c);
Result<Response> machines_page(const Context& c);
Result<Response> machines_csv(const Context& c);
Result<Response> machine_page(const Context& c);
Result<Response> cve_page(const Context& c);
/// The pages that are one table: sites, CVEs, updates, drivers, unknown, changes, errors.
Result<Response> list_page(const Context& c);
/// The same as a file, as `fleet query --format csv` writes it. `rest`: the question.
Result<Response> question_csv(const Context& c);

/// What machine_table() wants of v_machines, in this order.
inline constexpr const char* kMachineColumnsOfPages =
    "machine, name, site, product, version, build_status, level, months_behind, missing_cves, known_exploited, worst";
/// A table of machines with a link to each; empty when there is none. `more`: set to the address parameters of the next page.
Result<std::string> machine_table(Db& db, const std::string& caption, const Sql& rows, std::size_t most, std::string* more);
/// An answer that is downloaded under this name; `write` runs while it is sent.
Response download(const std::string& name, std::function<void(const Sink&)> write);

inline constexpr std::size_t kPageRows = 50;

}  // namespace tq::fleet::serve
