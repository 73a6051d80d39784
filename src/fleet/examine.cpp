#include "fleet/examine.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/hash.hpp"
#include "core/json.hpp"
#include "core/path.hpp"
#include "core/text.hpp"
#include "evidence/collector.hpp"
#include "facts/reconcile.hpp"
#include "fleet/fingerprint.hpp"
#include "fleet/profile.hpp"
#include "format/textcodec/textcodec.hpp"

namespace tq::fleet {
namespace {

namespace inventory = format::inventory;

/// A table among other files that names no machine may be a table of anything: the user has to say that it is one of machines.
Error no_name(const std::string& where) {
  return Error{ErrorCode::unsupported,
               where,
               "a name for each machine",
               "none",
               {},
               "name the file by itself, or tell with --map name=COLUMN which column names them"};
}

/// Where it lies names a machine that says no name: "list.csv line 3", "disk.vhdx".
std::string name_of_place(const std::string& source, const std::string& item) {
  std::string place = source + item;
  const auto line = place.rfind("//line ");
  if (line != std::string::npos) place.replace(line, 2, " ");
  while (!place.empty() && place.back() == '/') place.pop_back();
  return std::string(last_component(place));
}

void lose(Batch& out, const std::string& item, const Error& e) { out.unread.push_back({item, e.place, e.text()}); }

std::string labels_json(const Own& own) {
  Json list = Json::array();
  for (const auto& l : own.labels)
    if (l.name != "site" || l.value != own.site) list.push_back({to_valid_utf8(l.name), to_valid_utf8(l.value)});
  return list.empty() ? std::string{} : list.dump();
}

Place row_place(const Job& job, const target::Source& s) {
  const std::string item = s.label.substr(job.source.size());
  return {item, item, 0, false};
}

bool of_inventory(const target::Source& s) { return s.inventory.has_value() && !s.inventory->name.empty(); }

}  // namespace

std::uint64_t name_hash(std::string_view name) { return static_cast<std::uint64_t>(short_hash(lower_ascii(name))); }

Answer Examiner::run(const Job& job) {
  Answer out;
  switch (job.kind) {
    case JobKind::path:
      for (const auto& p : job.pieces) take_path(job.source, p.item, out.batch);
      break;
    case JobKind::bytes:
      for (const auto& p : job.pieces) take_bytes(job.source, p, out.batch);
      break;
    case JobKind::names: take_names(job, out); break;
    case JobKind::rows: take_rows(job, out); break;
    case JobKind::machines:
      for (const auto& m : job.machines) {
        const auto s = row_source(job, m);
        take_machine(s, job.source, row_place(job, s), out.batch);
      }
      break;
  }
  return out;
}

void Examiner::take_path(const std::string& source, const std::string& item, Batch& out) {
  const std::string path = source + item;
  const auto content = fingerprint(path, item);
  if (content && contents_.contains(*content)) {
    ++out.unchanged;
    return;
  }
  const auto input = target::look_at(path, open_);
  if (!input) return lose(out, item, input.error());
  take_input(*input, source, item, content ? *content : 0, out);
}

void Examiner::take_bytes(const std::string& source, const Piece& piece, Batch& out) {
  const std::int64_t content = short_hash(piece.item + '\0' + piece.bytes);
  if (contents_.contains(content)) {
    ++out.unchanged;
    return;
  }
  const auto span = std::as_bytes(std::span(piece.bytes.data(), piece.bytes.size()));
  take_input(target::look_at_bytes(source + piece.item, {span.begin(), span.end()}, open_), source, piece.item, content, out);
}

void Examiner::take_input(const target::Input& input, const std::string& source, const std::string& item, std::int64_t content,
                          Batch& out) {
  const auto machines = target::load(input, open_);
  if (!machines) return lose(out, item, machines.error());
  const auto nameless = [](const target::Source& m) { return m.inventory && m.inventory->name.empty(); };
  if (!item.empty() && open_.column_map.empty() && std::all_of(machines->begin(), machines->end(), nameless))
    return lose(out, item, no_name(source + item));
  bool by_name = false;
  for (std::size_t i = 0; i < machines->size(); ++i) {
    const auto& m = (*machines)[i];
    Place place{item, item, content, item.empty() && machines->size() == 1};
    // Where one target holds several machines, each says where in it it lies; texts in one file are numbered.
    if (m.label.starts_with(source)) place.item = m.label.substr(source.size());
    if (machines->size() > 1 && place.item == item) place.item += fmt::format("//{}", i + 1);
    // Facts say whose they are, in whatever file and order they come.
    place.ident = m.facts ? m.label : place.item;
    by_name = by_name || place.alone || m.facts || of_inventory(m);
    if (by_name) place.content = 0;
    take_machine(m, source, place, out);
  }
  if (by_name) out.done.push_back({short_hash(source + '\0' + item), content});
}

void Examiner::take_machine(const target::Source& machine, const std::string& source, const Place& place, Batch& out) {
  model::Facts facts = evidence::collect(machine, judge_.wanted());
  facts::reconcile(facts);
  Own own;
  Profile profile = split(std::move(facts), own);
  Machine m;
  const bool nameless = own.name.empty();
  m.name = storable_key(nameless ? name_of_place(source, place.item) : own.name);
  m.item = storable_key(place.item);
  m.site = storable_key(own.site.empty() ? site_ : own.site);
  m.labels = storable(labels_json(own));
  m.profile_sha = profile.sha;
  m.content = place.content;
  // An inventory knows its machines by name, and so does a target that was named by itself; two files of one folder are two
  // machines whatever they call themselves.
  if (!(of_inventory(machine) || place.alone)) m.ident = short_hash(place.ident);
  // Without a name only the whole place tells which it is: never two in one.
  if (nameless) m.ident = short_hash(site_ + '\0' + source + '\0' + place.ident);
  if (profiles_.insert(first_number(profile.sha)).second) {
    NewProfile fresh{profile.sha, pack(profile.facts), judge_.judge(profile.facts)};
    out.profiles.push_back(std::move(fresh));
  }
  out.machines.push_back(std::move(m));
}

target::Source Examiner::row_source(const Job& job, inventory::Machine machine) const {
  target::Source s;
  s.label = fmt::format("{}{}//line {}", job.source, job.item, machine.line);
  s.kind = "inventory";
  s.inventory = std::move(machine);
  return s;
}

void Examiner::take_names(const Job& job, Answer& out) {
  inventory::Mapping mapping;
  if (auto m = inventory::parse_map(open_.column_map); m && !open_.column_map.empty()) mapping = *std::move(m);
  const std::string text = format::textcodec::decode(bytes_of(job.header + job.text)).utf8;
  auto reader = inventory::Reader::open(text, mapping);
  if (!reader) return;
  while (const auto row = reader->next())
    if (!row->name.empty()) out.names.push_back(name_hash(row->name));
  std::sort(out.names.begin(), out.names.end());
  out.names.erase(std::unique(out.names.begin(), out.names.end()), out.names.end());
}

void Examiner::take_rows(const Job& job, Answer& out) {
  inventory::Mapping mapping;
  if (auto m = inventory::parse_map(open_.column_map); m && !open_.column_map.empty()) mapping = *std::move(m);
  const auto text = format::textcodec::decode(bytes_of(job.header + job.text));
  auto read = inventory::parse(text.utf8, mapping);
  if (!read) return lose(out.batch, fmt::format("{}//line {}", job.item, job.first_line), read.error());
  out.rows = read->rows;
  const auto header_lines = static_cast<std::uint32_t>(std::count(job.header.begin(), job.header.end(), '\n'));
  for (auto& m : read->machines) {
    m.line = m.line - header_lines + job.first_line - 1;
    if (!m.name.empty() && std::binary_search(apart_.begin(), apart_.end(), name_hash(m.name))) {
      out.machines.push_back(std::move(m));
      continue;
    }
    auto s = row_source(job, std::move(m));
    s.text_note = text.encoding;
    take_machine(s, job.source, row_place(job, s), out.batch);
  }
  for (auto e : read->losses) {
    std::uint64_t line = 0;
    constexpr std::string_view kPlace = "inventory line ";
    if (e.place.starts_with(kPlace) && parse_u64(e.place.substr(kPlace.size()), line)) {
      line = line - header_lines + job.first_line - 1;
      e.place = fmt::format("{}{}", kPlace, line);
    }
    lose(out.batch, fmt::format("{}//line {}", job.item, line), e);
  }
}

}  // namespace tq::fleet
