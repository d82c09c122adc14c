// A recorder on a page: [data-voice], drawn by templates/macros/voice.html. What it is doing is in
// data-voice-state; parts of it are shown by it ([data-voice-when="review uploading"]).
//
//   idle → asking → recording → review → uploading ⇄ waiting → done
//          asking → refused | missing         uploading → failed (the server says why)
//
// What was recorded is kept in the browser until the server has it, and goes on by itself after
// the page was closed or the line broke. Recording again, or discarding, deletes it here and there.

import { send } from "../http.js";
import { askMicrophone, canRecord, record, release, watchLevel } from "./recorder.js";
import { drop, keep, takesOf } from "./shelf.js";
import { Refused, upload } from "./upload.js";

/** @param {number} ms */
export function clock(ms) {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/**
 * Brings a recorder to life.
 *
 * @param {HTMLElement} root its data-voice is the address of takes, without the take's own name;
 *   data-voice-owner whose they are; data-voice-max the longest take, in milliseconds
 * @param {object} [on]
 * @param {(answer: Record<string, any>) => void} [on.kept] the server has it whole
 * @param {() => void} [on.discarded]
 * @param {(state: string) => void} [on.state]
 * @returns {VoicePanel}
 */
export function mountVoice(root, on = {}) {
  return new VoicePanel(root, on);
}

class VoicePanel {
  constructor(root, on) {
    this.root = root;
    this.on = on;
    this.place = root.dataset.voice;
    this.owner = root.dataset.voiceOwner;
    this.maxMs = Number(root.dataset.voiceMax);
    this.audio = root.querySelector("[data-voice-audio]");
    this.take = null;
    this.stream = null;
    this.recording = null;
    this.sending = null;
    root.hidden = false;
    this.show(root.dataset.voiceState || "idle");
    root.addEventListener("click", (event) => {
      const act = event.target.closest("[data-voice-act]")?.dataset.voiceAct;
      if (act) this[act]?.();
    });
    this.audio?.addEventListener("ended", () => this.showPlaying());
    for (const name of ["play", "pause"]) this.audio?.addEventListener(name, () => this.showPlaying());
    this.ready = this.resume();
  }

  get state() {
    return this.root.dataset.voiceState;
  }

  /** Whether there is an answer, here or at the server. */
  get hasTake() {
    return ["review", "uploading", "waiting", "done"].includes(this.state);
  }

  show(state, message = "") {
    const held = document.activeElement?.closest("[data-voice-when]");
    const isHeld = Boolean(held && this.root.contains(held));
    this.root.dataset.voiceState = state;
    for (const part of this.root.querySelectorAll("[data-voice-when]")) {
      part.hidden = !part.dataset.voiceWhen.split(" ").includes(state);
    }
    const said = this.root.querySelector("[data-voice-message]");
    if (said) said.textContent = message;
    if (isHeld && held.hidden) this.takeFocus();
    this.on.state?.(state);
  }

  /**
   * Puts the focus on what can be done now; on what is said while there is nothing to do, such as
   * when the browser asks for the microphone: it would be lost, and whoever works by keyboard with it.
   */
  takeFocus() {
    const shown = [...this.root.querySelectorAll("[data-voice-when]:not([hidden])")];
    const button = shown.map((part) => part.querySelector("button:not([hidden])")).find(Boolean);
    if (!button && shown[0]) shown[0].tabIndex = -1;
    (button ?? shown[0])?.focus();
  }

  /** Opens the microphone and puts aside what there was; false when there is none. */
  async prepare() {
    if (this.stream?.active) return true;
    const before = this.state;
    const had = this.hasTake;
    this.show("asking");
    try {
      this.stream = await askMicrophone();
    } catch (error) {
      this.show(had ? before : (error.reason ?? "missing"));
      return false;
    }
    await this.forget(had || before === "failed");
    return true;
  }

  /** Records, over what there was. */
  async record() {
    if (this.recording || this.state === "asking") return;
    if (await this.prepare()) this.begin();
  }

  /** Gives a microphone back that was opened for nothing. */
  release() {
    if (this.recording) return;
    if (this.stream) release(this.stream);
    this.stream = null;
    if (this.state === "asking") this.show("idle");
  }

  /** Starts at once on a microphone that `prepare` opened. */
  begin() {
    if (!this.stream || this.recording) return;
    const id = crypto.randomUUID();
    const take = { id, owner: this.owner, place: this.place, type: "", ms: 0, at: Date.now() };
    this.take = take;
    this.show("recording");
    const level = this.root.querySelector("[data-voice-level]");
    const time = this.root.querySelector("[data-voice-time]");
    if (time) time.textContent = clock(0);
    const stopLevel = level ? watchLevel(this.stream, (share) => (level.value = share * 100)) : () => {};
    const timer = setInterval(() => {
      const ms = performance.now() - this.recording.startedAt;
      if (time) time.textContent = clock(ms);
      if (ms >= this.maxMs) this.stop();
    }, 200);
    let lastKept = Promise.resolve();
    const store = async (blob, ms) => {
      const bytes = await blob.arrayBuffer();
      if (this.take !== take) return;
      Object.assign(take, { bytes, ms, type: blob.type });
      await keep(take);
    };
    this.recording = record(this.stream, {
      slice: (blob, ms) => {
        lastKept = lastKept.then(() => store(blob, ms));
      },
      end: async (blob, ms, wanted) => {
        clearInterval(timer);
        stopLevel();
        this.recording = null;
        if (this.stream) release(this.stream);
        this.stream = null;
        if (this.take !== take) return;
        if (!blob.size) {
          this.show("missing");
          return;
        }
        await lastKept;
        await store(blob, ms);
        if (this.take !== take) return;
        this.root.toggleAttribute("data-voice-interrupted", !wanted);
        this.review();
      },
    });
  }

  stop() {
    this.recording?.stop();
  }

  /** Shows what was recorded, and sends it to the server meanwhile. */
  review() {
    this.load(URL.createObjectURL(new Blob([this.take.bytes], { type: this.take.type })));
    for (const place of this.root.querySelectorAll("[data-voice-length]")) {
      place.textContent = clock(this.take.ms);
    }
    this.show("review");
    this.send();
  }

  load(url) {
    if (!this.audio) return;
    if (this.audio.src.startsWith("blob:")) URL.revokeObjectURL(this.audio.src);
    this.audio.src = url;
  }

  play() {
    if (!this.audio) return;
    if (this.audio.paused) this.audio.play().catch(() => {});
    else this.audio.pause();
  }

  showPlaying() {
    const playing = !this.audio.paused && !this.audio.ended;
    for (const button of this.root.querySelectorAll("[data-voice-act=play]")) {
      button.classList.toggle("is-playing", playing);
      if (playing) button.setAttribute("aria-label", button.dataset.pauseLabel);
      else button.setAttribute("aria-label", button.dataset.playLabel);
    }
  }

  async send() {
    const take = this.take;
    const abort = new AbortController();
    this.sending = abort;
    const bar = this.root.querySelector("[data-voice-sent]");
    this.show("uploading");
    try {
      const answer = await upload(take, {
        url: this.place + take.id,
        signal: abort.signal,
        onProgress: (share, waiting) => {
          if (this.take !== take) return;
          if (bar) bar.value = share * 100;
          const state = waiting ? "waiting" : "uploading";
          if (this.state !== state) this.show(state);
        },
      });
      await drop(take.id);
      if (this.take !== take) return;
      this.show("done");
      this.on.kept?.(answer);
    } catch (error) {
      if (abort.signal.aborted || this.take !== take) return;
      await drop(take.id);
      this.show("failed", error instanceof Refused ? error.message : "");
    }
  }

  /** Deletes what was recorded, here and at the server. */
  async discard() {
    await this.forget(true);
    this.on.discarded?.();
    this.show("idle");
  }

  async forget(atServer) {
    const take = this.take;
    this.sending?.abort();
    this.sending = null;
    this.take = null;
    this.audio?.pause();
    this.root.removeAttribute("data-voice-interrupted");
    if (take) await drop(take.id);
    if (!atServer) return;
    try {
      await send(this.place + (take?.id ?? "kept"), { method: "DELETE" });
    } catch {
      // no line: the server deletes what is not sent within a day, and the next take replaces it
    }
  }

  /** Goes on with what an earlier visit left on the shelf. */
  async resume() {
    if (!canRecord() && this.state === "idle") this.show("missing");
    const mine = (await takesOf(this.owner)).filter((take) => take.place === this.place && take.bytes);
    const last = mine.pop();
    for (const older of mine) await drop(older.id);
    if (!last || this.recording || this.take) return;
    this.take = last;
    this.root.toggleAttribute("data-voice-resumed", true);
    this.review();
  }
}
