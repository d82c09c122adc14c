// How long the item, and all of them, have been before everybody, against what was planned. It runs
// on by itself between two answers of the server, and says so when more was used than planned.

const TICK_MS = 500;

/**
 * @param {HTMLElement} root
 * @param {Record<string, string>} words
 */
export function mountClock(root, words) {
  let base = { item_ms: 0, item_budget_ms: 0, total_ms: 0, total_budget_ms: 0, is_resting: true };
  let since = performance.now();

  const now = () => {
    const passed = base.is_resting ? 0 : performance.now() - since;
    return { item: base.item_ms + passed, total: base.total_ms + passed };
  };

  const show = (name, spentMs, budgetMs) => {
    const box = root.querySelector(`[data-clock="${name}"]`);
    const over = box.querySelector("[data-over]");
    box.querySelector("[data-value]").textContent = `${asTime(spentMs)} / ${asTime(budgetMs)}`;
    const isOver = budgetMs > 0 && spentMs >= budgetMs + 1000;
    box.classList.toggle("is-over", isOver);
    over.hidden = !isOver;
    if (isOver) over.textContent = words.over.replace("{time}", asTime(spentMs - budgetMs));
  };

  const tick = () => {
    const { item, total } = now();
    show("item", item, base.item_budget_ms);
    show("total", total, base.total_budget_ms);
    root.querySelector("[data-resting]").hidden = !base.is_resting;
  };
  setInterval(tick, TICK_MS);

  return {
    now,
    get isResting() {
      return base.is_resting;
    },
    /** @param {object} clock as the server tells it, milliseconds */
    set(clock) {
      base = { ...base, ...clock };
      since = performance.now();
      tick();
    },
  };
}

/**
 * @param {number} ms
 * @returns {string} minutes and seconds, "12:05"
 */
export function asTime(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
