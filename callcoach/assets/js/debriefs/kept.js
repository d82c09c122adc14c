// What the pages of a debrief share that keep in this browser what the server does not have yet: where
// it lies, which answers of the server say nothing about what was sent, and when to try again.

// Under this prefix whoever signs out is asked, and it is forgotten (js/leaving.js). The person's id
// follows, so that nothing is sent in another one's name.
export const PREFIX = "callcoach-debrief:";

/** Worth trying again: not the fault of what is sent. */
export const isPassing = (status) => status >= 500 || [408, 425, 429].includes(status);

/** Another session since the page was drawn: not the words' fault, a new page can send them. */
export const isStale = (status, answer) => status === 400 && answer?.reason === "csrf";

/** @returns {Storage | null} */
export function browserStorage() {
  try {
    return window.localStorage;
  } catch {
    return null; // forbidden: what is kept lasts as long as the page
  }
}

/** Does something when the connection comes back and when the device wakes. */
export function whenAwake(job, target = window) {
  target.addEventListener("online", job);
  target.addEventListener("pageshow", job);
  target.document?.addEventListener("visibilitychange", () => {
    if (!target.document.hidden) job();
  });
}
