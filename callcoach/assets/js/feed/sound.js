// The sound of the feed: two audio elements take turns, so that the next moment is there when it
// is called for. Both are touched by the first key or click: browsers then let them play alone.

const RATES = [0.75, 1, 1.25, 1.5, 1.75, 2];
const DEFAULT_RATE = 1.25;
const REMEMBERED = "callcoach.feed.speed";

function remembered() {
  try {
    const rate = Number(localStorage.getItem(REMEMBERED));
    return RATES.includes(rate) ? rate : DEFAULT_RATE;
  } catch {
    return DEFAULT_RATE; // storage is switched off
  }
}

function remember(rate) {
  try {
    localStorage.setItem(REMEMBERED, String(rate));
  } catch {
    // then the speed is this page's only
  }
}

/**
 * @param {HTMLAudioElement[]} elements two
 * @param {object} on
 * @param {(ms: number) => void} on.time
 * @param {(playing: boolean) => void} on.state
 * @param {(kind: "broken" | "blocked" | "") => void} on.trouble
 * @param {(heard: object) => void} on.heard what was played of a moment, when it is left
 */
export function createSound(elements, on) {
  let [now, ahead] = elements;
  let item = null;
  let rate = remembered();
  let within = true; // inside the stretch to play; outside, one listens on
  const loaded = new Map(); // element -> claim whose sound it has
  const failed = new Set(); // elements whose sound cannot be had

  function load(element, wanted) {
    if (loaded.get(element) === wanted.claim && !failed.has(element)) return;
    failed.delete(element);
    loaded.set(element, wanted.claim);
    element.preload = "auto";
    element.src = wanted.audioUrl;
    element.preservesPitch = true;
    element.defaultPlaybackRate = element.playbackRate = rate;
    element.currentTime = wanted.from / 1000;
  }

  /** How much of the call was heard, by the element's own account. */
  function heardMs() {
    let ms = 0;
    for (let i = 0; i < now.played.length; i++) ms += 1000 * (now.played.end(i) - now.played.start(i));
    return Math.round(ms);
  }

  function tick() {
    if (!item) return;
    const ms = now.currentTime * 1000;
    if (within && ms >= item.to) {
      within = false; // space then goes on: "what happens after?"
      now.pause();
    }
    on.time(Math.min(ms, item.durationMs));
  }

  async function play() {
    const claim = item?.claim;
    try {
      now.playbackRate = rate;
      await now.play();
      on.trouble("");
    } catch (error) {
      if (item?.claim !== claim || error.name === "AbortError") return;
      on.trouble(error.name === "NotAllowedError" ? "blocked" : "broken");
    }
  }

  for (const element of elements) {
    element.addEventListener("timeupdate", () => element === now && tick());
    element.addEventListener("play", () => element === now && on.state(true));
    element.addEventListener("pause", () => element === now && on.state(false));
    element.addEventListener("ended", () => element === now && on.state(false));
    element.addEventListener("error", () => {
      if (!element.getAttribute("src")) return;
      failed.add(element);
      if (element === now && item) on.trouble("broken");
    });
  }
  // timeupdate comes four times a second: the playhead moves and the stretch ends more exactly
  const frame = () => {
    if (item && !now.paused) tick();
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);

  function report() {
    if (item) on.heard({ claim: item.claim, from: item.from, to: item.to, rate, heardMs: heardMs() });
  }

  return {
    get rate() {
      return rate;
    },
    /** Where one listens, ms. */
    get time() {
      return now.currentTime * 1000;
    },
    get isPlaying() {
      return !now.paused;
    },
    /** In the handler of a key or click: after it, both elements may play without one. */
    unlock() {
      for (const element of elements) {
        element.muted = true;
        const begun = element.play();
        begun?.catch(() => {});
        if (element !== now) element.pause();
        element.muted = false;
      }
    },
    /** Plays a moment; what was loaded ahead starts at once. */
    hear(wanted) {
      report();
      now.pause();
      if (loaded.get(ahead) === wanted.claim) [now, ahead] = [ahead, now];
      item = wanted;
      within = true;
      load(now, item);
      now.currentTime = item.from / 1000;
      on.time(item.from);
      if (failed.has(now)) on.trouble("broken");
      play();
    },
    /** Loads the next one behind the present one. */
    prepare(wanted) {
      load(ahead, wanted);
    },
    replay() {
      if (!item) return;
      within = true;
      if (failed.has(now)) load(now, item);
      now.currentTime = item.from / 1000;
      play();
    },
    seek(ms) {
      if (!item) return;
      within = ms < item.to;
      now.currentTime = ms / 1000;
      play();
    },
    toggle() {
      if (!item) return;
      if (now.paused) play();
      else now.pause();
    },
    pause: () => now.pause(),
    /** Nothing is played any more. */
    stop() {
      report();
      now.pause();
      item = null;
    },
    changeRate(by) {
      const place = RATES.indexOf(rate) + by;
      rate = RATES[Math.max(0, Math.min(RATES.length - 1, place))];
      for (const element of elements) element.playbackRate = element.defaultPlaybackRate = rate;
      remember(rate);
      return rate;
    },
  };
}
