// Tries that were sent: asks after the words until they are written down.

import { send } from "../http.js";

const FIRST_MS = 2500;
const LAST_MS = 15_000;

const root = document.querySelector("[data-tries]");

async function ask(wait) {
  if (document.hidden) {
    document.addEventListener("visibilitychange", () => ask(wait), { once: true });
    return;
  }
  try {
    const response = await send(root.dataset.tries);
    if (response.ok) {
      const { waiting, html } = await response.json();
      const playing = [...root.querySelectorAll("audio")].some((audio) => !audio.paused);
      if (!playing && !waiting) {
        const focused = root.contains(document.activeElement);
        root.innerHTML = html; // escaped by our own template
        if (focused) root.querySelector("summary, audio")?.focus();
        root.dispatchEvent(new CustomEvent("tries:shown", { bubbles: true }));
        root.removeAttribute("data-tries-waiting");
        return;
      }
    } else if (response.status < 500) {
      return;
    }
  } catch {
    // the line broke for a moment: ask again
  }
  setTimeout(() => ask(Math.min(wait * 1.4, LAST_MS)), wait);
}

if (root?.hasAttribute("data-tries-waiting")) setTimeout(() => ask(FIRST_MS), FIRST_MS);
