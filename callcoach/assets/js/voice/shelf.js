// Recordings that the server does not have yet, kept in this browser (IndexedDB), so that a closed
// page or a broken line loses none. Whoever uses the device next must not find them: opening the
// shelf for one person drops those of all others, and what is older than a day.

const NAME = "callcoach-voice";
const STORE = "takes";
const KEPT_MS = 24 * 3600 * 1000;

/** Where the browser keeps nothing (a private window), the page does while it is open. */
const inPage = new Map();
let opened = null;

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function open() {
  opened ??= new Promise((resolve) => {
    try {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve(null);
      request.onblocked = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
  return opened;
}

async function within(mode, work) {
  const database = await open();
  if (!database) return null;
  return asked(work(database.transaction(STORE, mode).objectStore(STORE)));
}

/**
 * @typedef {object} Take
 * @property {string} id made by the browser, a UUID: the upload's name
 * @property {string} owner whose it is
 * @property {string} place what it answers: the address it goes to
 * @property {ArrayBuffer} bytes
 * @property {string} type media type
 * @property {number} ms how long it lasts
 * @property {number} at when it was begun, milliseconds since 1970
 */

/** Puts a take on the shelf, over an earlier state of itself. @param {Take} take */
export async function keep(take) {
  inPage.set(take.id, take);
  try {
    await within("readwrite", (store) => store.put(take));
  } catch {
    // full or forbidden: the page still has it
  }
}

/** Takes it off the shelf. @param {string} id */
export async function drop(id) {
  inPage.delete(id);
  try {
    await within("readwrite", (store) => store.delete(id));
  } catch {
    // it goes with the next opening of the shelf
  }
}

/**
 * What one person has on the shelf; everything else is dropped.
 *
 * @param {string} owner
 * @returns {Promise<Take[]>} oldest first
 */
export async function takesOf(owner) {
  let all = [];
  try {
    all = (await within("readonly", (store) => store.getAll())) ?? [];
  } catch {
    all = [];
  }
  const known = new Map([...inPage, ...all.map((take) => [take.id, take])]);
  const mine = [];
  for (const take of known.values()) {
    if (take.owner === owner && Date.now() - take.at < KEPT_MS) mine.push(take);
    else await drop(take.id);
  }
  return mine.sort((one, other) => one.at - other.at);
}

/** Whoever signs out, or hands the device over, leaves nothing behind. */
document.addEventListener("submit", (event) => {
  const path = new URL(event.target.action, window.location.href).pathname;
  if (!["/sign-out", "/switch-user/leave"].includes(path)) return;
  inPage.clear();
  within("readwrite", (store) => store.clear()).catch(() => {});
});
