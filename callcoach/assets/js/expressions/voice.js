// The recorder of an expression: what is recorded is kept at once.

import { mountVoice } from "../voice/panel.js";

const root = document.querySelector("[data-voice]");
const said = document.querySelector("[data-voice-said]");
if (root) {
  // Another recording says something else; its words are there at the next visit
  mountVoice(root, { state: (state) => said && state === "recording" && said.remove(), discarded: () => said?.remove() });
}
