// Signing out, or handing the device over, leaves nothing of a person in this browser: a recording
// or an answer that the server does not have yet would be lost. It is asked about first, and what
// the person decides happens: [data-leaving] forms, the <dialog id="leaving">.

const SHELF = "callcoach-voice"; // js/voice/shelf.js
// js/drills/drafts.js, js/debriefs/kept.js
const TYPED = ["callcoach-drill:", "callcoach-debrief:"];

/** @returns {Promise<number>} recordings that only this browser has */
async function recordings() {
  const known = await indexedDB.databases();
  if (!known.some((database) => database.name === SHELF)) return 0;
  return new Promise((resolve) => {
    const opening = indexedDB.open(SHELF);
    opening.onerror = opening.onblocked = () => resolve(0);
    opening.onsuccess = () => {
      const database = opening.result;
      const [store] = database.objectStoreNames;
      const counting = store && database.transaction(store).objectStore(store).count();
      const done = (count) => {
        database.close();
        resolve(count);
      };
      if (!counting) return done(0);
      counting.onsuccess = () => done(counting.result);
      counting.onerror = () => done(0);
    };
  });
}

/** @returns {string[]} where something lies that was typed, or done, and not sent */
function typed() {
  return Object.keys(localStorage).filter((key) => TYPED.some((start) => key.startsWith(start)));
}

async function isUnsent() {
  try {
    if (typed().length) return true;
    return (await recordings()) > 0;
  } catch {
    return false; // a browser that keeps nothing
  }
}

/** What was left behind by pages other than this one as well. */
function forget() {
  try {
    for (const key of typed()) localStorage.removeItem(key);
  } catch {
    // a browser that keeps nothing
  }
}

let mayLeave = false;

document.addEventListener(
  "submit",
  async (event) => {
    const form = event.target;
    if (mayLeave || !form.matches("[data-leaving]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const dialog = document.getElementById("leaving");
    if (dialog && (await isUnsent())) {
      dialog.returnValue = "";
      dialog.showModal();
      await new Promise((resolve) => {
        dialog.addEventListener("close", resolve, { once: true });
      });
      if (dialog.returnValue !== "leave") return;
    }
    forget();
    mayLeave = true;
    form.requestSubmit();
  },
  true, // before those who forget what is kept
);
