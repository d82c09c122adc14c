// [data-rows]: j and k, or the arrows, move from row to row; Enter opens, as links do.

const TYPING = "input:not([data-tick]), textarea, select, [contenteditable], dialog";
const STEPS = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

document.addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  const table = document.querySelector("[data-rows]");
  if (!step || !table || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.(TYPING)) return;
  const links = [...table.querySelectorAll("[data-open]")];
  const here = links.indexOf(document.activeElement?.closest("tr")?.querySelector("[data-open]"));
  const next = links[here < 0 ? (step > 0 ? 0 : links.length - 1) : here + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.closest("tr").scrollIntoView({ block: "nearest" });
});

// [data-fold]: filters are open in the page; on the phone they fold away, unless one is set.
if (matchMedia("(max-width: 640px)").matches) {
  const fold = document.querySelector("[data-fold]:not([data-keep])");
  if (fold) fold.open = false;
}

// A click anywhere on a row opens it, as people expect; links, buttons and selections keep theirs.
document.addEventListener("click", (event) => {
  const row = event.target.closest?.("[data-rows] tbody tr");
  if (!row || event.target.closest("a, button, form, summary, label, input")) return;
  if (!getSelection().isCollapsed) return;
  const link = row.querySelector("[data-open]");
  if (event.ctrlKey || event.metaKey) window.open(link.href);
  else link.click();
});
