// The phone follows the debrief: [data-live] asks what is before everybody and reads it anew when it
// changes; [data-begins] waits for the beginning. A page that nobody sees does not ask.

import { send } from "../http.js";

const EVERY_MS = 2000;
const WAITING_MS = 10_000;
const LAST_MS = 15_000; // while there is no connection
const PATIENCE_MS = 10_000;

const get = (url, accept) =>
  send(url, { headers: { Accept: accept }, signal: AbortSignal.timeout?.(PATIENCE_MS) });

/** Runs `job` again and again while the page is seen; less and less often while it fails. */
function repeat(job, everyMs, onLine = () => {}) {
  let wait = everyMs;
  let timer = 0;
  let running = false;
  const run = async () => {
    clearTimeout(timer);
    if (document.hidden || running) return;
    running = true;
    try {
      await job();
      wait = everyMs;
      onLine(true);
    } catch {
      wait = Math.min(LAST_MS, wait * 1.5);
      onLine(false);
    }
    running = false;
    timer = setTimeout(run, wait);
  };
  for (const name of ["online", "pageshow"]) window.addEventListener(name, run);
  window.addEventListener("offline", () => onLine(false));
  document.addEventListener("visibilitychange", run);
  run();
}

/**
 * @param {HTMLElement} root [data-live]
 * @param {(shown: HTMLElement) => void} onShown a part was drawn anew
 */
export function followLive(root, onShown) {
  const lost = document.querySelector("[data-line]");
  const announcer = document.querySelector("[data-announcer]");
  const shown = () => root.querySelector("[data-shown]");
  let seen = Number(shown().dataset.revision);

  async function draw() {
    const response = await get(root.dataset.now, "text/html");
    if (response.status === 204) return window.location.reload();
    if (!response.ok) throw new Error(`answered ${response.status}`);
    const drawn = new DOMParser()
      .parseFromString(await response.text(), "text/html")
      .querySelector("[data-shown]");
    if (!drawn) throw new Error("no part of a page");
    const field = document.activeElement;
    const isTyping = field?.matches?.("[data-answer] textarea") && root.contains(field);
    const place = isTyping ? [field.id, field.selectionStart, field.selectionEnd] : null;
    const said = shown().dataset.say;
    shown().replaceWith(drawn);
    onShown(drawn);
    const again = place && document.getElementById(place[0]);
    if (again) {
      again.focus();
      again.setSelectionRange(place[1], place[2]);
    }
    if (said !== drawn.dataset.say) announcer.textContent = drawn.dataset.say;
    return undefined;
  }

  function count(number) {
    const place = shown().querySelector("[data-count]");
    if (!place) return;
    place.textContent =
      number > 1 ? place.dataset.many.replace("{}", number) : number ? place.dataset.one : "";
  }

  /** A sound is here that may not be heard any more. */
  function isTakenBack(parts) {
    const url = shown().querySelector("[data-instep]")?.dataset.src;
    return Boolean(url) && !Object.values(parts).includes(url);
  }

  async function look() {
    const response = await get(`${root.dataset.live}?seen=${seen}`, "application/json");
    if (response.status === 204) return undefined;
    if ([403, 404].includes(response.status)) return window.location.reload();
    if (!response.ok) throw new Error(`answered ${response.status}`);
    const facts = await response.json();
    if (facts.state !== "running") return window.location.reload();
    const { item, phase } = shown().dataset;
    const isSame = item === String(facts.item?.id ?? "") && phase === (facts.item?.phase ?? "");
    // What is asked stays as it is while others answer: somebody is writing
    const stays = isSame && phase === "asking" && !facts.item.is_gone && !isTakenBack(facts.sound.parts);
    if (stays) count(facts.answer_count);
    else await draw();
    seen = facts.revision;
    return undefined;
  }

  repeat(look, EVERY_MS, (isThere) => {
    lost.hidden = isThere;
  });
}

/** @param {HTMLElement} root [data-begins]: an address that answers 200 once it has begun */
export function awaitBeginning(root) {
  repeat(async () => {
    const response = await get(root.dataset.begins, "text/html");
    if (response.status === 200) window.location.reload();
  }, WAITING_MS);
}
