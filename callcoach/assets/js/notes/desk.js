// Notes on the review desk: the form beside its moment, and what the notes in the page do.

import { send } from "../http.js";
import { toast } from "../toasts.js";
import { openNoteForm } from "./form.js";
import { keepReplies } from "./replies.js";
import { holdToSpeak } from "./speaking.js";

const AFTER_MS = 20_000; // a moment is what one writes about until so long after it was heard

/**
 * @param {object} ctx
 * @param {HTMLElement} ctx.desk
 * @param {number} ctx.callId
 * @param {object} ctx.data the page's data
 * @param {import("../call/player.js").Player} ctx.player
 * @param {{get: () => object | null, clear: () => boolean}} ctx.selection
 * @param {{current: () => object | null, element: (key: string) => HTMLElement | null}} ctx.cards
 * @param {(payload: object) => void} ctx.applyChange
 * @returns {{compose: () => Promise<void>, composeWhole: () => Promise<void>, speak: () => Promise<void>, close: () => boolean}}
 */
export function mountNotes(ctx) {
  const { desk, data, player, selection, cards, applyChange } = ctx;
  const loose = desk.querySelector("[data-loose-notes]");
  let open = null; // what `openNoteForm` gave
  let opening = false;

  /** Where a form goes; it survives the card being drawn again. */
  function hostIn(card) {
    const host = document.createElement("div");
    host.className = "note-host";
    host.dataset.keep = "";
    if (card) card.append(host);
    else if (loose) loose.before(host);
    return host;
  }

  const finished = (host) => {
    open = null;
    host.remove();
  };

  /** Draws a draft that was kept; the form is gone. */
  async function refresh(url) {
    const response = await send(url).catch(() => null);
    if (response?.ok) applyChange(await response.json());
  }

  async function show(url, card, back) {
    if (opening) return;
    if (open) {
      open.focus();
      return; // one at a time: what is being written stays
    }
    opening = true;
    const host = hostIn(card);
    host.closest("details:not([open])")?.setAttribute("open", "");
    let saved = "";
    try {
      open = await openNoteForm(host, url, {
        player: desk.querySelector("audio[data-audio]") ? player : undefined,
        selection: () => selection?.get() ?? null,
        onSaved: (answer) => {
          saved = answer.note.show;
        },
        onSent: (answer) => {
          finished(host);
          selection?.clear();
          applyChange(answer);
          focusOn(card, back, answer.note?.id);
        },
        onClose: () => {
          finished(host);
          for (const draft of desk.querySelectorAll(".note[hidden]")) draft.hidden = false;
          if (saved) refresh(saved);
          focusOn(card, back);
        },
      });
    } finally {
      opening = false;
    }
    if (!open) {
      host.remove();
      return;
    }
    const own = /\/notes\/(\d+)$/.exec(new URL(open.form.action).pathname);
    const article = own && open.form.dataset.mode === "draft" && document.getElementById(`note-${own[1]}`);
    if (article) article.hidden = true; // the form shows the same text
  }

  /** The card may have been drawn again: its key finds it. */
  function focusOn(card, back, noteId) {
    const key = card?.dataset.card;
    const target = (noteId && document.getElementById(`note-${noteId}`)) || (key && cards.element(key));
    if (target) target.focus({ preventScroll: false });
    else if (back?.isConnected) back.focus();
  }

  /** What had the focus was drawn again or is gone. */
  function focusNear(noteId) {
    const near = document.getElementById(`note-${noteId}`) ?? loose?.querySelector(".note");
    (near ?? desk.querySelector("[data-cards]"))?.focus({ preventScroll: true });
  }

  function isAt(moment) {
    if (cards.element(moment.key)?.contains(document.activeElement)) return true;
    const time = player.time();
    return time >= moment.from - 500 && time <= moment.end + AFTER_MS;
  }

  const addressOf = (values) => {
    const known = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
    return `/calls/${ctx.callId}/notes/new?${new URLSearchParams(known)}`;
  };

  /** A note over the selection, else on the moment being heard, else at the playhead. */
  async function compose() {
    if (!loose?.hasAttribute("data-may-write")) return undefined;
    player.pause();
    const chosen = selection?.get();
    if (chosen) {
      const { start, end, channel } = chosen;
      return show(addressOf({ start_ms: Math.round(start), end_ms: Math.round(end), channel }), null);
    }
    const moment = cards.current();
    if (!moment || !isAt(moment)) {
      return show(addressOf({ at_ms: Math.round(player.time()) }), null);
    }
    const request = moment.request;
    if (moment.point) return show(addressOf({ point: moment.point, request }), cards.element(moment.key));
    const { start, end, channel } = moment;
    return show(
      addressOf({ start_ms: start, end_ms: end, channel, request }),
      cards.element(moment.key),
    );
  }

  /** A note on the call as a whole. */
  async function composeWhole() {
    if (!loose?.hasAttribute("data-may-write")) return undefined;
    player.pause();
    return show(addressOf({ scope: "call" }), null);
  }

  /** Speaks a note where one would write it. While a form is open, the form hears the key itself. */
  async function speak() {
    if (open) return;
    await holdToSpeak(async () => {
      await compose();
      return open;
    });
  }

  async function act(form) {
    if (form.dataset.busy) return;
    form.dataset.busy = "1";
    try {
      const response = await send(form.action, { method: "POST", body: new FormData(form) });
      const answer = await response.json().catch(() => ({}));
      if (response.ok) {
        const held = form.contains(document.activeElement);
        replies.forget(form);
        applyChange(answer);
        if (held && document.activeElement === document.body) focusNear(answer.note?.id);
      } else toast({ message: answer.error ?? document.body.dataset.offline, category: "error" });
    } catch {
      toast({ message: document.body.dataset.offline, category: "error" });
    } finally {
      delete form.dataset.busy;
    }
  }

  async function history(url) {
    const response = await send(url, { headers: { Accept: "text/html", "X-Fragment": "note" } });
    if (!response.ok) {
      window.location.assign(url);
      return;
    }
    const template = document.createElement("template");
    template.innerHTML = await response.text(); // the server escapes what people wrote
    const dialog = template.content.querySelector("[data-note-dialog]");
    document.body.append(dialog);
    dialog.addEventListener("close", () => dialog.remove());
    dialog.showModal();
  }

  // One sound at a time: what a supervisor says, or the call
  desk.addEventListener("play", (event) => event.target.closest(".note") && player.pause(), true);
  const people = JSON.parse(loose?.dataset.mentions || "[]");
  const replies = keepReplies(desk, { people, label: loose?.dataset.people ?? "" });
  desk.addEventListener("click", (event) => {
    const find = (name) => event.target.closest(`[data-${name}]`);
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a new window was asked for
    const compose_ = find("compose-note");
    const edit = find("edit-note");
    const story = find("note-history");
    const play = find("play-note");
    if (compose_ || edit || story) event.preventDefault();
    if (edit) show(edit.href, edit.closest("[data-card]"), edit);
    else if (story) history(story.href);
    else if (compose_) {
      player.pause();
      show(compose_.href, compose_.closest("[data-card]"), compose_);
    } else if (play) player.playFrom(Number(play.dataset.playNote));
  });
  desk.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-note-action]");
    if (!form) return;
    event.preventDefault();
    act(form);
  });

  return {
    compose,
    composeWhole,
    speak,
    /** @returns {boolean} whether a form was open; its draft is kept */
    close() {
      if (!open) return false;
      open.close();
      return true;
    },
  };
}
