// What the scanner hands to a worker and what it gets back. Plain bytes: a worker that dies takes one job with it, nothing else.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fleet/store.hpp"
#include "format/inventory/inventory.hpp"

namespace tq::fleet {

/// What a worker is to do with what it gets.
enum class JobKind : std::uint8_t {
  path,      ///< a file or folder of the host, opened by the worker
  bytes,     ///< texts that were read already: members of an archive
  names,     ///< part of an inventory: only which machines occur in it
  rows,      ///< part of an inventory, read
  machines,  ///< machines of an inventory whose rows lay apart, put together
};

/// One item of a source.
struct Piece {
  std::string item;   ///< below the source, with its separator: "/PC-1.txt", "//folder/PC-1.txt"; empty: the source itself
  std::string bytes;  ///< JobKind::bytes only
};

/// What a worker gets. Fields that the kind does not name are empty.
struct Job {
  JobKind kind = JobKind::path;
  std::string source;  ///< what the user named
  std::vector<Piece> pieces;
  // JobKind::names and rows
  std::string item;    ///< of the inventory
  std::string header;  ///< its first line; empty: NDJSON
  std::string text;
  std::uint32_t first_line = 1;  ///< of `text`
  std::vector<format::inventory::Machine> machines;
};

/// What comes back of a job: machines for the store, or what the scanner needs to make further jobs.
struct Answer {
  Batch batch;
  std::vector<std::uint64_t> names;                  ///< JobKind::names
  std::vector<format::inventory::Machine> machines;  ///< JobKind::rows: those whose rows lie apart
  std::uint64_t rows = 0;
};

template <class V>
void fields(V& v, Piece& x) {
  v("item", x.item);
  v("bytes", x.bytes);
}
template <class V>
void fields(V& v, Job& x) {
  v("kind", x.kind);
  v("source", x.source);
  v("pieces", x.pieces);
  v("item", x.item);
  v("header", x.header);
  v("text", x.text);
  v("first_line", x.first_line);
  v("machines", x.machines);
}
template <class V>
void fields(V& v, Answer& x) {
  v("batch", x.batch);
  v("names", x.names);
  v("machines", x.machines);
  v("rows", x.rows);
}

/// What the workers need to know of the store before they start.
struct Known {
  std::unordered_set<std::int64_t> contents;  ///< items that need not be read again
  std::unordered_set<std::int64_t> profiles;  ///< their facts need not be sent
};

/// 64 bits of a name as machines are told apart: without case.
std::uint64_t name_hash(std::string_view name);

}  // namespace tq::fleet

namespace tq {

template <class V>
void fields(V& v, Error& x) {
  v("code", x.code);
  v("place", x.place);
  v("wanted", x.wanted);
  v("found", x.found);
  v("advice", x.advice);
}

}  // namespace tq

namespace tq::format::inventory {

template <class V>
void fields(V& v, Machine& x) {
  v("line", x.line);
  v("name", x.name);
  v("product", x.product);
  v("version_text", x.version_text);
  v("major", x.major);
  v("minor", x.minor);
  v("build", x.build);
  v("revision", x.revision);
  v("builds_disagree", x.builds_disagree);
  v("service_pack", x.service_pack);
  v("arch", x.arch);
  v("site", x.site);
  v("kernel_text", x.kernel_text);
  v("kernel", x.kernel);
  v("kbs", x.kbs);
  v("updates_given", x.updates_given);
  v("other_ids", x.other_ids);
  std::vector<std::string> labels;
  for (auto& [name, value] : x.labels) labels.insert(labels.end(), {name, value});
  v("labels", labels);
  x.labels.clear();
  for (std::size_t i = 0; i + 1 < labels.size(); i += 2) x.labels.emplace_back(labels[i], labels[i + 1]);
  v("rows", x.rows);
  v("conflicts", x.conflicts);
  v("updates_cut", x.updates_cut);
}

}  // namespace tq::format::inventory
