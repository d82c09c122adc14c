// [data-tick-bar]: calls that are ticked in the list, and one note on all of them. x ticks the row
// that has the focus, n writes, Escape unticks. Without script the bar is there all the time.

const TYPING = "input:not([type=checkbox]), textarea, select, [contenteditable], dialog";
const bar = document.querySelector("[data-tick-bar]");

const boxes = () => [...document.querySelectorAll("[data-tick]")];
const ticked = () => boxes().filter((box) => box.checked);

function show() {
  const chosen = ticked();
  const groups = new Set(chosen.map((box) => box.dataset.tick));
  const isMixed = groups.size > 1;
  const { textOne, textMany, textMixed } = bar.dataset;
  const words = isMixed ? textMixed : chosen.length === 1 ? textOne : textMany;
  bar.hidden = !chosen.length;
  bar.querySelector("[data-tick-words]").textContent = words
    .replace("{n}", chosen.length)
    .replace("{name}", chosen[0]?.dataset.agent ?? "");
  bar.querySelector("[data-tick-write]").disabled = isMixed || !chosen.length;
  for (const box of boxes()) box.closest("tr").classList.toggle("is-ticked", box.checked);
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(TYPING)) return;
  const box = document.activeElement?.closest?.("tr")?.querySelector("[data-tick]");
  if (event.key === "x" && box) {
    event.preventDefault();
    box.checked = !box.checked;
    show();
  } else if (event.key === "n" && ticked().length) {
    event.preventDefault();
    const write = bar.querySelector("[data-tick-write]");
    if (write.disabled) bar.scrollIntoView({ block: "nearest" });
    else write.click();
  } else if (event.key === "Escape" && ticked().length) bar.reset();
}

if (bar) {
  bar.querySelector("[data-tick-clear]").hidden = false;
  document.addEventListener("change", (event) => event.target.matches("[data-tick]") && show());
  document.addEventListener("keydown", onKey);
  bar.addEventListener("reset", () => setTimeout(show)); // once the boxes are empty
  window.addEventListener("pageshow", show); // coming back, the browser ticks them again
  const rows = boxes()[0]?.closest("tbody");
  if (rows) new MutationObserver(show).observe(rows, { childList: true }); // one that was deleted no longer counts
  show();
}
