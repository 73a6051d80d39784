// The runbook shows what targets say; none of it may act as markup.
#include <doctest/doctest.h>

#include "plan/render.hpp"

namespace {

/// The line of `text` that begins with this.
std::string line_of(const std::string& text, std::string_view begin) {
  const auto at = text.find(begin);
  return at == std::string::npos ? "" : text.substr(at + begin.size(), text.find('\n', at) - at - begin.size());
}

}  // namespace

TEST_CASE("plan: no sign of a machine's name is markup in the runbook") {
  tq::plan::Plan plan;
  plan.from.name = "a[b]c*d_e`f#g|h!i~j\\k";
  plan.goal = "last";
  plan.notes = {"[a link](http://x.example)", "<script>&"};
  const std::string out = to_markdown(plan, {"1", "c", "2026-01-01", "2026-01-01", "t"});
  CHECK(line_of(out, "# Runbook: ") == "a\\[b\\]c\\*d\\_e\\`f\\#g\\|h\\!i\\~j\\\\k to goal last");
  CHECK(out.find("* \\[a link\\](http://x.example)\n") != std::string::npos);
  CHECK(out.find("* &lt;script&gt;&amp;\n") != std::string::npos);
}

TEST_CASE("plan: a machine without a name is called by its target, which is no markup either") {
  tq::plan::Plan plan;
  plan.goal = "last";
  CHECK(line_of(to_markdown(plan, {"1", "c", "2026-01-01", "2026-01-01", "disk_[1].raw"}), "# Runbook: ") ==
        "disk\\_\\[1\\].raw to goal last");
}
