#include "report/support/html.hpp"

namespace tq::report::html {

// KEEP IN SYNC: a class w.. for every width that tables name; a style of their own is what strict policies of pages forbid.
// System fonts only: the page has to look the same on a machine that will never see a network.
std::string_view style() {
  return R"css(
:root { --ink:#1b2530; --soft:#5b6875; --line:#d8dee5; --paper:#fff; --shade:#f4f6f8; --good:#1d7a46; --warn:#9a6200; --bad:#b3261e;
  --mute:#5b6875; --accent:#1f5fa8; color-scheme: light dark; }
@media screen and (prefers-color-scheme: dark) { :root { --ink:#e7ecf1; --soft:#9fabb8; --line:#35404c; --paper:#12181f; --shade:#1b232c;
  --good:#5fce8e; --warn:#e8b04b; --bad:#ff8a80; --mute:#9fabb8; --accent:#7fb4f5; } }
* { box-sizing: border-box; }
body { margin:0 auto; max-width:68rem; padding:1.5rem; background:var(--paper); color:var(--ink);
  font:15px/1.5 "Segoe UI","Helvetica Neue",Arial,"Liberation Sans",sans-serif; }
h1 { font-size:1.6rem; margin:0 0 .6rem; } h2 { font-size:1.35rem; margin:0; overflow-wrap:anywhere; } h3 { font-size:1.05rem; margin:1.8rem 0 .5rem; }
h3.part { font-size:1.2rem; margin-top:2.4rem; border-bottom:2px solid var(--accent); padding-bottom:.2rem; }
p { margin:.3rem 0; overflow-wrap:anywhere; } .soft { color:var(--soft); } a { color:var(--accent); }
code { font:12.5px/1.4 Consolas,"DejaVu Sans Mono",monospace; overflow-wrap:anywhere; }
header { border-bottom:3px solid var(--accent); padding-bottom:.9rem; margin-bottom:1.2rem; }
.facts { display:flex; flex-wrap:wrap; gap:.3rem 2.2rem; } .facts div { display:flex; flex-direction:column; line-height:1.35; } .facts span { font-size:.8rem; }
section.machine { border-top:1px solid var(--line); padding-top:1.4rem; margin-top:2rem; } header + section.machine { border:0; margin:0; padding-top:0; }
.verdict { border-left:6px solid var(--mute); background:var(--shade); padding:.9rem 1.1rem; margin:1rem 0; font-size:1.15rem; font-weight:600; }
.verdict.good { border-color:var(--good); } .verdict.warn { border-color:var(--warn); } .verdict.bad { border-color:var(--bad); }
.counts { font-size:.95rem; font-weight:400; margin-top:.4rem; }
.badge { display:inline-block; border:1px solid currentColor; border-radius:3px; padding:0 .45em; font-size:.8rem; font-weight:600; white-space:nowrap; }
.good { color:var(--good); } .warn { color:var(--warn); } .bad { color:var(--bad); } .mute { color:var(--mute); }
.verdict.good,.verdict.warn,.verdict.bad,.finding { color:var(--ink); }
table { border-collapse:collapse; width:100%; margin:.5rem 0 1rem; font-size:.92rem; } table.fixed { table-layout:fixed; }
.w9 { width:9%; } .w10 { width:10%; } .w12 { width:12%; } .w13 { width:13%; } .w14 { width:14%; } .w15 { width:15%; }
.w16 { width:16%; } .w17 { width:17%; } .w18 { width:18%; } .w19 { width:19%; } .w20 { width:20%; } .w24 { width:24%; }
.w25 { width:25%; } .w26 { width:26%; } .w27 { width:27%; } .w28 { width:28%; } .w30 { width:30%; } .w34 { width:34%; }
th { text-align:left; vertical-align:bottom; font-weight:600; border-bottom:2px solid var(--line); padding:.3rem .6rem .3rem 0; }
td { vertical-align:top; border-bottom:1px solid var(--line); padding:.35rem .6rem .35rem 0; overflow-wrap:anywhere; }
.finding { border:1px solid var(--line); border-left:4px solid var(--mute); border-radius:4px; padding:.7rem .9rem; margin:.6rem 0; break-inside:avoid; }
.finding.bad { border-left-color:var(--bad); } .finding.warn { border-left-color:var(--warn); } .finding.good { border-left-color:var(--good); }
.finding ul { margin:.1rem 0 0; padding-left:1.2rem; } .finding ol { margin:.3rem 0; padding-left:1.4rem; }
.advice { margin-top:.5rem; font-weight:600; } .whole { white-space:nowrap; } .trail { font-size:.85rem; font-weight:600; color:var(--soft); margin-top:.5rem; }
.doors li { margin:.5rem 0; break-inside:avoid; }
.todo li { margin:.55rem 0; break-inside:avoid; } .todo p { font-size:.92rem; margin:.1rem 0; } ul { padding-left:1.4rem; margin:.3rem 0; }
.box { display:inline-block; width:.85em; height:.85em; border:1.5px solid var(--ink); margin-right:.5em; vertical-align:-.05em; }
svg { width:100%; height:auto; display:block; } svg text { fill:var(--ink); font:12px "Segoe UI",Arial,"Liberation Sans",sans-serif; }
svg .axis { stroke:var(--line); } svg .done { stroke:var(--good); } svg .gap { stroke:var(--bad); } svg .end { stroke:var(--warn); } svg .stop { stroke:var(--soft); }
svg .dot { fill:var(--accent); } svg text.soft { fill:var(--soft); } svg text.strong { font-weight:600; }
.sign { display:none; }
footer { margin-top:2.5rem; border-top:1px solid var(--line); padding-top:.8rem; color:var(--soft); font-size:.85rem; }
@page { size:A4; margin:16mm 14mm 18mm; @bottom-right { content: counter(page) " / " counter(pages); font:9pt Arial,sans-serif; color:#555; } }
@media print { :root { --ink:#000; --soft:#444; --line:#bbb; --paper:#fff; --shade:#f3f3f3; --good:#14532d; --warn:#7a4b00; --bad:#8c1d18;
  --accent:#1f4e8c; color-scheme: light; font-size:10pt; } body { max-width:none; padding:0; font-size:10pt; } code { font-size:8pt; }
  section.machine { break-before:page; border:0; margin:0; padding:0; } header + section.machine { break-before:auto; }
  .appendix { break-before:page; } .appendix .part { margin-top:0; }
  thead { display:table-header-group; } tr, svg, .verdict { break-inside:avoid; } h2, h3, .trail { break-after:avoid; } p { orphans:3; widows:3; }
  .verdict, .badge, .finding { print-color-adjust:exact; -webkit-print-color-adjust:exact; } a { color:inherit; text-decoration:none; }
  .sign { display:flex; gap:10mm; margin-top:18mm; break-inside:avoid; } .sign span { flex:1; border-top:1px solid #000; padding-top:1mm; font-size:9pt; } }
)css";
}

}  // namespace tq::report::html
