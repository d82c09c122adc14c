// What an action of the desk changed, put into the page without loading it again. The shape is
// written down in callcoach/coaching/desk_change.py; every part of it may be missing.

import { toast } from "../toasts.js";
import { announce } from "./announce.js";

/** Puts the server's fragment into `element`; the server escapes what people wrote. */
function fill(element, html) {
  if (element) element.innerHTML = html;
}

/**
 * The arrays of the page's data keep their identity: whoever holds one sees the change.
 * @param {object} data the page's data
 * @param {object} payload
 * @param {"moments" | "notes" | "requests" | "heldBack"} name
 */
function refresh(data, payload, name) {
  if (payload[name]) data[name].splice(0, data[name].length, ...payload[name]);
}

const keysOf = (moments) => moments.map((moment) => moment.key).join(" ");

/**
 * @param {object} page
 * @param {HTMLElement} page.desk
 * @param {object} page.data the page's data
 * @param {{replace: (key: string, html: string) => void, refresh: () => void}} page.cards
 * @param {{refresh: () => void}} page.overlay
 * @param {{push: (url: string) => void}} page.undo
 * @param {{time: () => number}} page.player
 */
export function changeApplier({ desk, data, cards, overlay, undo, player }) {
  /**
   * @param {object} payload the JSON of an action of the desk
   * @param {{remember?: boolean}} [options] false when its undo is on the stack already
   */
  return function applyChange(payload, { remember = true } = {}) {
    if (payload.moments && keysOf(payload.moments) !== keysOf(data.moments)) {
      // A moment came or went, and with it the numbers of the others: rare enough to load anew.
      const url = new URL(window.location.href);
      url.searchParams.set("t", (player.time() / 1000).toFixed(2));
      url.hash = payload.chosen ? `moment-${payload.chosen}` : "";
      window.history.replaceState(null, "", url);
      window.location.reload();
      return;
    }
    for (const name of ["moments", "notes", "requests"]) refresh(data, payload, name);
    refresh(data, { heldBack: payload.held_back }, "heldBack");
    for (const [key, html] of Object.entries(payload.cards ?? {})) cards.replace(key, html);
    if (payload.counts !== undefined) fill(desk.querySelector("[data-counts]"), payload.counts);
    if (payload.judged !== undefined) fill(desk.querySelector("[data-judged]"), payload.judged);
    if (payload.loose_notes !== undefined) {
      fill(desk.querySelector("[data-loose-notes]"), payload.loose_notes);
    }
    if (payload.request_list !== undefined) {
      fill(desk.querySelector("[data-request-list]"), payload.request_list);
    }
    if (payload.tags !== undefined) fill(desk.querySelector("[data-tags]"), payload.tags);
    cards.refresh();
    overlay.refresh();
    if (payload.undo && remember) undo.push(payload.undo);
    if (payload.message) toast({ message: payload.message, undo: payload.undo ?? undefined });
    announce(payload.announce ?? "");
  };
}
