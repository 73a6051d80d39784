#include "report/support/html.hpp"

namespace tq::report::html {

// System fonts only: the page has to look the same on a machine that will never see a network.
std::string_view style() {
  return R"css(
:root { --ink:#1b2530; --soft:#5b6875; --line:#d8dee5; --paper:#fff; --shade:#f4f6f8; --good:#1d7a46; --warn:#9a6200; --bad:#b3261e;
  --mute:#5b6875; --accent:#1f5fa8; color-scheme: light dark; }
@media (prefers-color-scheme: dark) { :root { --ink:#e7ecf1; --soft:#9fabb8; --line:#35404c; --paper:#12181f; --shade:#1b232c;
  --good:#5fce8e; --warn:#e8b04b; --bad:#ff8a80; --mute:#9fabb8; --accent:#7fb4f5; } }
* { box-sizing: border-box; }
body { margin:0 auto; max-width:68rem; padding:1.5rem; background:var(--paper); color:var(--ink);
  font:15px/1.5 "Segoe UI","Helvetica Neue",Arial,"Liberation Sans",sans-serif; }
h1 { font-size:1.6rem; margin:0 0 .2rem; } h2 { font-size:1.35rem; margin:0; } h3 { font-size:1.05rem; margin:1.8rem 0 .5rem; }
p { margin:.3rem 0; } .soft { color:var(--soft); } code, .mono { font:13px/1.4 Consolas,"DejaVu Sans Mono",monospace; overflow-wrap:anywhere; }
header { border-bottom:3px solid var(--accent); padding-bottom:.8rem; margin-bottom:1.2rem; }
section.machine { border-top:1px solid var(--line); padding-top:1.4rem; margin-top:2rem; }
.verdict { border-left:6px solid var(--mute); background:var(--shade); padding:.9rem 1.1rem; margin:1rem 0; font-size:1.15rem; }
.verdict.good { border-color:var(--good); } .verdict.warn { border-color:var(--warn); } .verdict.bad { border-color:var(--bad); }
.badge { display:inline-block; border:1px solid currentColor; border-radius:3px; padding:0 .45em; font-size:.8rem; font-weight:600; white-space:nowrap; }
.good { color:var(--good); } .warn { color:var(--warn); } .bad { color:var(--bad); } .mute { color:var(--mute); }
.verdict.good,.verdict.warn,.verdict.bad { color:var(--ink); }
table { border-collapse:collapse; width:100%; margin:.5rem 0 1rem; font-size:.92rem; }
th { text-align:left; font-weight:600; border-bottom:2px solid var(--line); padding:.3rem .6rem .3rem 0; }
td { vertical-align:top; border-bottom:1px solid var(--line); padding:.35rem .6rem .35rem 0; overflow-wrap:anywhere; }
.finding { border:1px solid var(--line); border-radius:4px; padding:.7rem .9rem; margin:.6rem 0; break-inside:avoid; }
.finding ul { margin:.4rem 0 0; padding-left:1.2rem; } .advice { margin-top:.4rem; font-weight:600; }
ol.todo li { margin:.4rem 0; }
svg { width:100%; height:auto; } svg text { fill:var(--ink); font:12px "Segoe UI",Arial,"Liberation Sans",sans-serif; }
svg .axis { stroke:var(--line); } svg .done { stroke:var(--good); } svg .gap { stroke:var(--bad); } svg .end { stroke:var(--warn); }
svg .dot { fill:var(--accent); } svg .soft { fill:var(--soft); }
footer { margin-top:2.5rem; border-top:1px solid var(--line); padding-top:.8rem; color:var(--soft); font-size:.85rem; }
@page { size:A4; margin:16mm 14mm; }
@media print { :root { --ink:#000; --soft:#444; --line:#bbb; --paper:#fff; --shade:#f3f3f3; --good:#14532d; --warn:#7a4b00; --bad:#8c1d18;
  --accent:#1f4e8c; color-scheme: light; } body { max-width:none; padding:0; font-size:10.5pt; } section.machine { break-before:page; border:0; margin:0; }
  section.machine:first-of-type { break-before:auto; } thead { display:table-header-group; } tr { break-inside:avoid; } h3 { break-after:avoid; }
  .verdict, .badge { print-color-adjust:exact; -webkit-print-color-adjust:exact; } }
)css";
}

}  // namespace tq::report::html
