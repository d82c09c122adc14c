// Keys of the page of one dispute: [data-player-key="1"] plays, [data-key="k"] is pressed by its
// key. [data-needs="id"]: a button that needs a field to be filled in first.

import { mountKeys } from "../call/keys.js";

const actions = {};
for (const player of document.querySelectorAll("[data-player-key]")) {
  actions[player.dataset.playerKey] = () => player.querySelector("[data-play]")?.click();
}
for (const control of document.querySelectorAll("[data-key]")) {
  actions[control.dataset.key] = () => control.click();
}
mountKeys(actions);
document.querySelector("[data-answering]")?.setAttribute("data-mounted", "");

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-needs]");
  const field = button && document.getElementById(button.dataset.needs);
  if (!field) return;
  field.required = true; // for this way of sending the form only
  if (!field.reportValidity()) event.preventDefault();
  field.required = false;
});
