#include "fleet/serve/site.hpp"

#include "fleet/schema.hpp"

namespace tq::fleet::serve {
namespace {

struct Route {
  const char* path;  ///< ends with '/': what follows it is handed on
  Result<Response> (*make)(const Context&);
};
constexpr Route kRoutes[] = {
    {"/machines", machines_page}, {"/machines.csv", machines_csv}, {"/machine/", machine_page},
    {"/cve/", cve_page},          {"/sites", list_page},           {"/cves", list_page},
    {"/updates", list_page},      {"/drivers", list_page},         {"/unknown", list_page},
    {"/changes", list_page},      {"/errors", list_page},          {"/csv/", question_csv},
};

const Route* route_of(std::string_view path) {
  static constexpr Route kOverview = {"/", overview_page};
  if (path == "/") return &kOverview;
  for (const auto& r : kRoutes) {
    const std::string_view own = r.path;
    if (own.ends_with('/') ? path.starts_with(own) && path.size() > own.size() : path == own) return &r;
  }
  return nullptr;
}

/// Nothing but what this server sends may be loaded, nothing inline may run, nobody may frame, keep or guess anything.
void add_safety(Response& r) {
  r.headers.insert(r.headers.end(), {{"Content-Security-Policy",
                                      "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; "
                                      "base-uri 'none'; frame-ancestors 'none'"},
                                     {"X-Content-Type-Options", "nosniff"},
                                     {"X-Frame-Options", "DENY"},
                                     {"Referrer-Policy", "no-referrer"},
                                     {"Cross-Origin-Opener-Policy", "same-origin"},
                                     {"Cross-Origin-Resource-Policy", "same-origin"},
                                     {"Cache-Control", "no-store"}});
}

int status_of(ErrorCode code) {
  if (code == ErrorCode::usage) return 400;
  return code == ErrorCode::not_found ? 404 : 500;
}

Response asset(std::string type, std::string content) {
  Response out;
  out.type = std::move(type);
  out.body = std::move(content);
  return out;
}

}  // namespace

Result<std::shared_ptr<Db>> Site::lend() const {
  std::unique_lock lock(mutex_);
  returned_.wait(lock, [&] { return lent_ < kConnections; });
  std::unique_ptr<Db> db;
  if (!idle_.empty()) {
    db = std::move(idle_.back());
    idle_.pop_back();
  } else {
    TQ_TRY(db, open_db(options_.store, Access::read));
    TQ_TRY([[maybe_unused]] const auto checked, check_schema(*db));
  }
  ++lent_;
  return std::shared_ptr<Db>(db.release(), [this](Db* back) {
    std::unique_ptr<Db> own(back);
    const std::lock_guard held(mutex_);
    --lent_;
    // A server of databases may have been started anew: the next request opens its own connection.
    if (!own->lost()) idle_.push_back(std::move(own));
    returned_.notify_one();
  });
}

Response Site::routed(const Request& request) const {
  if (request.path == "/style.css") return asset("text/css; charset=utf-8", style_css());
  if (request.path == "/script.js") return asset("text/javascript; charset=utf-8", std::string(script_js()));
  Frame frame;
  frame.store_name = options_.store_name;
  frame.version = options_.version;
  frame.catalog_id = options_.catalog_id;
  auto db = lend();
  if (!db) return problem(frame, 500, "The store cannot be read", db.error().text());
  const auto meta = read_meta(**db);
  if (!meta) return problem(frame, 500, "The store cannot be read", meta.error().text());
  frame.judgement = meta->judgement;
  const auto* route = route_of(request.path);
  if (route == nullptr) return problem(frame, 404, "There is no such page", request.path);
  const std::string_view own = route->path;
  const std::string rest = own.size() > 1 && own.ends_with('/') ? request.path.substr(own.size()) : "";
  auto made = route->make({*db, request, rest, frame, options_.examine});
  if (made) return *std::move(made);
  const int status = status_of(made.error().code);
  return problem(frame, status, status == 500 ? "The store cannot be read" : "There is no such page", made.error().text());
}

Response Site::handle(const Request& given) const {
  Request request = given;
  const auto taken = given.target.empty() ? ok() : take_target(given.target, request);
  auto refused = refuse(guard_, request);
  Response out;
  if (refused) {
    out = *std::move(refused);
  } else if (!taken) {
    out.status = 400;
    out.type = "text/plain; charset=utf-8";
    out.body = taken.error().text() + "\n";
    out.close = true;
  } else {
    out = routed(request);
  }
  add_safety(out);
  return out;
}

}  // namespace tq::fleet::serve
