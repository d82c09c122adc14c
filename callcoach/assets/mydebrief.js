// Entry of an agent's debriefs: few and small files, for a cheap phone on a slow line.

import "./css/mydebrief.scss";
import "./js/forms.js";
import "./js/menus.js";
import "./js/toasts.js";
import "./js/agent/excerpt.js";
import { mountInStep } from "./js/debriefs/instep-phone.js";
import { mountAnswer, mountUnsent } from "./js/debriefs/phone-answer.js";
import { mountJoin } from "./js/debriefs/phone-join.js";
import { awaitBeginning, followLive } from "./js/debriefs/phone-live.js";
import { Queue } from "./js/debriefs/phone-queue.js";

const FRESH_MS = 10_000;

const owner = document.querySelector("[data-debrief-owner]")?.dataset.debriefOwner;
const live = document.querySelector("[data-live]");
const begins = document.querySelector("[data-begins]");
const join = document.querySelector("[data-join]");

if (owner) {
  const queue = new Queue(owner);
  // Catching up, what happened is there once the answer has arrived
  const onSent = (item) => {
    if (!live) window.location.assign(`${window.location.pathname}?item=${item}`);
  };
  const mount = (place) => {
    for (const form of place.querySelectorAll("[data-answer]")) mountAnswer(form, queue, onSent);
    for (const box of place.querySelectorAll("[data-unsent]")) mountUnsent(box, queue);
  };
  const draw = (place) => {
    mount(place);
    mountInStep(place);
  };
  draw(document);
  if (join) mountJoin(join, queue);
  if (live) followLive(live, draw);
  const kept = document.querySelector("[data-kept]");
  const tell = () => {
    if (kept) kept.hidden = queue.ids().length === 0;
  };
  tell();
  queue.listen((_id, state) => {
    tell();
    // A page drawn for a session that has ended; not again and again if that is not why
    if (state === "stale" && performance.now() > FRESH_MS) window.location.reload();
  });
  queue.keepTrying();
}
if (begins) awaitBeginning(begins);
