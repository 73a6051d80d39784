// The dashboard without its sockets: a request in, a response out. Holds connections to the store and nothing else.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "fleet/serve/guard.hpp"
#include "fleet/serve/pages.hpp"

namespace tq::fleet::serve {

struct SiteOptions {
  std::string store;       ///< as open_db() takes it
  std::string store_name;  ///< as people call it
  std::string version;
  std::string catalog_id;  ///< of the program's catalog
  Examine examine;
};

class Site {
 public:
  explicit Site(SiteOptions options) : options_(std::move(options)) {}
  void set_guard(Guard guard) { guard_ = std::move(guard); }
  /// Never fails; may be called by several threads at once.
  [[nodiscard]] Response handle(const Request& request) const;

 private:
  [[nodiscard]] Result<std::shared_ptr<Db>> lend() const;
  [[nodiscard]] Response routed(const Request& request) const;

  /// So many questions at once; others wait. A store of a million machines keeps a processor busy with each.
  static constexpr std::size_t kConnections = 4;
  SiteOptions options_;
  Guard guard_;
  mutable std::mutex mutex_;
  mutable std::condition_variable returned_;
  mutable std::vector<std::unique_ptr<Db>> idle_;
  mutable std::size_t lent_ = 0;
};

}  // namespace tq::fleet::serve
