// Menus are <details data-menu>: they open without script. Here they also close: on Escape (focus
// goes back to the button), on a click elsewhere, and when another opens.

import "./leaving.js"; // the menu's last entries

const open = () => document.querySelectorAll("details[data-menu][open]");

document.addEventListener("click", (event) => {
  for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of open()) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
});
