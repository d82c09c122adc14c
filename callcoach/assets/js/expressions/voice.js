// The recorder of an expression: what is recorded is kept at once.

import { mountVoice } from "../voice/panel.js";

const root = document.querySelector("[data-voice]");
if (root) mountVoice(root);
