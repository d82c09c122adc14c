// The moment of a note as sound: [data-excerpt]. One big button over the browser's own player;
// while a worker has yet to write the sound, asks after it. Nothing is fetched before it is
// played, and the server takes the fetch for hearing it.

import { send } from "../http.js";

const FIRST_ASK_MS = 2000;
const LAST_ASK_MS = 15_000; // a busy worker is asked less and less often: the line is slow

/** @param {HTMLElement} root */
function mountPlayer(root) {
  const audio = root.querySelector("audio");
  const button = root.querySelector("[data-play]");
  const played = root.querySelector("[data-played]");
  const broken = root.querySelector("[data-broken]");
  if (!audio) return;
  audio.removeAttribute("controls");
  button.hidden = false;
  played.hidden = false;

  const show = () => {
    const playing = !audio.paused;
    button.classList.toggle("is-playing", playing);
    button.setAttribute("aria-label", playing ? button.dataset.pauseLabel : button.dataset.playLabel);
  };
  for (const name of ["play", "pause", "ended"]) audio.addEventListener(name, show);
  audio.addEventListener("timeupdate", () => {
    if (audio.duration > 0) played.value = (100 * audio.currentTime) / audio.duration;
  });
  audio.addEventListener("playing", () => {
    broken.hidden = true;
  });
  audio.addEventListener("error", () => {
    broken.hidden = false;
    show();
  });
  button.addEventListener("click", () => {
    if (!audio.paused) {
      audio.pause();
      return;
    }
    if (audio.error) audio.load(); // the line broke: fetch it anew
    audio.play().catch(() => {
      broken.hidden = audio.error === null; // a second press before it began is no fault
    });
  });
}

/** @param {HTMLElement} root */
function awaitSound(root) {
  let wait = FIRST_ASK_MS;
  const ask = async () => {
    if (document.hidden) {
      document.addEventListener("visibilitychange", ask, { once: true });
      return;
    }
    try {
      const response = await send(root.dataset.status);
      if (response.ok) {
        const { state } = await response.json();
        if (state === "ready") {
          root.dataset.excerpt = state;
          root.querySelector("[data-sound]").hidden = false;
          root.querySelector("[data-waiting]").hidden = true;
          return;
        }
        if (state === "gone") return;
      } else if (response.status < 500) {
        return; // taken back meanwhile
      }
    } catch {
      // the line broke for a moment: ask again
    }
    wait = Math.min(wait * 1.5, LAST_ASK_MS);
    setTimeout(ask, wait);
  };
  setTimeout(ask, wait);
}

/** @param {ParentNode} place */
function mountAll(place) {
  for (const root of place.querySelectorAll("[data-excerpt]")) {
    mountPlayer(root);
    if (["writing", "failed"].includes(root.dataset.excerpt)) awaitSound(root);
  }
}

mountAll(document);
document.addEventListener("tries:shown", (event) => mountAll(event.target)); // a part drawn anew
