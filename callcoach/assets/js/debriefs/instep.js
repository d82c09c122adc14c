// A moment goes on in step on the two screens of a one-to-one. The server keeps whether it plays, and
// where it was when; each screen works out where it is now by the server's clock, and goes there
// when its own sound has drifted. Places and times are milliseconds.

/** What two people in one conversation begin to notice; below it a jump would disturb more. */
export const MOST_DRIFT_MS = 300;
/** Where a sound that stands should stand: closer than a syllable. */
const STANDING_MS = 60;
const LOOK_MS = 200;
const ASK_MS = 500;
const ASK_OFFLINE_MS = 2000;
const CLOCK_MS = 10_000; // the clocks of two machines part slowly
const PATIENCE_MS = 8000;
/** After a jump the sound has to arrive before it is judged again. */
const SETTLE_MS = 700;
const KEPT_SAMPLES = 12;

/**
 * The server's clock as this machine can know it: of the latest answers the one that was the
 * quickest says best when the server wrote it, half-way of its journey.
 */
export class ServerClock {
  #samples = [];

  /**
   * @param {number} serverMs what the answer says
   * @param {number} sentMs, @param {number} heardMs by this machine's clock
   */
  hear(serverMs, sentMs, heardMs) {
    this.#samples.push({ journey: heardMs - sentMs, offset: serverMs - (sentMs + heardMs) / 2 });
    if (this.#samples.length > KEPT_SAMPLES) this.#samples.shift();
  }

  /** @param {number} localMs @returns {number | null} null before the first answer */
  at(localMs) {
    if (!this.#samples.length) return null;
    const best = this.#samples.reduce((one, other) => (other.journey < one.journey ? other : one));
    return localMs + best.offset;
  }
}

/**
 * What a screen has to do to be in step.
 *
 * @param {{is_playing: boolean, position_ms: number, at: number}} sound as the server keeps it
 * @param {number} serverMs now
 * @param {{isPlaying: boolean, placeMs: number, startsMs: number, endsMs: number}} here
 * @returns {{plays: boolean, placeMs: number, goTo: number | null}} `goTo` null where it may stay
 */
export function inStep(sound, serverMs, here) {
  const passed = sound.is_playing ? Math.max(0, serverMs - sound.at) : 0;
  const placeMs = Math.min(here.endsMs, Math.max(here.startsMs, sound.position_ms + passed));
  const plays = sound.is_playing && placeMs < here.endsMs;
  const allowed = plays && here.isPlaying ? MOST_DRIFT_MS : STANDING_MS;
  return { plays, placeMs, goTo: Math.abs(here.placeMs - placeMs) > allowed ? placeMs : null };
}

/**
 * Follows the sound of a debrief, and tells what is done here.
 *
 * @param {object} options
 * @param {string} options.live, @param {string} options.move addresses
 * @param {Function} options.send as in http.js
 * @param {() => object | null} options.player what plays here: `isPlaying`, `placeMs`, `startsMs`,
 *   `endsMs`, `goTo(ms)`, `play()`, `pause()`
 * @param {(step: {plays: boolean, placeMs: number}) => void} [options.shown]
 * @param {(facts: object) => void} [options.heard] what the server says of the debrief, when it is new
 * @param {() => number} [options.now] this machine's clock
 */
export function keepInStep({ live, move, send, player, shown = () => {}, heard = () => {}, now = () => performance.now() }) {
  const clock = new ServerClock();
  let sound = null;
  let revision = -1;
  let told = 0; // how often something was done here: what was asked before it is old
  let telling = 0; // what the server says before it has heard of it is old too
  let clockAsked = -Infinity;
  let settled = 0;
  let asking = null;
  let isOver = false;

  function take(facts, sentMs) {
    clock.hear(facts.now, sentMs, now());
    if (facts.revision < revision || facts.state !== "running") return;
    revision = facts.revision;
    heard(facts);
    if (facts.sound.at !== null) sound = facts.sound;
    look();
  }

  function look() {
    const here = player();
    const serverMs = clock.at(now());
    if (!sound || !here || serverMs === null) return;
    const step = inStep(sound, serverMs, here);
    shown(step);
    if (!step.plays && here.isPlaying) here.pause();
    if (step.goTo !== null && (!step.plays || now() >= settled)) {
      settled = now() + SETTLE_MS;
      here.goTo(step.goTo);
    }
    if (step.plays && !here.isPlaying) here.play();
  }

  async function ask() {
    clearTimeout(asking);
    let pause = ASK_MS;
    const before = told;
    const sentMs = now();
    const isForClock = sentMs - clockAsked > CLOCK_MS;
    try {
      const url = revision < 0 || isForClock ? live : `${live}?seen=${revision}`;
      const response = await send(url, { signal: AbortSignal.timeout?.(PATIENCE_MS) });
      if (response.status === 200) {
        const facts = await response.json();
        clockAsked = sentMs;
        if (before === told && !telling) take(facts, sentMs);
      }
    } catch {
      pause = ASK_OFFLINE_MS;
    }
    if (!isOver) asking = setTimeout(ask, pause);
  }

  /** Somebody at this screen plays or stops it: here at once, on the other one when it is heard. */
  async function tell(wanted) {
    told += 1;
    const mine = told;
    const sentMs = now();
    sound = { ...wanted, at: clock.at(sentMs) ?? 0 };
    settled = sentMs + SETTLE_MS;
    look();
    telling += 1;
    try {
      const response = await send(move, {
        method: "PUT",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(wanted),
        signal: AbortSignal.timeout?.(PATIENCE_MS),
      });
      if (response.ok && mine === told) take(await response.json(), sentMs);
      else if (mine === told) revision = -1; // refused: what the server has counts
    } catch {
      revision = -1; // it went on here alone; the server's word comes with the next look
    }
    telling -= 1;
  }

  const looking = setInterval(look, LOOK_MS);
  ask();
  return {
    tell,
    look,
    /** Something else is before them: what was heard of the last sound is nothing to this one. */
    forget() {
      told += 1;
      sound = null;
    },
    toggle() {
      const here = player();
      const serverMs = clock.at(now());
      if (!here || serverMs === null) return;
      const step = sound ? inStep(sound, serverMs, here) : { plays: false, placeMs: here.startsMs };
      const isAtEnd = step.placeMs >= here.endsMs - STANDING_MS;
      const place = step.plays || !isAtEnd ? step.placeMs : here.startsMs;
      tell({ is_playing: !step.plays, position_ms: Math.round(place) });
    },
    stop() {
      isOver = true;
      clearInterval(looking);
      clearTimeout(asking);
    },
  };
}
