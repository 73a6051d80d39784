#include "feeds/cvrf.hpp"

#include <expat.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "core/text.hpp"
#include "feeds/limits.hpp"

namespace tq::feeds {
namespace {

std::string_view local_name(std::string_view qualified) {
  const std::size_t colon = qualified.rfind(':');
  return colon == std::string_view::npos ? qualified : qualified.substr(colon + 1);
}

/// Elements whose text is wanted. `other` covers the rest.
enum class Element : std::uint8_t {
  other,
  document,
  initial_release,
  current_release,
  full_product_name,
  vulnerability,
  title,
  cve,
  note,
  threat,
  remediation,
  description,
  product_id,
  supersedence,
  sub_type,
  fixed_build,
  url,
  revision,
  date
};

Element element_of(std::string_view local) {
  static const std::unordered_map<std::string_view, Element> kNames = {{"cvrfdoc", Element::document},
                                                                       {"InitialReleaseDate", Element::initial_release},
                                                                       {"CurrentReleaseDate", Element::current_release},
                                                                       {"FullProductName", Element::full_product_name},
                                                                       {"Vulnerability", Element::vulnerability},
                                                                       {"Title", Element::title},
                                                                       {"CVE", Element::cve},
                                                                       {"Note", Element::note},
                                                                       {"Threat", Element::threat},
                                                                       {"Remediation", Element::remediation},
                                                                       {"Description", Element::description},
                                                                       {"ProductID", Element::product_id},
                                                                       {"Supercedence", Element::supersedence},  // sic
                                                                       {"SubType", Element::sub_type},
                                                                       {"FixedBuild", Element::fixed_build},
                                                                       {"URL", Element::url},
                                                                       {"Revision", Element::revision},
                                                                       {"Date", Element::date}};
  const auto it = kNames.find(local);
  return it == kNames.end() ? Element::other : it->second;
}

std::string attribute(const char** pairs, std::string_view name) {
  for (; pairs[0] != nullptr; pairs += 2)
    if (local_name(pairs[0]) == name) return pairs[1];
  return {};
}

/// "2026-01-13T08:00:00" and "2026-01-13"
std::optional<Date> day_of(std::string_view s) { return Date::parse(trim(s).substr(0, 10)); }

struct Remediation {
  bool vendor_fix = false;
  std::string description, supersedes, subtype, fixed_build, url;
  std::vector<std::string> products;
};

struct Threat {
  std::string type, description;
  std::vector<std::string> products;
};

using ByProduct = std::map<std::string, std::string, std::less<>>;

std::string_view of_product(const ByProduct& said, const std::string& product) {
  const auto it = said.find(product);
  return it == said.end() ? std::string_view{} : it->second;
}

/// The KB in "...Search.aspx?q=KB...", when it is not `kb` itself.
std::uint32_t download_of(std::string_view url, std::uint32_t kb) {
  const std::size_t at = ifind(url, "q=KB");
  if (at == std::string_view::npos) return 0;
  std::string_view digits = url.substr(at + 4);
  digits = digits.substr(0, digits.find_first_not_of("0123456789"));
  const std::uint32_t other = parse_kb(digits).value_or(0);
  return other == kb ? 0 : other;
}

struct Vulnerability {
  std::string cve, title, tag;
  std::vector<Remediation> remediations;
  ByProduct severity, impact;
  Date first;
};

}  // namespace

struct CvrfReader::State {
  std::string name;
  Sink& sink;
  std::uint32_t most_products;
  std::unique_ptr<std::remove_pointer_t<XML_Parser>, void (*)(XML_Parser)> parser{XML_ParserCreate(nullptr), XML_ParserFree};
  std::vector<Element> path;
  std::string text;
  std::map<std::string, std::string, std::less<>> products;
  std::string product_id, note_type;
  std::optional<Vulnerability> vulnerability;
  std::optional<Remediation> remediation;
  std::optional<Threat> threat;
  Date released, current;
  std::optional<Error> error;
  std::uint64_t fed = 0;  ///< bytes given to the parser

