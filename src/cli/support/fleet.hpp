// The actions of `fleet`, each a function.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "fleet/db.hpp"
#include "fleet/judged.hpp"

namespace tq::cli {

struct FleetArgs {
  const Args& args;
  std::string store, action;
  std::vector<std::string> operands;
};

/// The judge of --catalog, --goal, --line, with what the store was judged by as the default. nullopt after a message.
std::optional<fleet::Judge> fleet_judge(const FleetArgs& a, int& status);
/// Opened for reading. nullptr after a message.
std::unique_ptr<fleet::Db> fleet_store(const FleetArgs& a);
/// The store as pages call it: the address of a server may hold a password.
std::string fleet_store_name(const std::string& store);
/// The exit status that goes with an error, after its message.
int fleet_failed(const Error& e);

int fleet_import(const FleetArgs& a);
int fleet_query(const FleetArgs& a);
int fleet_merge(const FleetArgs& a);
int fleet_report(const FleetArgs& a);
int fleet_rejudge(const FleetArgs& a);
int fleet_serve(const FleetArgs& a);

}  // namespace tq::cli
