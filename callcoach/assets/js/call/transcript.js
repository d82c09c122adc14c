// The words follow the sound. The word being said is marked with a CSS highlight, so that an hour
// of speech needs no element for each word; a click on a word seeks to it.

import { indexAt, timeOfOffset, wordAt } from "./timeline.js";

const YIELD_EVENTS = ["wheel", "touchmove", "pointerdown"];
const SCROLL_KEYS = new Set(["PageUp", "PageDown", "Home", "End", "ArrowUp", "ArrowDown"]);
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** Text nodes of what was said, without what is only for screen readers. */
function textNodes(element) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement.closest(".visually-hidden") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  return nodes;
}

/** A range over [from, to) of the text of `element`, or null. */
export function rangeOver(element, from, to) {
  const range = new Range();
  let offset = 0;
  let started = false;
  for (const node of textNodes(element)) {
    const end = offset + node.length;
    if (!started && from < end) {
      range.setStart(node, from - offset);
      started = true;
    }
    if (started && to <= end) {
      range.setEnd(node, to - offset);
      return range;
    }
    offset = end;
  }
  return null;
}

/** Offset of a place in the document in the text of `element`; -1 outside of it. */
export function offsetIn(element, node, within) {
  if (node.nodeType !== Node.TEXT_NODE) {
    const range = new Range();
    range.selectNodeContents(element);
    range.setEnd(node, within);
    const before = textNodes(element).filter((text) => range.intersectsNode(text));
    const whole = before.filter((text) => range.comparePoint(text, text.length) <= 0);
    return whole.reduce((length, text) => length + text.length, 0);
  }
  let offset = 0;
  for (const candidate of textNodes(element)) {
    if (candidate === node) return offset + within;
    offset += candidate.length;
  }
  return -1;
}

/** Offset in the text of `element` of a point on the screen, or -1. */
function offsetAtPoint(element, x, y) {
  let node;
  let within;
  if (document.caretPositionFromPoint) {
    const caret = document.caretPositionFromPoint(x, y);
    [node, within] = [caret?.offsetNode, caret?.offset];
  } else {
    const range = document.caretRangeFromPoint?.(x, y);
    [node, within] = [range?.startContainer, range?.startOffset];
  }
  return node ? offsetIn(element, node, within) : -1;
}

/**
 * @param {HTMLElement} root [data-transcript]
 * @param {object} data the page's data
 * @param {import("./player.js").Player} player
 */
export function followTranscript(root, data, player) {
  const byIndex = new Map(data.turns.map((turn) => [turn.index, turn]));
  const highlight = globalThis.Highlight && CSS.highlights ? new Highlight() : null;
  if (highlight) CSS.highlights.set("spoken", highlight);
  const follow = document.querySelector("[data-follow]");
  let current = -1;
  let marked = null;
  let shown = "";
  let following = true;

  const elements = new Map(); // looked up for every frame of sound; a correction replaces one
  const elementOf = (turn) => {
    let element = elements.get(turn.index);
    if (!element?.isConnected) {
      element = root.querySelector(`[data-turn="${turn.index}"]`);
      elements.set(turn.index, element);
    }
    return element;
  };
  // Where it is narrow most pages scroll as a whole
  const scroller = () =>
    getComputedStyle(root).overflowY === "visible" ? document.scrollingElement : root;

  function bringIntoView(element) {
    const box = scroller();
    const isPage = box === document.scrollingElement;
    const frame = isPage ? { top: 0, height: window.innerHeight } : box.getBoundingClientRect();
    const own = element.getBoundingClientRect();
    // While part of a long turn is in the middle of the frame there is nothing to do.
    const above = own.top - frame.top;
    if (above > frame.height * 0.15 && above + Math.min(own.height, 80) < frame.height * 0.7) return;
    box.scrollBy({ top: above - frame.height * 0.3, behavior: calm.matches ? "auto" : "smooth" });
  }

  function setFollowing(wanted) {
    following = wanted;
    if (follow) follow.hidden = wanted || !player.isPlaying();
  }

  function markWord(element, turn, time) {
    const word = wordAt(turn.words, time);
    const key = word ? `${turn.index}:${word[0]}` : "";
    if (key === shown || !highlight) return;
    shown = key;
    highlight.clear();
    if (!word) return;
    const said = element.querySelector("[data-said]");
    if (!said) return;
    const text = textNodes(said).map((node) => node.data).join("");
    const range = rangeOver(said, word[0] + (text[word[0]] === " " ? 1 : 0), word[1]);
    if (range) highlight.add(range);
  }

  function update(time) {
    const at = indexAt(data.turns, time);
    if (at < 0) return; // silence: the last turn stays marked
    const turn = data.turns[at];
    const element = elementOf(turn);
    if (!element) return;
    if (at !== current) {
      marked?.classList.remove("is-current");
      element.classList.add("is-current");
      marked = element;
      current = at;
      if (following && (player.isPlaying() || player.time() > 0)) {
        // Measured in the next frame, once for all that the key or the sound changed.
        requestAnimationFrame(() => marked === element && bringIntoView(element));
      }
    }
    markWord(element, turn, time);
  }

  player.on("time", update);
  player.on("state", () => setFollowing(following));
  for (const name of YIELD_EVENTS) {
    root.addEventListener(name, () => player.isPlaying() && setFollowing(false), { passive: true });
  }
  root.addEventListener("keydown", (event) => {
    if (SCROLL_KEYS.has(event.key) && player.isPlaying()) setFollowing(false);
  });
  player.on("jump", () => {
    current = -1;
    setFollowing(true);
  });
  follow?.addEventListener("click", () => {
    current = -1;
    setFollowing(true);
    update(player.time());
  });

  root.addEventListener("click", (event) => {
    const element = event.target.closest("[data-turn]");
    if (!element || event.target.closest("a, form, textarea, summary")) return;
    const turn = byIndex.get(Number(element.dataset.turn));
    if (!turn) return;
    if (event.target.closest("[data-seek]")) {
      player.playFrom(turn.start);
      return;
    }
    const said = event.target.closest("[data-said]");
    if (!said || !getSelection().isCollapsed) return; // a selection is for copying
    const offset = offsetAtPoint(said, event.clientX, event.clientY);
    player.seek(timeOfOffset(turn.words, offset) ?? turn.start);
  });

  return {
    /** After a correction the words of a turn no longer have their times. */
    forget(index) {
      const turn = byIndex.get(index);
      if (turn) turn.words = [];
      shown = "";
      highlight?.clear();
    },
  };
}
