// Doing a drill: [data-drill]. Answers are spoken or typed step by step; in real time recording
// starts by itself after the line; nothing is sent before "Send".

import { post } from "../agent/answers.js";
import { mountVoice } from "../voice/panel.js";
import { keepDrafts } from "./drafts.js";
import { mountEar } from "./ear.js";

const form = document.querySelector("[data-drill]");

class Step {
  /** @param {HTMLElement} root @param {boolean} isRealTime */
  constructor(root, isRealTime, changed) {
    this.root = root;
    this.audio = root.querySelector("audio");
    this.text = root.querySelector("textarea");
    this.typed = root.querySelector("[data-typed]");
    const box = root.querySelector("[data-voice]");
    this.voice = box ? mountVoice(box, { state: () => changed() }) : null;
    this.text?.addEventListener("input", changed);
    this.goBox = isRealTime ? root.querySelector("[data-go]") : null;
    this.goBox?.querySelector("[data-go-act]").addEventListener("click", () => this.startNow());
    const player = root.querySelector("[data-excerpt]");
    // a sound that a worker writes meanwhile can be played from then on
    if (this.goBox && player) new MutationObserver(changed).observe(player, { attributes: true, subtree: true, attributeFilter: ["hidden"] });
  }

  /** What offers to hear the line and answer at once; null while there is no sound. */
  get go() {
    return this.canPlay ? this.goBox : null;
  }

  get canPlay() {
    return this.audio && !this.audio.closest("[hidden]");
  }

  get answered() {
    return Boolean(this.voice?.hasTake || this.text?.value.trim());
  }

  get busy() {
    return ["review", "uploading", "waiting"].includes(this.voice?.state);
  }

  /** The line plays, then the microphone that was opened before it records at once. */
  async startNow() {
    const listening = this.go.querySelector("[data-go-listening]");
    const isHeld = this.goBox.contains(document.activeElement);
    const opened = this.voice.prepare();
    if (isHeld && this.voice.state === "asking") this.voice.takeFocus();
    if (!(await opened)) return;
    listening.hidden = false;
    this.audio.currentTime = 0;
    const begin = () => {
      listening.hidden = true;
      this.audio.removeEventListener("ended", begin);
      this.audio.removeEventListener("error", broken);
      this.voice.begin();
    };
    const broken = () => {
      listening.hidden = true;
      this.audio.removeEventListener("ended", begin);
      this.voice.release();
      if (isHeld) queueMicrotask(() => this.goBox.querySelector("[data-go-act]").focus());
    };
    this.audio.addEventListener("ended", begin);
    this.audio.addEventListener("error", broken, { once: true });
    this.audio.play().catch(broken);
  }

  /** What the key R does: start, stop, or start over. */
  press() {
    if (!this.voice) return;
    if (this.voice.state === "recording") this.voice.stop();
    else if (this.go && !this.go.hidden) this.startNow();
    else if (this.voice.state !== "asking") this.voice.record();
  }

  /** Shows what goes with the state of the recorder. */
  show() {
    if (!this.voice) return;
    const state = this.voice.state;
    if (this.goBox && !this.go) this.goBox.hidden = true;
    if (this.go) {
      const offered = ["idle", "refused"].includes(state);
      this.go.hidden = !offered && state !== "asking";
      this.go.querySelector("[data-go-act]").hidden = state === "asking";
      // one way to begin: the plain button would record without the line
      this.root.querySelector(".voice-record").hidden = state === "idle";
      this.root.querySelector("[data-voice-act=record]:not(.voice-record)")?.toggleAttribute("data-restart", true);
    }
    if (this.typed) {
      this.typed.hidden = this.voice.hasTake || state === "recording";
      if (["refused", "missing", "failed"].includes(state)) this.typed.open = true;
    }
  }
}

function mount() {
  const kind = form.dataset.drill;
  const roots = [...form.querySelectorAll("[data-step]")];
  const button = form.querySelector("[data-send] button");
  const note = form.querySelector("[data-send-note]");
  const offline = document.body.dataset.offline;
  let sending = false;
  let current = 0;
  let steps = [];

  const show = () => {
    for (const step of steps) step.show();
    const inRow = steps.length > 1;
    roots.forEach((root, index) => {
      root.hidden = inRow && index > current;
      const next = root.querySelector("[data-next]");
      if (next) next.hidden = !(index === current && index < roots.length - 1 && steps[index]?.answered);
    });
    form.querySelector("[data-send]").hidden = inRow && current < roots.length - 1;
    // one next thing at a time: sending, once there is something to send
    const ready = steps.length ? steps.every((step) => step.answered) : Boolean(form.querySelector("[data-taps] li"));
    button.classList.toggle("btn-primary", ready);
    if (sending) trySend();
  };

  const forget = keepDrafts(form);
  if (kind === "ear") for (const root of roots) mountEar(root);
  else steps = roots.map((root) => new Step(root, kind === "real_time", () => queueMicrotask(show)));

  const trySend = async () => {
    if (steps.some((step) => step.busy)) {
      const waits = steps.some((step) => step.voice?.state === "waiting");
      note.textContent = waits ? offline : "";
      return; // goes on by itself when the last recording has arrived
    }
    sending = false;
    const answer = await post(form);
    button.removeAttribute("aria-disabled");
    if (!answer) return;
    forget();
    const here = window.location.pathname;
    window.location.assign(answer.show);
    if (answer.show.startsWith(here)) window.location.reload();
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (sending || form.querySelector("[data-voice-state=recording]")) return;
    sending = true;
    button.setAttribute("aria-disabled", "true");
    trySend();
  });
  form.addEventListener("click", (event) => {
    // "again" in real time means hearing the line again first
    const again = event.target.closest("[data-restart]");
    if (again) {
      event.preventDefault();
      event.stopPropagation();
      steps.find((step) => step.root.contains(again))?.startNow();
      return;
    }
    if (!event.target.closest("[data-next-act]")) return;
    current = Math.min(current + 1, roots.length - 1);
    show();
    roots[current].querySelector("h2").focus();
    roots[current].scrollIntoView({ block: "start" });
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "r" || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select")) return;
    event.preventDefault();
    steps[Math.min(current, steps.length - 1)]?.press();
  });
  form.addEventListener("taps", show);
  show();
  Promise.all(steps.map((step) => step.voice?.ready)).then(() => {
    // after a visit that was cut short: at the first line without an answer
    while (current < roots.length - 1 && steps[current]?.answered) current += 1;
    show();
    form.setAttribute("data-mounted", "");
  });
}

if (form) mount();
