// How much of the call was read or heard on this device: it stays from visit to visit, for this
// redaction.

const DWELL_MS = 900; // on the screen for so long: it could be read

/**
 * @param {HTMLElement} root
 * @param {object} data the page's data
 */
export function mountRead(root, data) {
  const key = `callcoach.redaction.${data.urls.spans}.${data.number}`;
  const shown = root.querySelector("[data-read]");
  let seen;
  try {
    seen = new Set(JSON.parse(localStorage.getItem(key) ?? "[]"));
  } catch {
    seen = new Set();
  }
  const turns = () => [...root.querySelectorAll("[data-turn]")];
  const timers = new Map();

  function say() {
    const all = turns();
    const count = all.filter((turn) => seen.has(turn.dataset.turn)).length;
    shown.textContent = `${count} / ${all.length}`;
    for (const turn of all) turn.classList.toggle("is-read", seen.has(turn.dataset.turn));
  }

  function add(turn) {
    if (seen.has(turn.dataset.turn)) return;
    seen.add(turn.dataset.turn);
    try {
      localStorage.setItem(key, JSON.stringify([...seen]));
    } catch {
      // Private windows keep nothing: it counts for this visit
    }
    say();
  }

  const watcher = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      clearTimeout(timers.get(target));
      if (isIntersecting) timers.set(target, setTimeout(() => add(target), DWELL_MS));
    }
  }, { threshold: 0.8 });

  function again() {
    watcher.disconnect();
    turns().forEach((turn) => watcher.observe(turn));
    say();
  }
  again();
  return { heard: add, again };
}
