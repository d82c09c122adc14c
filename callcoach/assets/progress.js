// Entry of the supervisors' pages of what became of notes.

import "./css/progress.scss";
import "./js/agent/excerpt.js";
import { mountCard } from "./js/check/card.js";
import { mountStep } from "./js/check/step.js";
import { mountSign } from "./js/progress/sign.js";

const card = document.querySelector("[data-check-card]");
const page = document.querySelector("[data-check]");
if (card) mountCard(card);
else mountStep(page ?? document.body);
document.querySelectorAll("[data-sign]").forEach(mountSign);
