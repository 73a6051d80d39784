#include "judge/knowledge.hpp"

#include <algorithm>

namespace tq::judge {
namespace {

using catalog::ProductArch;

ProductArch arch_of(const std::string& word) {
  for (const auto a : {ProductArch::x86, ProductArch::x64, ProductArch::ia64, ProductArch::arm64, ProductArch::arm})
    if (word == to_string(a)) return a;
  return ProductArch::any;
}

std::optional<std::uint32_t> build_of(const model::Facts& facts) {
  for (const auto& w : facts.build_witnesses)
    if (w.build && !w.older && w.decides) return w.build;
  return std::nullopt;
}

/// The service pack as products name it: "SP2", "" as released. 6003 is 6002 with a higher number, not a pack of its own.
std::string pack_of(const model::Facts& facts, std::optional<std::uint32_t> build) {
  if (facts.identity.nt_version == "6.0" && build) return *build >= 6002 ? "SP2" : *build == 6001 ? "SP1" : "";
  const auto sp = facts.identity.service_pack;
  return sp && *sp > 0 ? "SP" + std::to_string(*sp) : "";
}

/// How well a product fits; negative: not at all.
int fit(const catalog::Product& p, const model::Facts& facts, std::optional<std::uint32_t> build, const std::string& pack) {
  const auto& id = facts.identity;
  if (p.nt_version != id.nt_version) return -1;
  const bool client = id.product_type == "client";
  if ((p.product_class == catalog::ProductClass::client) != client) return -1;
  const auto arch = id.arch.empty() ? ProductArch::x64 : arch_of(id.arch);
  if (p.arch != arch && p.arch != ProductArch::any) return -1;
  if (p.core && id.server_core != model::Tri::yes) return -1;
  int score = p.arch == arch ? 4 : 0;
  score += p.core == (id.server_core == model::Tri::yes) ? 2 : 0;
  // Windows 10 and later are told apart by their build alone; NT 6.0 and 6.1 by their service pack.
  if (id.nt_version == "10.0") return build && p.build == *build ? score + 16 : -1;
  if (p.service_pack == pack) return score + 8;
  // Server 2008 was released as Service Pack 1: its data calls that "as released".
  if (pack == "SP1" && p.service_pack.empty()) return score + 4;
  // Read without any build or pack: the last one is what nearly all machines have.
  return !build && !id.service_pack && !p.service_pack.empty() ? score + 6 : -1;
}

}  // namespace

void KbIndex::build(const std::vector<std::uint32_t>& kbs) {
  std::size_t size = 2;
  while (size < kbs.size() * 2 + 2) size *= 2;
  cells_.assign(size, {});
  for (std::uint32_t i = 0; i < kbs.size(); ++i) {
    std::size_t at = start(kbs[i]);
    while (cells_[at].entry != kNone) at = (at + 1) & (size - 1);
    cells_[at] = {kbs[i], i};
  }
}

std::optional<catalog::Branch> View::branch_of(const FileVersion& v) const {
  const bool windows = v.major == 6 && v.minor == 0;
  // Internet Explorer 7 to 9 number their builds by the same windows of revisions; other lines have their own habits.
  const bool explorer = v.major >= 7 && v.major <= 9 && v.build >= 6000;
  for (const auto& r : ranges)
    if ((windows ? r.build == v.build : explorer && r.build == 6002) && v.revision >= r.first && v.revision <= r.last) return r.branch;
  return std::nullopt;
}

Knowledge::Knowledge(catalog::Catalog catalog)
    : catalog_(std::move(catalog)), upgrades_(catalog_), exposure_(catalog_), ladder_(catalog_), indicators_(indicators_of(catalog_)) {
  for (const auto& p : catalog_.products())
    if (p.component == catalog::Component::os) windows_.push_back(p);
  for (const auto& g : catalog_.goals()) goals_.push_back(g);
  for (const auto& k : catalog_.kernel_exceptions())
    if (k.treatment == catalog::KernelTreatment::release_revision) release_kernels_.push_back(k.version);
}

bool Knowledge::release_kernel(const FileVersion& v) const {
  return std::find(release_kernels_.begin(), release_kernels_.end(), v) != release_kernels_.end();
}

const catalog::Product* Knowledge::product_for(const model::Facts& facts) const {
  const auto build = build_of(facts);
  const std::string pack = pack_of(facts, build);
  const catalog::Product* best = nullptr;
  int best_fit = -1;
  for (const auto& p : windows_) {
    const int f = fit(p, facts, build, pack);
    if (f > best_fit) {
      best = &p;
      best_fit = f;
    }
  }
  return best;
}

const View* Knowledge::view_for(const model::Facts& facts) const {
  const auto* product = product_for(facts);
  if (product == nullptr) return nullptr;
  const std::lock_guard lock(mutex_);
  auto& view = views_[product->row];
  if (!view) view = std::make_unique<const View>(make_view(catalog_, *product));
  return view.get();
}

}  // namespace tq::judge
