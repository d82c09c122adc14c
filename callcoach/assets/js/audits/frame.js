// Has the server say how many calls a frame gives and with which margin, shortly after each change.
// The form's htmx attributes say what is sent and where the answer goes; this says when.

/** Time without a keystroke after which it is computed, in milliseconds. */
const PAUSE_MS = 350;

/** @param {HTMLFormElement} form [data-audit-frame] */
export function mountFrame(form) {
  let timer = 0;
  form.addEventListener("input", (event) => {
    if (event.target.name === "title") return;
    clearTimeout(timer);
    timer = setTimeout(() => window.htmx?.trigger(form, "audit-size"), PAUSE_MS);
  });
}
