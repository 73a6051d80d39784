// The fields of the facts structs, named once: the JSON reader and the writer both follow this list.
#pragma once

#include "model/facts.hpp"

namespace tq::model {

template <class V>
void fields(V& v, BuildWitness& x) {
  v("source", x.source);
  v("group", x.group);
  v("says", x.says);
  v("where", x.where);
  v("build", x.build);
  v("revision", x.revision);
  v("older", x.older);
  v("decides", x.decides);
}
template <class V>
void fields(V& v, Package& x) {
  v("identity", x.identity);
  v("kb", x.kb);
  v("child", x.child);
  v("arch", x.arch);
  v("version", x.version);
  v("state", x.state);
  v("raw_state", x.raw_state);
  v("last_error", x.last_error);
  v("installed_at", x.installed_at);
  v("client", x.client);
  v("files_present", x.files_present);
  v("files_known", x.files_known);
  v("where", x.where);
}
template <class V>
void fields(V& v, Hotfix& x) {
  v("kb", x.kb);
  v("source", x.source);
  v("date", x.date);
  v("succeeded", x.succeeded);
  v("where", x.where);
}
template <class V>
void fields(V& v, FileVersionFact& x) {
  v("path", x.path);
  v("version", x.version);
  v("arch", x.arch);
  v("sha256", x.sha256);
  v("checksum_ok", x.checksum_ok);
  v("where", x.where);
}
template <class V>
void fields(V& v, Trace& x) {
  v("source", x.source);
  v("what", x.what);
  v("date", x.date);
  v("where", x.where);
}
template <class V>
void fields(V& v, Reading& x) {
  v("name", x.name);
  v("value", x.value);
  v("where", x.where);
}
template <class V>
void fields(V& v, StoreComponent& x) {
  v("name", x.name);
  v("arch", x.arch);
  v("version", x.version);
  v("source", x.source);
  v("owned", x.owned);
  v("where", x.where);
}
template <class V>
void fields(V& v, Software& x) {
  v("name", x.name);
  v("version", x.version);
  v("says", x.says);
  v("where", x.where);
}
template <class V>
void fields(V& v, Licence& x) {
  v("store", x.store);
  v("ids", x.ids);
  v("azure", x.azure);
}
template <class V>
void fields(V& v, StackVersion& x) {
  v("version", x.version);
  v("source", x.source);
  v("where", x.where);
}
template <class V>
void fields(V& v, Coverage& x) {
  v("source", x.source);
  v("status", x.status);
  v("detail", x.detail);
}
template <class V>
void fields(V& v, HotfixList& x) {
  v("source", x.source);
  v("complete", x.complete);
  v("announced", x.announced);
  v("listed", x.listed);
  v("where", x.where);
}
template <class V>
void fields(V& v, Servicing& x) {
  v("reboot_pending", x.reboot_pending);
  v("pending_operations", x.pending_operations);
  v("evidence", x.evidence);
}
template <class V>
void fields(V& v, Identity& x) {
  v("name", x.name);
  v("product", x.product);
  v("nt_version", x.nt_version);
  v("edition", x.edition);
  v("arch", x.arch);
  v("product_type", x.product_type);
  v("server_core", x.server_core);
  v("service_pack", x.service_pack);
  v("install_date", x.install_date);
}
template <class V>
void fields(V& v, Setting& x) {
  v("id", x.id);
  v("state", x.state);
  v("value", x.value);
  v("where", x.where);
}
template <class V>
void fields(V& v, Service& x) {
  v("name", x.name);
  v("display", x.display);
  v("image", x.image);
  v("account", x.account);
  v("type", x.type);
  v("start", x.start);
  v("delayed", x.delayed);
  v("where", x.where);
}
template <class V>
void fields(V& v, Program& x) {
  v("name", x.name);
  v("version", x.version);
  v("publisher", x.publisher);
  v("arch", x.arch);
  v("where", x.where);
}
template <class V>
void fields(V& v, DriverPackage& x) {
  v("name", x.name);
  v("provider", x.provider);
  v("version", x.version);
  v("inf", x.inf);
  v("where", x.where);
}
template <class V>
void fields(V& v, Role& x) {
  v("id", x.id);
  v("says", x.says);
  v("where", x.where);
}
template <class V>
void fields(V& v, NetworkAddress& x) {
  v("interface", x.interface);
  v("address", x.address);
  v("mask", x.mask);
  v("gateway", x.gateway);
  v("dhcp", x.dhcp);
  v("where", x.where);
}
template <class V>
void fields(V& v, Share& x) {
  v("name", x.name);
  v("path", x.path);
  v("where", x.where);
}
template <class V>
void fields(V& v, FirewallRule& x) {
  v("id", x.id);
  v("name", x.name);
  v("action", x.action);
  v("direction", x.direction);
  v("protocol", x.protocol);
  v("local_ports", x.local_ports);
  v("remote_addresses", x.remote_addresses);
  v("profiles", x.profiles);
  v("program", x.program);
  v("service", x.service);
  v("active", x.active);
  v("from_policy", x.from_policy);
  v("where", x.where);
}
template <class V>
void fields(V& v, ScheduledTask& x) {
  v("path", x.path);
  v("command", x.command);
  v("where", x.where);
}
template <class V>
void fields(V& v, MountedVolume& x) {
  v("mount", x.mount);
  v("says", x.says);
  v("where", x.where);
}
template <class V>
void fields(V& v, Configuration& x) {
  v("settings", x.settings);
  v("services_read", x.services_read);
  v("services", x.services);
  v("programs_read", x.programs_read);
  v("programs", x.programs);
  v("driver_packages_read", x.driver_packages_read);
  v("driver_packages", x.driver_packages);
  v("roles_read", x.roles_read);
  v("roles", x.roles);
  v("network_read", x.network_read);
  v("addresses", x.addresses);
  v("shares_read", x.shares_read);
  v("shares", x.shares);
  v("firewall_read", x.firewall_read);
  v("firewall_rules", x.firewall_rules);
  v("tasks_read", x.tasks_read);
  v("tasks", x.tasks);
  v("volumes_read", x.volumes_read);
  v("volumes", x.volumes);
}
template <class V>
void fields(V& v, DriverGate& x) {
  v("path", x.path);
  v("sha256", x.sha256);
  v("gate", x.gate);
  v("builds", x.builds);
  v("detail", x.detail);
  v("loaded_by", x.loaded_by);
}
template <class V>
void fields(V& v, TimeExposure& x) {
  v("path", x.path);
  v("sha256", x.sha256);
  v("exposure", x.exposure);
  v("why", x.why);
}
template <class V>
void fields(V& v, Facts& x) {
  v("target", x.target);
  v("kind", x.kind);
  v("identity", x.identity);
  v("build_witnesses", x.build_witnesses);
  v("readings", x.readings);
  v("packages_read", x.packages_read);
  v("packages", x.packages);
  v("hotfix_lists", x.hotfix_lists);
  v("hotfixes", x.hotfixes);
  v("files", x.files);
  v("stacks", x.stacks);
  v("servicing", x.servicing);
  v("components", x.components);
  v("components_read", x.components_read);
  v("software", x.software);
  v("internet_explorer_read", x.internet_explorer_read);
  v("dotnet_read", x.dotnet_read);
  v("server_software_read", x.server_software_read);
  v("msi_updates_read", x.msi_updates_read);
  v("update_files_read", x.update_files_read);
  v("licence", x.licence);
  v("oddities", x.oddities);
  v("sha2_values", x.sha2_values);
  v("traces", x.traces);
  v("labels", x.labels);
  v("conflicts", x.conflicts);
  v("configuration", x.configuration);
  v("deep_read", x.deep_read);
  v("drivers", x.drivers);
  v("time32", x.time32);
  v("coverage", x.coverage);
}

}  // namespace tq::model
