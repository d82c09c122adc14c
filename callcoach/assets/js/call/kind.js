// [data-kind-menu]: `t` opens the menu of who was reached, 1 to 5 choose in it. Choosing sends its
// form, as a click does; without scripts the menu opens and sends by itself.

const TYPING = "input, textarea, select, [contenteditable], dialog";

document.addEventListener("keydown", (event) => {
  const menu = document.querySelector("[data-kind-menu]");
  if (!menu || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.closest?.(TYPING)) return;
  const choices = [...menu.querySelectorAll("[data-kind-choice]")];
  if (event.key === "t" || event.key === "T") {
    menu.open = !menu.open;
    if (menu.open) (choices.find((choice) => choice.hasAttribute("aria-current")) ?? choices[0]).focus();
    else menu.querySelector("summary").focus();
  } else if (menu.open && choices[Number(event.key) - 1]) {
    choices[Number(event.key) - 1].click();
  } else return;
  event.preventDefault();
});
