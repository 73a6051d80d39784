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
  v("software", x.software);
  v("internet_explorer_read", x.internet_explorer_read);
  v("dotnet_read", x.dotnet_read);
  v("msi_updates_read", x.msi_updates_read);
  v("update_files_read", x.update_files_read);
  v("licence", x.licence);
  v("oddities", x.oddities);
  v("sha2_values", x.sha2_values);
  v("traces", x.traces);
  v("labels", x.labels);
  v("conflicts", x.conflicts);
  v("coverage", x.coverage);
}

}  // namespace tq::model
