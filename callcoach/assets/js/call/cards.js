// Moments as cards: play from what led to them, move between them, mark the one being heard.

/**
 * @param {HTMLElement} root [data-cards]
 * @param {object} data the page's data
 * @param {import("./player.js").Player} player
 * @param {(number: number) => void} onMark which moment is being heard, 0 for none
 */
export function followCards(root, data, player, onMark) {
  let chosen = 0; // moment asked for by key or click; a jump elsewhere lets go of it
  let marked = 0;
  const card = (number) => root.querySelector(`[data-card="${number}"]`);

  function mark(number) {
    if (number === marked) return;
    card(marked)?.classList.remove("is-on");
    card(number)?.classList.add("is-on");
    marked = number;
    onMark(number);
  }

  function reveal(number) {
    const element = card(number);
    if (!element) return;
    const folded = element.closest("details:not([open])");
    if (folded) folded.open = true;
    const frame = root.getBoundingClientRect();
    const own = element.getBoundingClientRect();
    if (root.scrollHeight > root.clientHeight && (own.top < frame.top || own.bottom > frame.bottom)) {
      root.scrollBy({ top: own.top - frame.top - 16 });
    }
  }

  function hear(moment) {
    player.playFrom(moment.from);
    chosen = moment.number;
    mark(moment.number);
    reveal(moment.number);
  }

  player.on("jump", () => {
    chosen = 0;
  });
  player.on("time", (time) => {
    const asked = data.moments.find((moment) => moment.number === chosen);
    if (asked && time >= asked.from - 500 && time < asked.end + 1500) return mark(chosen);
    const heard = data.moments.find((moment) => moment.start <= time && time < moment.end);
    if (heard) reveal(heard.number);
    mark(heard?.number ?? 0);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-hear]");
    const moment = button && data.moments.find((item) => item.number === Number(button.dataset.hear));
    if (moment) hear(moment);
  });

  const step = (direction) => {
    const from = data.moments.find((moment) => moment.number === (chosen || marked));
    const time = from ? from.start : player.time();
    const next =
      direction > 0
        ? data.moments.find((moment) => (from ? moment.number > from.number : moment.start > time))
        : data.moments.findLast((moment) => (from ? moment.number < from.number : moment.start < time));
    if (next) hear(next);
  };
  return { hear, next: () => step(1), previous: () => step(-1) };
}
