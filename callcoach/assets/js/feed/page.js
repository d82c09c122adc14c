// The page of the feed: one moment at a time, one key each.

import { mountKeys } from "../call/keys.js";
import { openNoteForm } from "../notes/form.js";
import { holdToSpeak } from "../notes/speaking.js";
import { toast } from "../toasts.js";
import { createClaims } from "./claims.js";
import { createReasons } from "./reasons.js";
import { createRun } from "./run.js";
import { createSound } from "./sound.js";
import { createWave, prepareWave } from "./wave.js";

const AHEAD = 2; // moments held: the one being heard and the next, so that it starts at once

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");

/** @param {HTMLElement} root [data-feed] */
export function mountFeed(root) {
  const settings = read("feed-settings");
  const words = read("feed-words");
  const part = (name) => root.querySelector(`[data-${name}]`);
  const stage = part("stage");
  const live = part("live");
  let run = null;
  let waiting = settings.waiting;
  let shown = null; // the item on the page
  let wave = null;
  let noteForm = null;
  let isOpeningNote = false;
  const timeListeners = new Set(); // of the note's form
  let isFetching = false;
  let cannotFetch = false;

  const reasons = createReasons(part("reasons"), explain);
  const claims = createClaims(settings, () => run?.held ?? [], lose);
  const sound = createSound([...root.querySelectorAll("[data-audio]")], {
    time(ms) {
      wave?.move(ms);
      for (const listener of timeListeners) listener(ms);
      for (const turn of stage.querySelectorAll("[data-turn]")) {
        const said = ms >= Number(turn.dataset.start) && ms < Number(turn.dataset.end);
        turn.classList.toggle("is-heard", said);
      }
    },
    state(isPlaying) {
      const button = stage.querySelector("[data-play]");
      if (!button) return;
      button.classList.toggle("is-playing", isPlaying);
      button.setAttribute("aria-label", isPlaying ? button.dataset.pauseLabel : button.dataset.playLabel);
    },
    trouble(kind) {
      const place = stage.querySelector("[data-trouble]");
      if (!place) return;
      place.textContent = kind ? words[kind] : "";
      place.hidden = !kind;
    },
    heard(detail) {
      root.dispatchEvent(new CustomEvent("feed:heard", { detail, bubbles: true }));
    },
  });

  function view(name) {
    for (const section of root.querySelectorAll("[data-view]")) {
      section.hidden = section.dataset.view !== name;
    }
    root.dataset.showing = name;
  }

  function drawProgress() {
    const list = part("progress");
    const outcomes = run.segments();
    list.replaceChildren(
      ...outcomes.map((outcome, i) => {
        const segment = document.createElement("li");
        segment.className = outcome ? "is-done" : i === run.number - 1 && !run.isOver ? "is-now" : "";
        if (outcome) segment.dataset.outcome = outcome;
        return segment;
      }),
    );
    list.hidden = !outcomes.length;
    const left = outcomes.filter((outcome) => !outcome).length;
    const text = part("progress-text");
    text.hidden = !left;
    text.textContent = fill(words.progress, {
      number: run.number,
      total: run.total,
      minutes: Math.max(1, Math.ceil((left * settings.secondsEach) / 60)),
    });
    const undo = root.querySelector(".feed-undo");
    undo.disabled = !run.undoable;
  }

  function show(item) {
    closeNote();
    wave?.close();
    shown = item;
    const hadFocus = stage.contains(document.activeElement);
    timeListeners.clear();
    stage.innerHTML = item.html; // our own server's template
    view("moment");
    wave = createWave(stage.querySelector("[data-wave]"), item, sound.seek);
    showRate();
    const chip = part("shift");
    chip.textContent = item.shift;
    chip.hidden = false;
    drawProgress();
    const before = run.last ? `${words[run.last.outcome]}. ` : "";
    const what = { number: run.number, total: run.total, what: item.announcement };
    live.textContent = before + fill(words.announce, what);
    if (hadFocus || document.activeElement === document.body) stage.focus({ preventScroll: true });
    const decided = part("last");
    decided.hidden = !run.last;
    decided.textContent = run.last ? fill(words.last, { outcome: small(words[run.last.outcome]) }) : "";
    part("kept").hidden = Boolean(run.last);
    window.scrollTo({ top: 0 }); // a note may have led far down
    sound.hear(item);
  }

  const small = (text) => text.charAt(0).toLowerCase() + text.slice(1);
  const comma = (rate) => rate.toLocaleString(document.documentElement.lang);
  function showRate() {
    part("rate").textContent = `${comma(sound.rate)}×`;
  }

  /** Brings the page to what the run says. */
  function settle() {
    if (run.current) {
      if (shown?.claim !== run.current.claim) show(run.current);
      else drawProgress();
      if (run.ready) {
        sound.prepare(run.ready);
        prepareWave(run.ready);
      }
      return;
    }
    if (shown) {
      shown = null;
      sound.stop();
      stage.replaceChildren();
    }
    drawProgress();
    if (run.isOver) return end();
    part("retry").hidden = !cannotFetch;
    part("fetching").hidden = cannotFetch;
    view("waiting");
  }

  function end() {
    part("shift").hidden = true;
    const counts = run.tally();
    for (const entry of root.querySelectorAll("[data-tally]")) {
      const count = counts[entry.dataset.tally] ?? 0;
      entry.hidden = !count;
      entry.querySelector("dd").textContent = String(count);
    }
    part("end-more").hidden = part("more").hidden = !waiting;
    part("end-more").textContent = fill(words.more, { number: waiting });
    part("end-empty").hidden = waiting > 0;
    root.querySelector("[data-view=end] [data-act=undo]").hidden = !run.undoable;
    const isNew = root.dataset.showing !== "end";
    view("end");
    if (!isNew) return;
    live.textContent = words.done;
    (waiting ? part("more") : part("end")).focus();
  }

  async function refill() {
    const count = run.wanting(AHEAD);
    if (!count || isFetching) return settle();
    isFetching = true;
    cannotFetch = false;
    try {
      const answer = await claims.next(count);
      run.add(answer.items);
      waiting = answer.waiting;
      if (answer.items.length < count) run.shorten();
    } catch {
      cannotFetch = true;
      if (!run.current) toast({ message: words.unclaimed, category: "error" });
    } finally {
      isFetching = false;
    }
    settle();
  }

  function start() {
    sound.unlock();
    run = createRun(Math.min(settings.run, Math.max(1, waiting)));
    settle();
    refill();
  }

  function decide(outcome, values = {}) {
    const item = run?.current;
    if (!item || shown?.claim !== item.claim) return;
    const answer = stage.querySelector("[data-answer]")?.value.trim();
    if (answer && item.request && !values.note) values.text = answer;
    run.finish(outcome);
    reasons.ask(outcome === "rejected" && !item.request ? item : null);
    for (const old of document.querySelectorAll("#toasts [data-toast=info]")) old.remove(); // of before
    settle();
    if (outcome === "noted") toast({ message: words.sent });
    // Sent before the next moment is asked for: what was decided matters more
    const sent = claims.finish(item, { outcome, ...values });
    refill();
    sent.then(
      (told) => {
        if (told.conflict) forgo(item, told.conflict);
        else drawProgress();
      },
      (error) => refused(item, error),
    );
  }

  /** Why the moment before was rejected; undo takes it back with the rejection. */
  function explain(item, reason, label) {
    if (run.last?.item.claim === item.claim) {
      const outcome = small(words.rejected);
      part("last").textContent = fill(words.lastWhy, { outcome, reason: label });
    }
    live.textContent = label;
    stage.focus({ preventScroll: true });
    claims.explain(item, reason).catch((error) => {
      const said = error.status ? error.message || words.failed : words.offline;
      toast({ message: said, category: "error" });
    });
  }

  /** Somebody else was first: nothing to take back, nothing lost. */
  function forgo(item, message) {
    run.correct(item, "passed");
    reasons.ask(null);
    toast({ message, category: "info" });
    settle();
  }

  function refused(item, error) {
    if (error.status === 404 || error.status === 409) return forgo(item, error.message || words.lost);
    run.bringBack(item);
    reasons.ask(null);
    shown = null;
    settle();
    toast({ message: error.status ? error.message || words.failed : words.offline, category: "error" });
  }

  function lose(ids) {
    if (!run) return;
    if (run.drop(ids)) {
      toast({ message: words.lost, category: "info" });
      shown = null;
    }
    refill();
  }

  async function undo() {
    const entry = run?.undoable;
    if (!entry) return;
    try {
      const answer = await claims.undo(entry.item);
      sound.pause();
      reasons.ask(null);
      run.bringBack(answer.items[0]);
      shown = null;
      settle();
      toast({ message: words.undone, category: "info" });
    } catch (error) {
      toast({ message: error.message && error.status ? error.message : words.failed, category: "error" });
    }
  }

  /** What the note's form plays its moment with. */
  const player = {
    time: () => sound.time,
    isPlaying: () => sound.isPlaying,
    pause: sound.pause,
    seek: sound.seek,
    playFrom: sound.seek,
    toggle: sound.toggle,
    changeRate: (by) => changeRate(by),
    on(name, listener) {
      if (name === "time") timeListeners.add(listener);
    },
  };

  async function writeNote() {
    if (!shown || isOpeningNote) return;
    if (noteForm) return noteForm.focus();
    isOpeningNote = true;
    const item = shown;
    const place = stage.querySelector("[data-note]");
    const noting = (isOn) => {
      place.hidden = !isOn;
      place.closest("article").classList.toggle("is-noting", isOn);
    };
    noting(true);
    // Of a whole call, the note is about what is being said right now
    const at = item.wholeCall ? `&at_ms=${Math.round(sound.time)}` : "";
    const opened = openNoteForm(place, item.noteUrl + at, {
      player,
      onSent(answer) {
        noteForm = null;
        if (shown?.claim === item.claim) decide("noted", { note: String(answer.note.id) });
      },
      onClose() {
        noteForm = null;
        noting(false);
        stage.focus({ preventScroll: true });
      },
    });
    try {
      noteForm = await opened;
    } finally {
      isOpeningNote = false;
    }
    if (!place.isConnected) closeNote(); // the next moment was quicker
    else if (!noteForm) noting(false);
  }

  /** Speaks a note where one would write it. While a form is open, the form hears the key itself. */
  async function speakNote() {
    if (!shown || noteForm || isOpeningNote) return;
    if (!stage.querySelector("[data-act=note]")?.checkVisibility()) return;
    sound.pause();
    await holdToSpeak(async () => {
      await writeNote();
      return noteForm;
    });
  }

  function closeNote() {
    noteForm?.close();
    noteForm = null;
  }

  function open() {
    if (!shown) return;
    sound.pause();
    claims.keep(shown);
    window.open(shown.deskUrl, "_blank", "noopener");
    toast({ message: words.kept, category: "info" });
  }

  function changeRate(by) {
    live.textContent = fill(words.speed, { rate: comma(sound.changeRate(by)) });
    showRate();
  }

  const acts = {
    start,
    more: start,
    retry: refill,
    confirmed: () => decide("confirmed"),
    rejected: () => decide("rejected"),
    answered: () => decide("answered"),
    passed: () => decide("passed"),
    note: writeNote,
    undo,
    open,
    replay: sound.replay,
    toggle: sound.toggle,
    slower: () => changeRate(-1),
    faster: () => changeRate(1),
  };
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (button && !button.disabled) acts[button.dataset.act]();
  });
  root.addEventListener("keydown", (event) => {
    if (!event.target.matches?.("[data-answer]")) return;
    if (event.key === "Enter") decide("answered");
    if (event.key === "Escape") stage.focus();
  });

  /** A key does what its button does, while that is on the page. */
  const press = (selector) => () => {
    const button = [...root.querySelectorAll(selector)].find((each) => each.checkVisibility());
    button?.click();
  };
  mountKeys({
    c: press("[data-actions] .btn-primary"),
    x: press("[data-act=rejected]"),
    m: press("[data-act=note]"),
    v: (event) => event.repeat || speakNote(),
    n: press("[data-act=passed], [data-act=start], [data-act=more]"),
    r: press("[data-act=replay]"),
    o: press("[data-act=open]"),
    z: undo,
    1: () => reasons.choose(1),
    2: () => reasons.choose(2),
    3: () => reasons.choose(3),
    4: () => reasons.choose(4),
    a: () => stage.querySelector("[data-answer]")?.focus(),
    " ": sound.toggle,
    "<": () => changeRate(-1),
    ">": () => changeRate(1),
    "?": () => document.getElementById("feed-keys")?.showModal(),
  });
  root.dataset.mounted = "";
}
