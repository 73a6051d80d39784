// Conveniences only: every page works without them. "/" goes to the search, arrow keys walk the rows of a table.
"use strict";

function rowLinks(table) {
  return Array.from(table.querySelectorAll("tbody tr"), (row) => row.querySelector("a")).filter(Boolean);
}

function walk(event) {
  const table = event.target.closest("table.rows, table.heat, table.bars");
  if (!table) return;
  const links = rowLinks(table);
  const row = event.target.closest("tr");
  const at = links.findIndex((link) => row && row.contains(link));
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key];
  if (to === undefined || !links[to]) return;
  links[to].focus();
  event.preventDefault();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const typing = event.target.matches("input, select, textarea");
  const search = document.getElementById("q");
  if (event.key === "/" && !typing && search) {
    search.focus();
    search.select();
    event.preventDefault();
  } else if (event.key === "Escape" && event.target === search) {
    search.blur();
  } else if (!typing) {
    walk(event);
  }
});
