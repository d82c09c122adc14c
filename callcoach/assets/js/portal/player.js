// A whole call: [data-portal-player] over the browser's own player, followed by its turns
// ([data-start], [data-end] in milliseconds). Space plays, the arrows go 5 seconds, j and k go from
// finding to finding; "#t=12200" in the address starts there. excerpt.js beside it plays, pauses and
// waits for a sound that is still written.

const STEP_S = 5;
const ACTIVE = "is-playing";

/** @param {number} seconds */
function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** @param {HTMLElement} root */
function mount(root) {
  const audio = root.querySelector("audio");
  if (!audio) return;
  const controls = root.querySelector("[data-controls]");
  const position = root.querySelector("[data-position]");
  const shown = root.querySelector("[data-clock]");
  const total = Number(position.max); // milliseconds
  const turns = [...document.querySelectorAll(".portal-turn")];
  const findings = [...document.querySelectorAll("[data-finding]")];
  let isFollowing = true;
  let current = null;
  controls.hidden = false;

  /** @param {number} ms */
  const show = (ms) => {
    position.value = String(ms);
    const words = `${clock(ms / 1000)} / ${clock(total / 1000)}`;
    shown.textContent = words;
    position.setAttribute("aria-valuetext", words);
    const turn = turns.findLast((each) => Number(each.dataset.start) <= ms) ?? null;
    if (turn === current) return;
    current?.classList.remove(ACTIVE);
    current?.removeAttribute("aria-current");
    current = turn;
    turn?.classList.add(ACTIVE);
    turn?.setAttribute("aria-current", "true");
    if (isFollowing && !audio.paused) turn?.scrollIntoView({ block: "center" });
  };

  /** @param {number} ms @param {boolean} plays */
  const go = (ms, plays) => {
    const to = Math.min(Math.max(ms, 0), total);
    isFollowing = true;
    if (plays && audio.paused) audio.play().catch(() => {}); // excerpt.js says what is broken
    if (audio.readyState > 0) audio.currentTime = to / 1000;
    else
      audio.addEventListener("loadedmetadata", () => (audio.currentTime = to / 1000), {
        once: true,
      });
    show(to);
  };

  audio.addEventListener("timeupdate", () => show(audio.currentTime * 1000));
  position.addEventListener("input", () => go(Number(position.value), false));
  for (const name of ["wheel", "touchmove"])
    window.addEventListener(name, () => (isFollowing = false), { passive: true });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-seek]");
    if (button) go(Number(button.dataset.seek), true);
  });

  /** @param {number} step */
  const nextFinding = (step) => {
    const times = findings.map((each) => Number(each.dataset.seek)).sort((a, b) => a - b);
    const now = Number(position.value);
    const to =
      step > 0 ? times.find((ms) => ms > now + 250) : times.findLast((ms) => ms < now - 250);
    if (to !== undefined) go(to, true);
  };

  const KEYS = {
    " ": () => root.querySelector("[data-play]").click(),
    ArrowLeft: () => go(Number(position.value) - STEP_S * 1000, false),
    ArrowRight: () => go(Number(position.value) + STEP_S * 1000, false),
    j: () => nextFinding(1),
    k: () => nextFinding(-1),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || root.dataset.excerpt !== "ready") return;
    if (event.target.closest("input, textarea, select, button, a, summary, audio")) return;
    const act = KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  const asked = /^#t=(\d+)$/.exec(location.hash);
  if (asked) {
    show(Number(asked[1]));
    current?.scrollIntoView({ block: "center" });
    root.querySelector("[data-play]").addEventListener(
      "click",
      () => {
        if (audio.currentTime === 0) go(Number(position.value), false);
      },
      { once: true },
    );
  }
  root.dataset.mounted = "";
}

document.querySelectorAll("[data-portal-player]").forEach(mount);
