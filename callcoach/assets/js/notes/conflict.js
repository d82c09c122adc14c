// Somebody saved in between: both texts side by side, and what to do. Nothing typed is lost.

import { merge, readValues, writeValues } from "./values.js";

/**
 * @param {HTMLFormElement} form
 * @param {{conflict: string, theirs: object, note: object}} answer `conflict` is the server's HTML,
 *   which escapes what both wrote
 * @param {object} parts
 * @param {{base: () => object, adopt: (values: object, note: object) => void}} parts.draft
 * @param {() => Promise<unknown>} parts.again saves or sends once more
 * @param {() => void} parts.settled the fields were filled
 */
export function showConflict(form, answer, { draft, again, settled }) {
  const place = form.querySelector("[data-note-conflict]");
  const base = draft.base();
  const mine = readValues(form);
  place.innerHTML = answer.conflict;
  place.hidden = false;
  place.querySelector("[data-choose]")?.focus({ preventScroll: true });
  place.scrollIntoView({ block: "start" });

  function done() {
    place.replaceChildren();
    place.hidden = true;
  }

  const choices = {
    theirs() {
      writeValues(form, answer.theirs);
      done();
      offerMine(form, mine, settled);
    },
    mine() {
      writeValues(form, mine);
      done();
      again();
    },
    merge() {
      writeValues(form, merge(base, mine, answer.theirs));
      done();
    },
  };
  for (const button of place.querySelectorAll("[data-choose]")) {
    button.addEventListener("click", () => {
      draft.adopt(answer.theirs, answer.note);
      choices[button.dataset.choose]();
      settled();
      form.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
}

/** Taking theirs puts mine aside, one press away. */
function offerMine(form, mine, settled) {
  const button = form.querySelector("[data-put-mine-back]");
  if (!button) return;
  button.hidden = false;
  button.onclick = () => {
    writeValues(form, mine);
    button.hidden = true;
    settled();
    form.dispatchEvent(new Event("input", { bubbles: true }));
  };
}
