// Listening requests on the call page: [data-requests]. The agent marks the playhead ("here it
// turned") or asks for the whole call; a supervisor answers. The forms work by themselves; here
// they are sent without leaving the page, and the moment is the playhead's.

import "../../css/agent/requests.scss";
import { post } from "./answers.js";

/** @param {number} ms @returns {string} minutes:seconds.tenths, as the server reads it */
function clockOf(ms) {
  const tenths = Math.floor(ms / 100);
  const seconds = ((tenths % 600) / 10).toFixed(1).padStart(4, "0");
  const mark = (1.1).toLocaleString(document.documentElement.lang).charAt(1);
  return `${Math.floor(tenths / 600)}:${seconds.replace(/\.0$/, "").replace(".", mark)}`;
}

/**
 * @param {object} page
 * @param {HTMLElement} page.desk
 * @param {object} page.data the page's data
 * @param {{time: () => number, playFrom: (ms: number) => void}} page.player
 * @param {{hear: (stop: object) => void}} page.cards
 * @param {(payload: object) => void} page.applyChange
 */
export function mountRequests({ desk, data, player, cards, applyChange }) {
  const root = desk.querySelector("[data-requests]");
  const asking = root?.querySelector("[data-ask=moment]");
  if (!root) return { markMoment() {} };

  asking?.addEventListener("toggle", () => {
    if (asking.open) asking.querySelector("[name=at]").value = clockOf(player.time());
  });
  for (const details of root.querySelectorAll("[data-ask]")) {
    details.addEventListener("toggle", () => {
      if (details.open) details.querySelector("[name=text]").focus();
    });
    details.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      details.open = false;
      details.querySelector("summary").focus();
    });
  }

  root.addEventListener("click", (event) => {
    const link = event.target.closest("[data-hear-request]");
    if (!link) return;
    event.preventDefault();
    const stop = data.requests.find((item) => item.key === link.dataset.hearRequest);
    if (stop) cards.hear(stop);
    else player.playFrom(Math.max(0, Number(link.dataset.start) - 8000)); // from what led to it
  });

  root.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-request-form]");
    if (!form) return;
    event.preventDefault();
    if (form.querySelector("button[aria-disabled]")) return; // on its way
    const answer = await post(form, event.submitter);
    if (!answer) return;
    const details = form.closest("[data-ask]");
    if (details) {
      form.reset();
      details.open = false;
    }
    applyChange(answer);
    (details?.querySelector("summary") ?? root.querySelector("h2")).focus();
  });

  const opener = desk.querySelector("[data-mark-moment]");
  const page = {
    /** Opens the form on the playhead; the question is optional, Enter sends. */
    markMoment() {
      if (!asking) return;
      asking.open = false; // again, elsewhere: the playhead has moved on
      requestAnimationFrame(() => {
        asking.open = true;
        asking.scrollIntoView({ block: "center" });
      });
    },
  };
  if (opener) {
    opener.hidden = false;
    opener.addEventListener("click", page.markMoment);
  }
  return page;
}
