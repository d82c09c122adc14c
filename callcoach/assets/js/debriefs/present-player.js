// The big player of a moment, and the words that follow it. Places are milliseconds of the call.

import { send } from "../http.js";
import { asTime } from "./present-clock.js";

const LOOK_MS = 100;
const ASK_AGAIN_MS = 1500;

/**
 * @param {HTMLElement} sheet the item
 * @param {Record<string, string>} words
 * @param {(sound: {is_playing: boolean, position_ms: number}) => void} moved by the hand of who is
 *   at this page, not by the other screen
 * @returns {object | null} `toggle`, `stop`, and what `instep.js` asks of a player; null where nothing
 *   is played
 */
export function mountPlayer(sheet, words, moved) {
  const root = sheet.querySelector("[data-player]");
  if (!root) return null;
  const audio = root.querySelector("[data-audio]");
  const button = root.querySelector(".present-play");
  const seek = root.querySelector("[data-seek]");
  const note = root.querySelector("[data-sound-note]");
  const startsMs = Number(root.dataset.starts);
  const lengthMs = Number(root.dataset.ends) - startsMs;
  const lines = [...sheet.querySelectorAll("[data-from]")];
  let wantedMs = Number(root.dataset.goesOn) - startsMs;
  let isReady = false;
  let asking = null;
  let isOver = false;

  const atMs = () => (isReady ? 1000 * audio.currentTime : wantedMs);
  const tell = () => moved({ is_playing: !audio.paused, position_ms: startsMs + Math.round(Math.min(atMs(), lengthMs)) });

  const draw = () => {
    const ms = Math.min(atMs(), lengthMs);
    root.classList.toggle("is-playing", !audio.paused);
    seek.value = String(ms);
    seek.setAttribute("aria-valuetext", asTime(ms));
    root.querySelector("[data-time]").textContent = `${asTime(ms)} / ${asTime(lengthMs)}`;
    for (const line of lines) {
      const isCurrent = !audio.paused && Number(line.dataset.from) <= startsMs + ms && startsMs + ms < Number(line.dataset.to);
      if (isCurrent && !line.classList.contains("is-current")) line.scrollIntoView({ block: "nearest" });
      line.classList.toggle("is-current", isCurrent);
    }
  };

  const goTo = (ms) => {
    wantedMs = Math.max(0, Math.min(ms, lengthMs));
    if (isReady) audio.currentTime = wantedMs / 1000;
    draw();
  };

  const fail = () => {
    note.textContent = words.noSound;
    note.hidden = false;
    button.disabled = seek.disabled = true;
  };

  /** The excerpt may still be being written; a yes that was taken back makes it silent. */
  const ask = async () => {
    if (!sheet.isConnected) return;
    try {
      const { state } = await (await send(root.dataset.status)).json();
      if (isOver) return;
      if (state === "ready") {
        audio.src = audio.dataset.src;
        return;
      }
      if (state === "silent") return fail();
      note.textContent = words.writing;
      // Its own address asks a worker to write it, should nobody have done so yet
      if (asking === null) await send(audio.dataset.src);
    } catch {
      // No network now
    }
    asking = setTimeout(ask, ASK_AGAIN_MS);
  };

  audio.addEventListener("loadedmetadata", () => {
    isReady = true;
    button.disabled = seek.disabled = false;
    note.hidden = true;
    goTo(wantedMs);
  });
  audio.addEventListener("error", () => audio.src && fail());
  for (const name of ["play", "pause", "timeupdate", "seeked", "ended"]) audio.addEventListener(name, draw);
  const looking = setInterval(() => (sheet.isConnected ? audio.paused || draw() : stop()), LOOK_MS);
  seek.addEventListener("input", () => goTo(Number(seek.value)));
  seek.addEventListener("change", tell);
  seek.addEventListener("pointerup", () => seek.blur()); // so that the keys of the page work again
  for (const line of lines) {
    line.addEventListener("click", () => {
      goTo(Number(line.dataset.from) - startsMs);
      tell();
    });
  }

  function stop() {
    clearInterval(looking);
    clearTimeout(asking);
    audio.pause();
  }

  /** What was loaded is not here any more either: it cannot be played again. */
  function unload() {
    isOver = true;
    stop();
    isReady = false;
    audio.removeAttribute("src");
    audio.load();
    fail();
  }

  ask();
  draw();
  return {
    stop,
    unload,
    /** The address of the part that is played. */
    part: audio.dataset.src,
    async toggle() {
      if (!isReady) return;
      if (!audio.paused) audio.pause();
      else {
        if (atMs() >= lengthMs - 50) goTo(0);
        await audio.play().catch(() => {});
      }
      tell();
    },
    // For `instep.js`: places of the call
    startsMs,
    endsMs: startsMs + lengthMs,
    get isPlaying() {
      return isReady && !audio.paused;
    },
    get placeMs() {
      return startsMs + Math.min(atMs(), lengthMs);
    },
    goTo: (placeMs) => goTo(placeMs - startsMs),
    play: () => isReady && audio.play().catch(() => {}),
    pause: () => audio.pause(),
  };
}
