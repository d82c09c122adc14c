// [data-back] goes back to the page as it was left, with what was typed into it; without script the
// link asks for the page anew.

document.addEventListener("click", (event) => {
  if (!event.target.closest("a[data-back]")) return;
  if (history.length < 2 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  history.back();
});
