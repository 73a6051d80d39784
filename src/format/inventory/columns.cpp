#include "format/inventory/columns.hpp"

#include <algorithm>

#include "core/ascii.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "format/textcodec/scan.hpp"

namespace tq::format::inventory {
namespace {

using namespace textcodec;

struct Names {
  Key key;
  std::vector<std::string_view> names;
};

/// Names of each key, the first that is present counts. KEEP IN SYNC: docs/formats/inventories.md. After the general ones stand
/// those of Active Directory exports, `wmic os`, Win32_OperatingSystem and of `systeminfo /fo csv` of several machines.
const std::array<Names, kKeys>& known_names() {
  static const std::array<Names, kKeys> kNames = {{
      {Key::name, {"name", "hostname", "computername", "ciname", "csname", "dnshostname", "devicename", "pscomputername", "node", "host"}},
      {Key::product, {"product", "os", "osname", "caption", "operatingsystem", "productname"}},
      {Key::version, {"version", "osversion", "operatingsystemversion"}},
      {Key::service_pack, {"servicepack", "csdversion", "operatingsystemservicepack", "servicepackmajorversion"}},
      {Key::arch, {"arch", "architecture", "systemtype", "osarchitecture"}},
      {Key::site, {"site", "location"}},
      {Key::updates, {"hotfixes", "kbs", "updates", "hotfixid", "hotfix(s)"}},
      {Key::kernel, {"kernel", "kernelversion", "ntoskrnl"}},
      {Key::build, {"build", "buildnumber", "osbuild", "currentbuildnumber", "currentbuild"}},
  }};
  return kNames;
}

Error no_column(std::string wanted, std::string found) {
  return Error{ErrorCode::not_found, "inventory.header", std::move(wanted),
               std::move(found),     std::nullopt,       "name the columns with --map name=COLUMN,version=COLUMN,..."};
}

/// A cell of reasonable length, cut at the start of a character.
std::string bounded(std::string_view s) {
  s = trim(s);
  if (s.size() <= kFieldBytes) return std::string(s);
  std::size_t n = kFieldBytes;
  while (n > 0 && (static_cast<unsigned char>(s[n]) & 0xC0) == 0x80) --n;
  return std::string(s.substr(0, n));
}

/// "6.0 (6003)", as Active Directory keeps it.
bool take_directory_version(Row& row, std::string_view s) {
  const auto v = FileVersion::parse(s, 2);
  const std::size_t open = s.find('(');
  if (!v || open == std::string_view::npos) return false;
  const auto build = find_number(s, open);
  if (!build || build->value < 1000 || build->value > 0xFFFF) return false;
  row.major = v->major;
  row.minor = v->minor;
  row.build = build->value;
  return true;
}

void take_version(Row& row, std::string_view cell) {
  row.version_text = bounded(cell);
  const std::string_view s = row.version_text;
  const auto v = find_version(s);
  if (!v) {
    if (take_directory_version(row, s)) return;
    const auto pair = FileVersion::parse(s, 2);  // "6.0", with the build in a column of its own
    if (pair && (pair->major == 5 || pair->major == 6 || pair->major == 10)) {
      row.major = pair->major;
      row.minor = pair->minor;
    }
    return;
  }
  row.major = v->major;
  row.minor = v->minor;
  row.revision = v->revision;
  if (row.build && *row.build != v->build) row.builds_disagree = true;
  row.build = v->build;
  std::size_t rest_end = s.size();
  for (auto n = find_number(s, v->end); n; n = find_number(s, n->end)) {
    if (n->end - n->begin < 4 || n->end - n->begin > 5) continue;
    if (n->value != v->build) row.builds_disagree = true;
    rest_end = n->begin;
    break;
  }
  if (const auto sp = service_pack_of(s.substr(v->end, rest_end - v->end)); sp && !row.service_pack) row.service_pack = sp;
}

void take_build(Row& row, std::string_view cell) {
  const auto n = find_number(trim(cell));
  if (!n || n->value < 1000 || n->value > 0xFFFF) return;
  if (row.build && *row.build != n->value) row.builds_disagree = true;
  if (!row.build) row.build = n->value;
}

constexpr std::string_view kBetween = ";,| \t\r\n";

/// "0", "none", "0 Hotfix(s) Installed.": somebody looked and found none. "N/A", "-", "unknown" say nothing of the kind.
bool says_none(std::string_view cell) {
  const auto n = find_number(cell);
  return (n && n->begin == 0 && n->value == 0) || iequals(cell, "none");
}

/// "247 Hotfix(s) Installed.,[01]: ...": systeminfo itself cuts long lists.
void count_announced(Row& row, std::string_view cell) {
  const auto announced = find_number(cell);
  const auto listed = static_cast<std::size_t>(std::count(cell.begin(), cell.end(), '['));
  if (!announced || announced->begin != 0 || listed == 0 || listed >= announced->value) return;
  row.cut = Error{ErrorCode::truncated, "inventory line " + std::to_string(row.line), std::to_string(announced->value) + " updates",
                  std::to_string(listed)};
}

void take_updates(Row& row, std::string_view cell) {
  count_announced(row, trim(cell));
  for (std::size_t at = cell.find_first_not_of(kBetween); at != std::string_view::npos;) {
    const std::size_t end = std::min(cell.find_first_of(kBetween, at), cell.size());
    const std::string_view word = cell.substr(at, end - at);
    if (row.kbs.size() + row.other_ids.size() >= limits::kHotfixes) {
      row.cut = Error{ErrorCode::limit, "inventory line " + std::to_string(row.line),
                      std::to_string(limits::kHotfixes) + " updates at most", "more"};
      break;
    }
    const std::uint32_t kb = kb_of_id(word);
    // "5 Hotfix(s) Installed." and "[01]:" of systeminfo lie between; bare numbers count from six digits on.
    if (kb != 0 && (!is_digit(word[0]) || kb >= 100000))
      row.kbs.push_back(kb);
    else if (is_hotfix_id(word) && !is_digit(word[0]))
      row.other_ids.emplace_back(word);
    at = cell.find_first_not_of(kBetween, end);
  }
  row.updates_given = row.updates_given || !row.kbs.empty() || !row.other_ids.empty() || says_none(trim(cell));
}

}  // namespace

const char* to_string(Key k) {
  switch (k) {
    case Key::name: return "name";
    case Key::product: return "product";
    case Key::version: return "version";
    case Key::service_pack: return "service_pack";
    case Key::arch: return "arch";
    case Key::site: return "site";
    case Key::updates: return "updates";
    case Key::kernel: return "kernel";
    case Key::build: return "build";
  }
  return "?";
}

std::string plain_name(std::string_view column) {
  if (column.starts_with("\xEF\xBB\xBF")) column.remove_prefix(3);
  std::string out;
  for (char c : lower_ascii(trim(column)))
    if (c != '_' && c != ' ' && c != '-') out += c;
  return out;
}

bool Columns::has(Key k) const { return std::find(key.begin(), key.end(), static_cast<int>(k)) != key.end(); }

Result<Columns> assign(const std::vector<std::string>& names, const Mapping& mapping) {
  std::vector<std::string> plain;
  plain.reserve(names.size());
  for (const auto& n : names) plain.push_back(plain_name(n));
  Columns out;
  out.key.assign(names.size(), -1);
  bool any = false;
  const auto give = [&](Key k, std::string_view name) {
    const auto it = std::find(plain.begin(), plain.end(), name);
    if (it == plain.end()) return false;
    int& slot = out.key[static_cast<std::size_t>(it - plain.begin())];
    if (slot != -1) return false;
    slot = static_cast<int>(k);
    any = true;
    return true;
  };
  // What the user says comes first, also where a column has the name of another key.
  for (const auto& known : known_names()) {
    const std::string& wanted = mapping.column[static_cast<std::size_t>(known.key)];
    if (!wanted.empty() && !give(known.key, plain_name(wanted))) return no_column("the column \"" + wanted + "\"", "a header without it");
  }
  for (const auto& known : known_names()) {
    if (!mapping.column[static_cast<std::size_t>(known.key)].empty()) continue;
    for (const auto name : known.names)
      if (give(known.key, name)) break;
  }
  if (!any) return no_column("a column such as name, product, version or hotfixes", "none of them");
  return out;
}

void take_cell(Row& row, int key, std::string_view column, std::string_view cell) {
  if (trim(cell).empty()) return;
  if (key < 0) {
    if (row.labels.size() < kLabels) row.labels.emplace_back(bounded(column), bounded(cell));
    return;
  }
  switch (static_cast<Key>(key)) {
    case Key::name: row.name = bounded(cell); break;
    case Key::product: row.product = bounded(cell); break;
    case Key::version: take_version(row, cell); break;
    case Key::service_pack:
      if (const auto sp = service_pack_of(cell)) row.service_pack = sp;
      break;
    case Key::arch:
      row.arch = std::string(arch_of(cell));
      if (row.arch.empty()) take_cell(row, -1, column, cell);
      break;
    case Key::site: row.site = bounded(cell); break;
    case Key::updates: take_updates(row, cell); break;
    case Key::kernel:
      row.kernel_text = bounded(cell);
      row.kernel = FileVersion::parse(row.kernel_text);
      break;
    case Key::build: take_build(row, cell); break;
  }
}

bool may_go_on(int key, std::string_view cell) {
  switch (static_cast<Key>(key)) {
    case Key::updates: return textcodec::id_may_go_on(cell.substr(cell.find_last_of(kBetween) + 1));
    case Key::version:
    case Key::kernel:
    case Key::build: return textcodec::version_may_go_on(cell);
    default: return false;
  }
}

void finish_row(Row& row) {
  // "Windows Server 2008 Standard 6.0.6003" in the product column, and no version column.
  if (!row.build)
    if (const auto v = find_version(row.product)) {
      row.major = v->major;
      row.minor = v->minor;
      row.build = v->build;
      row.revision = v->revision;
    }
  if (!row.service_pack && ifind(row.product, "Service Pack") != std::string_view::npos)
    row.service_pack = service_pack_of(std::string_view(row.product).substr(ifind(row.product, "Service Pack")));
  std::sort(row.kbs.begin(), row.kbs.end());
  row.kbs.erase(std::unique(row.kbs.begin(), row.kbs.end()), row.kbs.end());
}

bool is_inventory(const Columns& columns, const std::vector<std::string>& names) {
  if (columns.has(Key::version) || columns.has(Key::kernel)) return true;
  bool qfe = false;  // Caption and Name are columns of wmic qfe too
  for (const auto& n : names) {
    const std::string plain = plain_name(n);
    qfe = qfe || plain == "hotfixid" || plain == "servicepackineffect" || plain == "fixcomments";
  }
  if (qfe) return false;
  return columns.has(Key::name) && (columns.has(Key::product) || columns.has(Key::updates) || columns.has(Key::build));
}

Result<Mapping> parse_map(std::string_view text) {
  Mapping out;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view pair = text.substr(0, comma);
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    const std::size_t equals = pair.find('=');
    const std::string key = plain_name(pair.substr(0, equals));
    const std::string_view column = equals == std::string_view::npos ? std::string_view{} : trim(pair.substr(equals + 1));
    const auto known = std::find_if(known_names().begin(), known_names().end(), [&](const Names& n) {
      return plain_name(to_string(n.key)) == key || std::find(n.names.begin(), n.names.end(), key) != n.names.end();
    });
    if (known == known_names().end() || column.empty())
      return Error{ErrorCode::usage, "--map",
                   "KEY=COLUMN with a key of name, product, version, service_pack, arch, site, updates, kernel, build", std::string(pair)};
    out.column[static_cast<std::size_t>(known->key)] = std::string(column);
  }
  return out;
}

}  // namespace tq::format::inventory
