// The item before everybody, as the server draws it; the one to come is kept at hand as it is before
// its stop, so that one can go on without a network. What is hidden is on neither.

import { send } from "../http.js";
import { mountPlayer } from "./present-player.js";

const PATIENCE_MS = 8000;
const ASK_AGAIN_MS = 2000;
const ASK_SOON_MS = 250;
const SCROLL_PX = 160;

/**
 * @param {HTMLElement} root
 * @param {Record<string, string>} addresses
 * @param {Record<string, string>} words
 * @param {(sound: object) => void} moved
 * @param {() => boolean} isOffline
 */
export function mountSheets(root, addresses, words, moved, isOffline) {
  const box = root.querySelector("[data-item]");
  /** @type {Map<number, string>} as they are before their stop, by item */
  const kept = new Map();
  let shown = "";
  let player = null;
  let again = null;

  const fetchSheet = async (itemId) => {
    const response = await send(`${addresses.items}${itemId}`, {
      headers: { Accept: "text/html" },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return response.ok ? response.text() : Promise.reject(new Error(String(response.status)));
  };

  const parse = (html) => new DOMParser().parseFromString(html, "text/html").querySelector("[data-sheet]");

  /** @param {Element | null} sheet */
  const put = (sheet, isWaiting) => {
    player?.stop();
    player = null;
    if (!sheet) {
      const note = document.createElement("p");
      note.className = "sheet-waits";
      note.textContent = words.noNetworkYet;
      box.replaceChildren(note);
      return;
    }
    const waits = sheet.querySelector("[data-waits]");
    if (waits) waits.hidden = !isWaiting;
    box.replaceChildren(sheet);
    box.scrollTop = 0;
    player = mountPlayer(sheet, words, moved);
    sheet.querySelector(".said-turn")?.scrollIntoView({ block: "nearest" });
  };

  async function show(itemId, isRevealed, nextId) {
    const wanted = `${itemId}:${isRevealed}`;
    if (itemId === null || wanted === shown) return;
    shown = wanted;
    clearTimeout(again);
    try {
      const html = await fetchSheet(itemId);
      if (shown !== wanted) return;
      const sheet = parse(html);
      const isBehind = isRevealed !== sheet.hasAttribute("data-revealed");
      if (!sheet.hasAttribute("data-revealed")) kept.set(itemId, html);
      const has = box.querySelector("[data-sheet]");
      const isThere = isBehind && has?.dataset.sheet === String(itemId) && !has.hasAttribute("data-revealed");
      if (!isThere) put(sheet, false); // what is there already stays as it is until the rest comes
      // The server has not been told yet, or somebody else went on: look again
      if (isBehind) retry(itemId, isRevealed, nextId);
      else prefetch(nextId);
    } catch {
      if (shown !== wanted) return;
      put(kept.has(itemId) ? parse(kept.get(itemId)) : null, isRevealed);
      retry(itemId, isRevealed, nextId);
    }
  }

  function retry(itemId, isRevealed, nextId) {
    const wanted = shown;
    const waits = box.querySelector("[data-waits]");
    if (waits) waits.hidden = !(isRevealed && isOffline());
    again = setTimeout(async () => {
      if (shown !== wanted) return;
      try {
        const html = await fetchSheet(itemId);
        if (shown !== wanted) return;
        const sheet = parse(html);
        const current = box.querySelector("[data-sheet]");
        const isSame = current?.dataset.sheet === String(itemId) && current.hasAttribute("data-revealed") === sheet.hasAttribute("data-revealed");
        if (!isSame) put(sheet, false);
        if (isRevealed === sheet.hasAttribute("data-revealed")) return prefetch(nextId);
      } catch {
        // Still no network
      }
      retry(itemId, isRevealed, nextId);
    }, isOffline() ? ASK_AGAIN_MS : ASK_SOON_MS);
  }

  /**
   * The server says what may be played now: what it no longer offers is unloaded, and the item drawn
   * anew; so is one that may be heard now.
   */
  function allow({ item, sound }) {
    const sheet = box.querySelector("[data-sheet]");
    if (!sheet || sheet.dataset.sheet !== String(item?.id)) return;
    const offered = Object.values(sound.parts);
    if (player ? offered.includes(player.part) : !offered.length) return;
    player?.unload();
    kept.delete(item.id);
    shown = ""; // drawn anew by the next `show`
  }

  async function prefetch(itemId) {
    if (itemId === null) return;
    try {
      kept.set(itemId, await fetchSheet(itemId));
    } catch {
      // It is asked for again when it is shown
    }
  }

  return {
    show,
    allow,
    player: () => player,
    /** @param {number} way 1 for down */
    scroll: (way) => box.scrollBy({ top: way * SCROLL_PX }),
  };
}
