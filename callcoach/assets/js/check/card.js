// A moment to judge: played at once, judged with one key.

import { createSound } from "../feed/sound.js";
import { createWave } from "../feed/wave.js";
import { mountStep } from "./step.js";

const read = (id) => JSON.parse(document.getElementById(id).textContent);

/**
 * Two audio elements that play stretches of calls, and the button that says so.
 * @param {HTMLElement} root
 * @param {(ms: number) => void} onTime
 */
export function soundOf(root, onTime) {
  const words = read("check-words");
  return createSound([...root.querySelectorAll("[data-audio]")], {
    time: onTime,
    state(isPlaying) {
      const button = root.querySelector("[data-play]");
      if (!button) return;
      button.classList.toggle("is-playing", isPlaying);
      button.setAttribute("aria-label", isPlaying ? button.dataset.pauseLabel : button.dataset.playLabel);
    },
    trouble(kind) {
      const place = root.querySelector("[data-trouble]");
      place.textContent = kind ? words[kind] : "";
      place.hidden = !kind;
    },
    heard() {},
  });
}

/** @param {HTMLElement} root [data-check-card] */
export function mountCard(root) {
  const item = read("check-data");
  let wave = null;
  const sound = soundOf(root, (ms) => {
    wave?.move(ms);
    for (const turn of root.querySelectorAll("[data-turn]")) {
      const said = ms >= Number(turn.dataset.start) && ms < Number(turn.dataset.end);
      turn.classList.toggle("is-heard", said);
    }
  });
  wave = createWave(root.querySelector("[data-wave]"), item, sound.seek);
  root.addEventListener("click", (event) => {
    const act = event.target.closest("[data-act]")?.dataset.act;
    if (act === "toggle") sound.toggle();
    if (act === "replay") sound.replay();
  });
  mountStep(root, {
    " ": sound.toggle,
    r: sound.replay,
    "<": () => sound.changeRate(-1),
    ">": () => sound.changeRate(1),
  });
  // What was judged is not played again by itself
  if (root.querySelector("[data-key=c]")) sound.hear(item);
  else sound.prepare(item);
}
