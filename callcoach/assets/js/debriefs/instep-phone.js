// The agent's screen of a one-to-one: [data-instep]. One touch plays or stops the moment on both
// screens; it sounds here where it may, and the words follow in any case. The page is drawn anew
// whenever something changes, and the sound goes on meanwhile.

import { send } from "../http.js";
import { keepInStep } from "./instep.js";

const ASK_AGAIN_MS = 2000;

/** What is followed now, and its sound; one at a time. */
let current = null;

/** @param {ParentNode} page where the part may be, freshly drawn */
export function mountInStep(page) {
  const root = page.querySelector("[data-instep]");
  const key = root ? `${root.dataset.instep}|${root.dataset.src}` : "";
  if (current && current.key !== key) {
    current.end();
    current = null;
  }
  if (!root) return;
  current ??= follow(root, key);
  current.attach(root);
}

/** A sound, or without one the time alone, which the words follow. */
function follow(first, key) {
  const startsMs = Number(first.dataset.starts);
  const endsMs = Number(first.dataset.ends);
  const audio = first.dataset.src ? new Audio() : null;
  let root = first;
  let isHere = !("quiet" in first.dataset);
  let isReady = false;
  let asking = null;
  let isOver = false;
  let silent = { isPlaying: false, fromMs: startsMs, since: 0 };

  const say = (words) => {
    const note = root.querySelector("[data-step-note]");
    if (note && note.textContent !== words) note.textContent = words;
  };
  const silentPlace = () => silent.fromMs + (silent.isPlaying ? performance.now() - silent.since : 0);
  const player = {
    startsMs,
    endsMs,
    get isPlaying() {
      return isReady ? !audio.paused : silent.isPlaying;
    },
    get placeMs() {
      return isReady ? startsMs + 1000 * audio.currentTime : silentPlace();
    },
    goTo(ms) {
      silent = { ...silent, fromMs: ms, since: performance.now() };
      if (isReady) audio.currentTime = (ms - startsMs) / 1000;
    },
    play() {
      silent = { isPlaying: true, fromMs: silentPlace(), since: performance.now() };
      if (!isReady) return;
      audio.muted = !isHere;
      audio.play().catch(() => {
        // The browser wants a touch first: until then the words alone
        isHere = false;
        audio.muted = true;
        audio.play().catch(() => {});
        draw();
        say(root.querySelector("[data-step-note]")?.dataset.touch ?? "");
      });
    },
    pause() {
      silent = { isPlaying: false, fromMs: silentPlace(), since: 0 };
      if (isReady) audio.pause();
    },
  };

  async function fetchSound() {
    try {
      const { state } = await (await send(root.dataset.status)).json();
      if (isOver) return undefined;
      if (state === "silent") return say("");
      if (state === "ready") {
        audio.preload = "auto";
        audio.src = first.dataset.src;
        return undefined;
      }
      say(root.querySelector("[data-step-note]")?.dataset.writing ?? "");
      await send(first.dataset.src); // asks a worker to write it
    } catch {
      // No connection now
    }
    asking = setTimeout(fetchSound, ASK_AGAIN_MS);
    return undefined;
  }
  audio?.addEventListener("loadedmetadata", () => {
    isReady = true;
    audio.muted = !isHere;
    say("");
    step.look();
  });

  /** A sound that may not be played is not kept at hand either. */
  function unload() {
    clearTimeout(asking);
    isOver = true;
    isReady = false;
    audio?.pause();
    audio?.removeAttribute("src");
    audio?.load();
  }

  let isOn = false;
  function draw() {
    const sign = root.querySelector("[data-step-sign]");
    const button = root.querySelector("[data-step-toggle]");
    sign.textContent = isOn ? "❚❚" : "▶";
    root.querySelector("[data-step-word]").textContent = isOn ? button.dataset.stop : button.dataset.play;
    const here = root.querySelector("[data-step-here]");
    if (here) here.checked = isHere;
  }

  const step = keepInStep({
    live: first.dataset.follow,
    move: first.dataset.move,
    send,
    player: () => player,
    heard: ({ item, sound }) => {
      const isStillThis = first.dataset.instep.startsWith(`${item?.id}:`);
      if (audio && isStillThis && !Object.values(sound.parts).includes(first.dataset.src)) unload();
    },
    shown: ({ plays, placeMs }) => {
      root.querySelector("[data-step-place]").value = placeMs - startsMs;
      if (plays !== isOn) {
        isOn = plays;
        draw();
      }
      for (const line of document.querySelectorAll("[data-shown] [data-from]")) {
        const isCurrent = plays && Number(line.dataset.from) <= placeMs && placeMs < Number(line.dataset.to);
        line.classList.toggle("is-current", isCurrent);
      }
    },
  });
  if (audio) fetchSound();

  return {
    key,
    attach(drawn) {
      root = drawn;
      drawn.querySelector("[data-step-toggle]").addEventListener("click", () => step.toggle());
      drawn.querySelector("[data-step-here]")?.addEventListener("change", (event) => {
        isHere = event.target.checked;
        audio.muted = !isHere;
        say("");
      });
      draw();
    },
    end() {
      step.stop();
      unload();
    },
  };
}