  State(std::string n, Sink& s, std::uint32_t most) : name(std::move(n)), sink(s), most_products(most) {
    XML_SetUserData(parser.get(), this);
    XML_SetElementHandler(parser.get(), &State::on_start, &State::on_end);
    XML_SetCharacterDataHandler(parser.get(), &State::on_text);
    // No month has a document type; without one there is nothing to expand.
    XML_SetStartDoctypeDeclHandler(parser.get(), [](void* self, const char*, const char*, const char*, int) {
      static_cast<State*>(self)->fail(ErrorCode::unsupported, "a document without a document type", "a DOCTYPE");
    });
  }

  /// The parser keeps a tag in memory until it is whole: one that does not end would be as large as the document.
  Status short_tokens(std::uint64_t more) {
    fed += more;
    const auto at = std::max<std::int64_t>(XML_GetCurrentByteIndex(parser.get()), 0);
    if (fed - std::min(fed, static_cast<std::uint64_t>(at)) <= limits::kTokenBytes) return ok();
    return Error{ErrorCode::limit, name, "tags of at most 4 MiB", "a longer one", static_cast<std::uint64_t>(at)};
  }

  void fail(ErrorCode code, std::string wanted, std::string found) {
    if (error) return;
    error = Error{code, name, std::move(wanted), std::move(found), static_cast<std::uint64_t>(XML_GetCurrentByteIndex(parser.get()))};
    XML_StopParser(parser.get(), XML_FALSE);
  }

  static void on_start(void* self, const char* qualified, const char** attributes) {
    static_cast<State*>(self)->start(element_of(local_name(qualified)), qualified, attributes);
  }
  static void on_end(void* self, const char*) { static_cast<State*>(self)->end(); }
  static void on_text(void* self, const char* s, int n) { static_cast<State*>(self)->characters({s, static_cast<std::size_t>(n)}); }

  void start(Element e, const char* qualified, const char** attributes) {
    if (path.empty() && e != Element::document)
      return fail(ErrorCode::corrupt, "the root cvrfdoc", std::string(local_name(qualified)).substr(0, 80));
    if (path.size() >= limits::kXmlDepth) return fail(ErrorCode::limit, "at most 64 levels", "more");
    path.push_back(e);
    text.clear();
    switch (e) {
      case Element::full_product_name: product_id = attribute(attributes, "ProductID"); break;
      case Element::note: note_type = attribute(attributes, "Type"); break;
      case Element::vulnerability: vulnerability.emplace(); break;
      case Element::remediation:
        if (vulnerability) remediation.emplace().vendor_fix = attribute(attributes, "Type") == "Vendor Fix";
        break;
      case Element::threat:
        if (vulnerability) threat.emplace().type = attribute(attributes, "Type");
        break;
      default: break;
    }
  }

  void characters(std::string_view s) {
    // Release notes are pages of HTML; nobody wants them.
    if (path.empty() || path.back() == Element::other || (path.back() == Element::note && note_type != "Tag")) return;
    if (s.size() > limits::kTextBytes - text.size()) return fail(ErrorCode::limit, "a text of at most 1 MiB", "more");
    text += s;
  }

  void end() {
    // A parser that was stopped inside <root/> still reports the end of that element.
    if (error || path.empty()) return;
    const Element e = path.back();
    path.pop_back();
    const Element parent = path.empty() ? Element::other : path.back();
    if (vulnerability)
      end_in_vulnerability(e, parent);
    else
      end_in_head(e);
    text.clear();
  }

  void end_in_head(Element e) {
    if (e == Element::full_product_name) {
      products[product_id] = trim(text);
      if (products.size() > most_products) return fail(ErrorCode::limit, fmt::format("at most {} products", most_products), "more");
    }
    if (e != Element::initial_release && e != Element::current_release) return;
    const auto day = day_of(text);
    if (!day) return fail(ErrorCode::corrupt, "a date", text.substr(0, 80));
    (e == Element::initial_release ? released : current) = *day;
  }

  void end_in_vulnerability(Element e, Element parent) {
    Vulnerability& v = *vulnerability;
    if (remediation && parent == Element::remediation) return end_in_remediation(e);
    if (threat && parent == Element::threat) return end_in_threat(e);
    switch (e) {
      // One within another has ended both: the outer one's end finds nothing left.
      case Element::remediation:
        if (remediation) v.remediations.push_back(std::move(*remediation));
        return remediation.reset();
      case Element::threat:
        if (threat) end_threat(v);
        return threat.reset();
      case Element::vulnerability: return end_vulnerability();
      case Element::title:
        if (parent == Element::vulnerability) v.title = trim(text);
        return;
      case Element::note:
        if (note_type == "Tag") v.tag = trim(text);
        return;
      case Element::cve: v.cve = trim(text); return;
      case Element::date:
        if (const auto day = day_of(text); day && parent == Element::revision && (!v.first.known() || *day < v.first)) v.first = *day;
        return;
      default: return;
    }
  }

