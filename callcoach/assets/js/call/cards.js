// Moments as cards: one of them is the current one, which the keys act on. It is the one asked for,
// else the one heard last; playing on past its end does not let go of it.

import { announce } from "./announce.js";
import { indexAt } from "./timeline.js";
import { stopFrom } from "./stops.js";

const BEFORE_MS = 500; // a seek lands a little before what was asked for
const AFTER_MS = 1500; // a moment asked for stays current so long, whatever is heard by then

/**
 * @param {HTMLElement} root [data-cards]
 * @param {object} data the page's data
 * @param {import("./player.js").Player} player
 * @param {(key: string) => void} onCurrent which moment or request is current, "" for none
 */
export function followCards(root, data, player, onCurrent) {
  const elements = new Map();
  for (const element of root.querySelectorAll("[data-card]")) elements.set(element.dataset.card, element);
  let current = null; // a moment or a request
  let asked = false;

  const known = (key) => [...data.moments, ...data.heldBack].find((item) => item.key === key);

  /** Requests come anew from the server with every answer, so they are looked up. */
  const elementOf = (key) => elements.get(key) ?? root.querySelector(`[data-stop="${key}"]`);

  function mark(stop) {
    if (stop?.key === current?.key) {
      current = stop;
      return;
    }
    for (const [moment, isOn] of [[current, false], [stop, true]]) {
      const element = moment && elementOf(moment.key);
      element?.classList.toggle("is-on", isOn);
      if (isOn) element?.setAttribute("aria-current", "true");
      else element?.removeAttribute("aria-current");
    }
    current = stop;
    onCurrent(stop?.key ?? "");
  }

  /** Brings a card into view; in the next frame, with what else that frame has to measure. */
  function reveal(key, focus = false) {
    requestAnimationFrame(() => {
      const element = elementOf(key);
      if (!element || current?.key !== key) return; // the next key was quicker
      const folded = element.closest("details:not([open])");
      if (folded) folded.open = true;
      if (root.scrollHeight > root.clientHeight) {
        const frame = root.getBoundingClientRect();
        const own = element.getBoundingClientRect();
        if (own.top < frame.top || own.bottom > frame.bottom) {
          root.scrollBy({ top: own.top - frame.top - 16 });
        }
      }
      if (focus) element.focus({ preventScroll: true });
    });
  }

  /** Plays what led to a moment or a request. */
  function hear(stop, { focus = false } = {}) {
    player.playFrom(stop.from);
    asked = true;
    mark(stop);
    reveal(stop.key, focus);
  }

  player.on("jump", (isNear) => {
    if (isNear) return; // a few seconds back to hear it again
    asked = false;
    mark(null);
  });
  player.on("time", (time) => {
    if (current && asked && time >= current.from - BEFORE_MS && time < current.end + AFTER_MS) return;
    const at = indexAt(data.moments, time);
    const heard = at < 0 ? null : data.moments[at];
    if (!heard || heard.key === current?.key || heard.decision === "rejected") return;
    asked = false;
    mark(heard);
    reveal(heard.key);
  });

  document.addEventListener("click", (event) => {
    const key = event.target.closest("[data-hear]")?.dataset.hear;
    const moment = key && known(key);
    if (moment) hear(moment);
  });
  for (const name of ["focusin", "pointerdown"]) {
    root.addEventListener(name, (event) => {
      const key = event.target.closest("[data-card]")?.dataset.card;
      const moment = key && key !== current?.key && known(key);
      if (!moment) return;
      asked = true;
      mark(moment);
    });
  }

  const step = (direction) => () => {
    const stop = stopFrom(data.moments, data.requests, current, player.time(), direction);
    if (stop) hear(stop, { focus: true });
    else announce(direction > 0 ? data.words.noNext : data.words.noPrevious);
  };
  return {
    /** @returns {object | null} the moment that keys act on */
    current: () => (current && elements.has(current.key) ? current : null),
    element: (key) => elements.get(key) ?? null,
    hear,
    /** Makes a moment current without a sound. */
    choose(moment) {
      asked = true;
      mark(moment);
      reveal(moment.key, true);
    },
    next: step(1),
    previous: step(-1),
    again: () => current && hear(current),
    /** Puts the server's card in the place of the old one; what is being written in it stays. */
    replace(key, html) {
      const old = elements.get(key);
      const template = document.createElement("template");
      template.innerHTML = html;
      const fresh = template.content.querySelector("[data-card]");
      if (!old || !fresh) return;
      const active = old.contains(document.activeElement) ? document.activeElement : null;
      const kept = [...old.querySelectorAll("[data-keep]")];
      if (key === current?.key) {
        fresh.classList.add("is-on");
        fresh.setAttribute("aria-current", "true");
      }
      old.replaceWith(fresh);
      elements.set(key, fresh);
      for (const element of kept) fresh.append(element);
      if (!active) return;
      if (kept.some((element) => element.contains(active))) active.focus({ preventScroll: true });
      else fresh.focus({ preventScroll: true });
    },
    /** After the page's data changed. */
    refresh() {
      if (!current) return;
      const pool = [...data.moments, ...data.heldBack, ...data.requests];
      current = pool.find((item) => item.key === current.key) ?? null;
    },
  };
}
