// [data-key="n"] is pressed by its key.

import { mountKeys } from "../call/keys.js";

const actions = {};
for (const control of document.querySelectorAll("[data-key]")) {
  actions[control.dataset.key] = () => control.click();
}
mountKeys(actions);
