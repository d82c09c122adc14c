// Entry of the agenda of a debrief: the order and the time of its items, trimming a moment, and
// reading it aloud.

import "./css/agenda.scss";
import "./js/debriefs/agenda-order.js";
import "./js/debriefs/agenda-trim.js";
import { mountVoice } from "./js/voice/panel.js";

const voice = document.querySelector("[data-voice]");
if (voice) mountVoice(voice);
