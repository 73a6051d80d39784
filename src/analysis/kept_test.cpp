// Answers that outlive a run: found again, never wrong, never in a target.
#include "analysis/kept.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/hash.hpp"
#include "tests/support/machine_builder.hpp"
#include "tests/support/pe_builder.hpp"

using namespace tq;
using namespace tq::analysis;

namespace {

namespace fs = std::filesystem;

/// mov rax,gs:[60h]; movzx eax,word [rax+120h]; cmp eax,6002; sete al; movzx eax,al; ret
std::vector<std::byte> gate() {
  std::vector<std::byte> c;
  for (const int b : {0x65, 0x48, 0x8B, 0x04, 0x25, 0x60, 0, 0,    0,    0x0F, 0xB7, 0x80, 0x20, 0x01,
                      0,    0,    0x3D, 0x72, 0x17, 0,    0, 0x0F, 0x94, 0xC0, 0x0F, 0xB6, 0xC0, 0xC3})
    c.push_back(static_cast<std::byte>(b));
  return test::PeBuilder().code(c).export_entry("Gate").build();
}

std::vector<fs::path> entries(const std::string& folder) {
  std::vector<fs::path> out;
  for (const auto& f : fs::directory_iterator(folder))
    if (f.path().extension() == ".answer") out.push_back(f.path());
  return out;
}

std::string content_of(const fs::path& p) {
  std::ifstream in(p, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void put(const fs::path& p, const std::string& content) { std::ofstream(p, std::ios::binary) << content; }

/// With no bytes at all only a kept answer can say anything.
Gate kept_gate(const KeptAnswers& kept, const std::string& sha256, const GateOptions& o = {}) { return kept.gates(sha256, {}, o).gate; }

}  // namespace

TEST_CASE("kept: an answer is found again, whole, and only for the same question") {
  const std::string folder = test::temporary_folder();
  const auto kept = KeptAnswers::open(folder, {});
  REQUIRE(kept);
  const auto file = gate();
  const std::string sha256 = sha256_hex(bytes_of(file));
  CHECK(kept_gate(*kept, sha256) == Gate::unsupported);
  const GateReport made = kept->gates(sha256, bytes_of(file), {});
  REQUIRE(made.gate == Gate::differs);
  const GateReport again = kept->gates(sha256, {}, {});
  CHECK(again.gate == made.gate);
  CHECK(again.arch == made.arch);
  CHECK(again.partition == made.partition);
  CHECK(again.steps == made.steps);
  CHECK(again.why == made.why);
  REQUIRE(again.sites.size() == made.sites.size());
  CHECK(again.sites[0].rva == made.sites[0].rva);
  CHECK(again.sites[0].source == made.sites[0].source);
  CHECK(again.sites[0].comparison == made.sites[0].comparison);
  CHECK(again.sites[0].instruction == made.sites[0].instruction);
  CHECK(again.sites[0].on == made.sites[0].on);
  CHECK(again.sites[0].path == made.sites[0].path);
  GateOptions other;
  other.second = 7600;
  CHECK(kept_gate(*kept, sha256, other) == Gate::unsupported);
  other = {};
  other.max_steps = 10;
  CHECK(kept_gate(*kept, sha256, other) == Gate::unsupported);
  CHECK(kept_gate(*kept, sha256_hex({})) == Gate::unsupported);
}

TEST_CASE("kept: exposure is kept beside; what is told at first sight is not") {
  const std::string folder = test::temporary_folder();
  const auto kept = KeptAnswers::open(folder, {});
  REQUIRE(kept);
  // mov rax,[7FFE0014h]; ret
  std::vector<std::byte> clock;
  for (const int b : {0x48, 0x8B, 0x04, 0x25, 0x14, 0, 0xFE, 0x7F, 0xC3}) clock.push_back(static_cast<std::byte>(b));
  const auto file = test::PeBuilder().code(clock).export_entry("Now").build(), plain = test::PeBuilder().build();
  const auto made = kept->exposure("a", bytes_of(file), {});
  CHECK(made.exposure == Exposure::no_evidence);
  CHECK(entries(folder).size() == 1);
  const auto again = kept->exposure("a", {}, {});
  CHECK(again.exposure == made.exposure);
  CHECK(again.why == made.why);
  CHECK(again.arch == made.arch);
  CHECK(kept->exposure("b", bytes_of(plain), {}).exposure == Exposure::no_evidence);
  CHECK(entries(folder).size() == 1);
}

TEST_CASE("kept: an entry that is damaged, cut or about something else is no answer, and is made again") {
  const std::string folder = test::temporary_folder();
  const auto kept = KeptAnswers::open(folder, {});
  REQUIRE(kept);
  const auto file = gate();
  REQUIRE(kept->gates("a", bytes_of(file), {}).gate == Gate::differs);
  REQUIRE(entries(folder).size() == 1);
  const fs::path entry = entries(folder).front();
  const std::string whole = content_of(entry);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    put(entry, changed);
    CHECK(kept_gate(*kept, "a") == Gate::unsupported);
    put(entry, whole.substr(0, i));
    CHECK(kept_gate(*kept, "a") == Gate::unsupported);
  }
  CHECK(kept->gates("a", bytes_of(file), {}).gate == Gate::differs);
  CHECK(content_of(entry) == whole);
  CHECK(kept_gate(*kept, "a") == Gate::differs);
  // The answer about another file, under this one's name.
  GateOptions other;
  other.second = 7600;
  REQUIRE(kept->gates("a", bytes_of(file), other).gate == Gate::differs);
  for (const fs::path& p : entries(folder))
    if (p != entry) put(entry, content_of(p));
  CHECK(kept_gate(*kept, "a") == Gate::unsupported);
}

TEST_CASE("kept: nothing is written into a target, and without a folder nothing is kept") {
  const std::string target = test::temporary_folder(), below = target + "/cache";
  fs::create_directory(below);
  for (const std::string& folder : {target, below, target + "/none"}) {
    const auto kept = KeptAnswers::open(folder, {target});
    REQUIRE_FALSE(kept);
    CHECK(kept.error().code == ErrorCode::usage);
  }
  CHECK(std::distance(fs::directory_iterator(target), fs::directory_iterator()) == 1);
  CHECK(fs::is_empty(below));
  const auto file = gate();
  CHECK(KeptAnswers().gates("a", bytes_of(file), {}).gate == Gate::differs);
  CHECK(KeptAnswers().gates("a", {}, {}).gate == Gate::unsupported);
}
