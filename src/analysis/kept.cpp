#include "analysis/kept.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "core/hash.hpp"
#include "io/byte_source.hpp"
#include "io/folder.hpp"
#include "io/output.hpp"

namespace tq::analysis {
namespace {

constexpr std::string_view kMagic = "tourniquet answer 1\n";
constexpr std::size_t kMostEntry = std::size_t{4} << 20, kDigest = 64, kMostWords = 100'000;

constexpr std::string_view kAbout =
    "What `tourniquet --cache` keeps: answers about programs, found by SHA-256. The files can be removed at any time.\n";

using Words = std::vector<std::string>;

bool parse(std::string_view text, std::uint64_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

/// "LENGTH:BYTES" for each word, so that any text stays as it is; then the digest of all before.
std::string packed_words(const Words& words) {
  std::string out(kMagic);
  for (const std::string& w : words) out += fmt::format("{}:", w.size()) + w;
  return out + sha256_hex(bytes_of(out));
}

std::optional<Words> unpacked_words(std::string_view all) {
  if (!all.starts_with(kMagic) || all.size() < kMagic.size() + kDigest) return std::nullopt;
  const std::string_view body = all.substr(0, all.size() - kDigest);
  if (sha256_hex(bytes_of(body)) != all.substr(body.size())) return std::nullopt;
  Words words;
  for (std::size_t at = kMagic.size(); at < body.size();) {
    const std::size_t colon = body.find(':', at);
    std::uint64_t size = 0;
    if (colon == std::string_view::npos || !parse(body.substr(at, colon - at), size)) return std::nullopt;
    if (size > body.size() - colon - 1 || words.size() == kMostWords) return std::nullopt;
    words.emplace_back(body.substr(colon + 1, size));
    at = colon + 1 + size;
  }
  return words;
}

/// Takes words one by one; after the first that is missing or not what was asked for, nothing is right any more.
class Reader {
 public:
  explicit Reader(const Words& words) : words_(words) {}
  std::string text() { return next_ < words_.size() ? words_[next_++] : (good_ = false, std::string()); }
  std::uint64_t number() {
    std::uint64_t n = 0;
    good_ = parse(text(), n) && good_;
    return n;
  }
  std::uint32_t small() {
    const std::uint64_t n = number();
    good_ = good_ && n <= 0xFFFFFFFF;
    return static_cast<std::uint32_t>(n);
  }
  /// How many parts follow; each has at least one word.
  std::size_t count() {
    const std::uint64_t n = number();
    good_ = good_ && n <= words_.size() - next_;
    return good_ ? static_cast<std::size_t>(n) : 0;
  }
  template <class E, std::size_t N>
  E one_of(const std::array<E, N>& all) {
    const std::string word = text();
    for (const E e : all)
      if (word == to_string(e)) return e;
    good_ = false;
    return all[0];
  }
  [[nodiscard]] bool whole() const { return good_ && next_ == words_.size(); }

 private:
  const Words& words_;
  std::size_t next_ = 0;
  bool good_ = true;
};

constexpr std::array kGates = {Gate::differs, Gate::same, Gate::no_source, Gate::undecided, Gate::unsupported};
constexpr std::array kExposures = {Exposure::exposed, Exposure::uses_32bit_api, Exposure::no_evidence, Exposure::not_analysed};
// Others are not followed, so nothing about them is kept.
constexpr std::array kMachines = {format::pe::Machine::x86, format::pe::Machine::x64};

void add_all(Words& out, const std::vector<std::string>& list) {
  out.push_back(std::to_string(list.size()));
  out.insert(out.end(), list.begin(), list.end());
}

std::vector<std::string> list_of(Reader& in) {
  std::vector<std::string> out;
  for (std::size_t n = in.count(); n != 0; --n) out.push_back(in.text());
  return out;
}

Words words_of(const GateReport& r) {
  Words out = {to_string(r.gate), format::pe::to_string(r.arch), r.partition, std::to_string(r.steps)};
  add_all(out, r.why);
  out.push_back(std::to_string(r.sites.size()));
  for (const GateSite& s : r.sites) {
    out.insert(out.end(), {std::to_string(s.rva), s.source, s.comparison, s.instruction, std::to_string(s.on.size())});
    for (const auto& [build, what] : s.on) out.insert(out.end(), {std::to_string(build), what});
    out.push_back(std::to_string(s.path.size()));
    for (const std::uint32_t rva : s.path) out.push_back(std::to_string(rva));
  }
  return out;
}

GateSite site_of(Reader& in) {
  GateSite s;
  s.rva = in.small();
  s.source = in.text();
  s.comparison = in.text();
  s.instruction = in.text();
  for (std::size_t n = in.count(); n != 0; --n) {
    const std::uint32_t build = in.small();
    s.on.emplace_back(build, in.text());
  }
  for (std::size_t n = in.count(); n != 0; --n) s.path.push_back(in.small());
  return s;
}

std::optional<GateReport> gates_of(const Words& words) {
  Reader in(words);
  GateReport r;
  r.gate = in.one_of(kGates);
  r.arch = in.one_of(kMachines);
  r.partition = in.text();
  r.steps = in.number();
  r.why = list_of(in);
  for (std::size_t n = in.count(); n != 0; --n) r.sites.push_back(site_of(in));
  return in.whole() ? std::optional(std::move(r)) : std::nullopt;
}

Words words_of(const ExposureReport& r) {
  Words out = {to_string(r.exposure), format::pe::to_string(r.arch), std::to_string(r.steps)};
  add_all(out, r.why);
  return out;
}

std::optional<ExposureReport> exposure_of(const Words& words) {
  Reader in(words);
  ExposureReport r;
  r.exposure = in.one_of(kExposures);
  r.arch = in.one_of(kMachines);
  r.steps = in.number();
  r.why = list_of(in);
  return in.whole() ? std::optional(std::move(r)) : std::nullopt;
}

}  // namespace

Result<KeptAnswers> KeptAnswers::open(const std::string& folder, std::vector<std::string> targets) {
  if (io::host_kind(folder) != io::HostKind::folder)
    return Error{ErrorCode::usage, "--cache " + folder, "a folder that is there", "none", {}, "make it, or name another"};
  TQ_TRY(const auto itself, io::read_file(io::own_program(), std::size_t{1} << 30));
  KeptAnswers kept;
  kept.folder_ = folder;
  kept.engine_ = sha256_hex(bytes_of(itself));
  kept.targets_ = std::move(targets);
  // Says what lies here to whoever finds it, and shows at once whether anything can.
  if (const auto written = io::write_output(folder + "/tourniquet-answers.txt", kAbout, kept.targets_); !written)
    return Error{ErrorCode::usage, "--cache " + folder, "a folder to write to, outside of every target", written.error().found};
  return kept;
}

/// The key's digest alone names the file: nothing of a target becomes part of a path.
std::string KeptAnswers::place(const std::string& key) const { return folder_ + "/" + sha256_hex(bytes_of(key)) + ".answer"; }

std::optional<Words> KeptAnswers::find(const std::string& key) const {
  const auto content = io::read_file(place(key), kMostEntry);
  if (!content) return std::nullopt;
  auto words = unpacked_words(bytes_of(*content).chars());
  // The whole key stands in the entry, too: one that was renamed answers nothing.
  if (!words || words->empty() || words->front() != key) return std::nullopt;
  words->erase(words->begin());
  return words;
}

void KeptAnswers::keep(const std::string& key, const Words& words) const {
  Words all = {key};
  all.insert(all.end(), words.begin(), words.end());
  // A full disk costs time the next time, and nothing else.
  static_cast<void>(io::write_output(place(key), packed_words(all), targets_));
}

template <class Report>
Report KeptAnswers::answer(const std::string& key, std::optional<Report> (*read)(const Words&), const std::function<Report()>& make) const {
  if (folder_.empty()) return make();
  if (const auto words = find(key))
    if (auto known = read(*words)) return *std::move(known);
  Report made = make();
  if (made.steps != 0) keep(key, words_of(made));
  return made;
}

GateReport KeptAnswers::gates(const std::string& sha256, Bytes file, const GateOptions& o) const {
  return answer<GateReport>(fmt::format("gates {} {} {},{} {} {}", sha256, engine_, o.first, o.second, o.max_steps, o.max_milliseconds),
                            gates_of, [&] { return find_gates(file, o); });
}

ExposureReport KeptAnswers::exposure(const std::string& sha256, Bytes file, const ExposureOptions& o) const {
  return answer<ExposureReport>(fmt::format("exposure {} {} {} {}", sha256, engine_, o.max_steps, o.max_milliseconds), exposure_of,
                                [&] { return find_exposure(file, o); });
}

}  // namespace tq::analysis
