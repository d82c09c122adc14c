// [data-find]: the search field; "/" or Ctrl+K (⌘K) from anywhere goes there, Escape leaves it.
// Where the screen has no room for the field, [data-find-link] leads to the page that has one.

const TYPING = "input, textarea, select, [contenteditable], dialog";

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey) return;
  const field = document.querySelector("[data-find]");
  if (event.key === "Escape" && field && document.activeElement === field) {
    field.blur();
    return;
  }
  const isCommand = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
  const isSlash = event.key === "/" && !event.ctrlKey && !event.metaKey;
  if (!isCommand && !(isSlash && !event.target.closest?.(TYPING))) return;
  if (document.querySelector("dialog[open]")) return;
  const link = document.querySelector("[data-find-link]");
  const target = field?.checkVisibility() ? field : null;
  if (!target && !link) return;
  event.preventDefault();
  if (target) {
    target.focus();
    target.select();
  } else link.click();
});
