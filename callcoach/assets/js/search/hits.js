// Hits play in place: one sound for all of them. Positions in milliseconds.

const TYPING = "input, textarea, select, [contenteditable], dialog, summary";

/**
 * @param {HTMLElement} list of [data-hit] elements, each with a [data-play] button (where there is
 *   sound: data-src, data-from, data-to) and a link [data-open]
 * @param {HTMLAudioElement} audio
 */
export function mountHits(list, audio) {
  let current = null;

  const draw = () => {
    for (const button of list.querySelectorAll("[data-play]")) {
      const isPlaying = button === current && !audio.paused;
      button.setAttribute("aria-pressed", String(isPlaying));
      button.closest("[data-hit]").classList.toggle("is-playing", isPlaying);
    }
  };

  const bar = (button) => button.closest("[data-hit]").querySelector("[data-progress]");

  async function start(button) {
    const from = Number(button.dataset.from) / 1000;
    const source = new URL(button.dataset.src, window.location.href).href;
    if (current && current !== button) bar(current).style.inlineSize = "0";
    const isPaused = current === button && audio.src === source && audio.paused && !audio.ended;
    current = button;
    if (audio.src !== source) audio.src = source;
    if (audio.readyState < HTMLMediaElement.HAVE_METADATA) {
      audio.load();
      await new Promise((resolve) => {
        audio.addEventListener("loadedmetadata", resolve, { once: true });
        audio.addEventListener("error", resolve, { once: true });
      });
      if (current !== button) return; // another one was asked for meanwhile
    }
    const end = Number(button.dataset.to) / 1000;
    const isWithin = isPaused && audio.currentTime > from && audio.currentTime < end - 0.1;
    if (!isWithin) audio.currentTime = from;
    try {
      await audio.play();
    } catch {
      draw();
    }
  }

  const toggle = (button) => {
    if (button === current && !audio.paused) audio.pause();
    else start(button);
  };

  audio.addEventListener("timeupdate", () => {
    if (!current) return;
    const from = Number(current.dataset.from) / 1000;
    const to = Number(current.dataset.to) / 1000;
    const share = Math.min(1, Math.max(0, (audio.currentTime - from) / (to - from)));
    bar(current).style.inlineSize = `${(share * 100).toFixed(1)}%`;
    if (audio.currentTime >= to) audio.pause();
  });
  for (const name of ["play", "pause", "ended", "error"]) audio.addEventListener(name, draw);

  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-play]");
    if (button) toggle(button);
  });

  const hits = [...list.querySelectorAll("[data-hit]")];
  const place = () => hits.findIndex((hit) => hit.contains(document.activeElement));
  const go = (step) => {
    const here = place();
    const next = hits[here < 0 ? (step > 0 ? 0 : hits.length - 1) : here + step];
    (next?.querySelector("[data-play]") ?? next?.querySelector("[data-open]"))?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest?.(TYPING)) return;
    const hit = hits[place()] ?? current?.closest("[data-hit]");
    const actions = {
      j: () => go(1),
      k: () => go(-1),
      " ": () => {
        const button = hit?.querySelector("[data-play]");
        if (button) toggle(button);
      },
      o: () => hit?.querySelector("[data-open]")?.click(),
    };
    // a focused button or link has its own Space
    if (event.key === " " && (event.target.closest?.("button, a") || !hit)) return;
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
  list.dataset.mounted = "";
}
