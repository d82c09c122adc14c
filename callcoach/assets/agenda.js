// Entry of the agenda of a debrief: the order and the time of its items, trimming a moment, and
// reading it aloud.

import "./css/agenda.scss";
import "./js/debriefs/agenda-order.js";
import "./js/debriefs/agenda-trim.js";
import { mountVoice } from "./js/voice/panel.js";

const voice = document.querySelector("[data-voice]");
if (voice) mountVoice(voice);

// Asking the agent, or leaving, would lose what is typed and not saved yet: the browser asks first.
const words = document.querySelector(".item-form");
if (words) {
  let isTyped = false;
  words.addEventListener("input", () => (isTyped = true));
  words.addEventListener("submit", () => (isTyped = false));
  window.addEventListener("beforeunload", (event) => isTyped && event.preventDefault());
}
