// What is being typed in a drill stays in this browser until it is sent, for the person who typed
// it; signing out forgets it.

const PREFIX = "callcoach-drill:";

function storage() {
  try {
    return window.localStorage;
  } catch {
    return null; // forbidden: what is typed lasts as long as the page
  }
}

function forgetAll(keep = () => false) {
  const store = storage();
  if (!store) return;
  for (const key of Object.keys(store)) {
    if (key.startsWith(PREFIX) && !keep(key)) store.removeItem(key);
  }
}

/**
 * Keeps the fields of a form.
 *
 * @param {HTMLFormElement} form
 * @returns {() => void} forgets them
 */
export function keepDrafts(form) {
  const mine = `${PREFIX}${form.dataset.drillOwner}:`;
  const here = `${mine}${form.dataset.drillId}:`;
  forgetAll((key) => key.startsWith(mine));
  for (const field of form.querySelectorAll("textarea")) {
    const before = storage()?.getItem(here + field.name);
    if (before && !field.value) {
      field.value = before;
      field.closest("details")?.setAttribute("open", "");
    }
    field.addEventListener("input", () => {
      try {
        storage()?.setItem(here + field.name, field.value);
      } catch {
        // full: it lasts as long as the page
      }
    });
  }
  return () => {
    for (const field of form.querySelectorAll("textarea")) storage()?.removeItem(here + field.name);
  };
}

document.addEventListener("submit", (event) => {
  const path = new URL(event.target.action, window.location.href).pathname;
  if (["/sign-out", "/switch-user/leave"].includes(path)) forgetAll();
});
