// Entry of the daily check.

import "./css/check.scss";
import { mountBlind } from "./js/check/blind.js";
import { mountCard } from "./js/check/card.js";
import { mountCompare } from "./js/check/compare.js";
import { mountStep } from "./js/check/step.js";

const mounts = {
  "[data-check-blind]": mountBlind,
  "[data-check-card]": mountCard,
  "[data-check-compare]": mountCompare,
  "[data-check]": mountStep,
};
for (const [selector, mount] of Object.entries(mounts)) {
  const root = document.querySelector(selector);
  if (!root) continue;
  mount(root);
  break;
}