  void end_in_remediation(Element e) {
    Remediation& r = *remediation;
    switch (e) {
      case Element::description: r.description = trim(text); return;
      case Element::supersedence: r.supersedes = trim(text); return;
      case Element::sub_type: r.subtype = trim(text); return;
      case Element::fixed_build: r.fixed_build = trim(text); return;
      case Element::url: r.url = trim(text); return;
      case Element::product_id: return add_product(r.products);
      default: return;
    }
  }

  void end_in_threat(Element e) {
    if (e == Element::description) threat->description = trim(text);
    if (e == Element::product_id) add_product(threat->products);
  }

  void end_threat(Vulnerability& v) {
    ByProduct* said = threat->type == "Severity" ? &v.severity : threat->type == "Impact" ? &v.impact : nullptr;
    if (said != nullptr)
      for (std::string& product : threat->products) said->try_emplace(std::move(product), threat->description);
  }

  void add_product(std::vector<std::string>& to) {
    if (to.size() >= limits::kProductsOfFix) return fail(ErrorCode::limit, "at most 10000 products", "more");
    to.emplace_back(trim(text));
  }

  void end_vulnerability() {
    for (const Remediation& r : vulnerability->remediations)
      if (r.vendor_fix && !error) emit(*vulnerability, r);
    vulnerability.reset();
  }

  void emit(const Vulnerability& v, const Remediation& r) {
    const auto kb = parse_kb(r.description);
    if (!kb) return;  // "Release Notes", "Click to Run": nothing that a machine could list
    if (v.cve.empty()) return fail(ErrorCode::corrupt, "a CVE", "a vulnerability without one");
    for (const std::string& id : r.products) {
      const auto product = products.find(id);
      if (product == products.end()) return fail(ErrorCode::corrupt, "a product that the document names", id.substr(0, 80));
      Statement s;
      s.feed = Feed::cvrf;
      s.kb = *kb;
      s.cve = v.cve;
      s.product = product->second;
      s.component = v.tag;
      s.title = v.title;
      s.severity = of_product(v.severity, id);
      s.impact = of_product(v.impact, id);
      s.supersedes = r.supersedes;
      s.subtype = r.subtype;
      s.fixed_build = r.fixed_build;
      s.download = download_of(r.url, *kb);
      s.date = released;
      s.first = v.first.known() ? v.first : released;
      if (auto done = sink.take(s); !done && !error) {
        error = done.error();
        return void(XML_StopParser(parser.get(), XML_FALSE));
      }
    }
  }

  Status parse(Bytes chunk, bool last) {
    // put() gets at most a few hundred KiB at a time; the int of expat's interface is wide enough.
    // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage): the size goes along
    if (XML_Parse(parser.get(), chunk.chars().data(), static_cast<int>(chunk.size()), last ? 1 : 0) == XML_STATUS_OK && !error)
      return short_tokens(chunk.size());
    if (error) return *error;
    return Error{last ? ErrorCode::truncated : ErrorCode::corrupt,
                 name,
                 "well-formed XML",
                 XML_ErrorString(XML_GetErrorCode(parser.get())),
                 static_cast<std::uint64_t>(XML_GetCurrentByteIndex(parser.get())),
                 {}};
  }
};

CvrfReader::CvrfReader(std::string name, Sink& sink, std::uint32_t most_products)
    : state_(std::make_unique<State>(std::move(name), sink, most_products)) {}
CvrfReader::~CvrfReader() = default;

Status CvrfReader::put(Bytes chunk) { return state_->parse(chunk, false); }

Status CvrfReader::finish() {
  if (auto s = state_->parse({}, true); !s) return s;
  if (!state_->released.known()) return Error{ErrorCode::corrupt, state_->name, "an InitialReleaseDate", "none"};
  state_->sink.as_of(Feed::cvrf, std::max(state_->current, state_->released));
  return ok();
}

}  // namespace tq::feeds
