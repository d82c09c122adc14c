// What was done on this page, newest last; `z` takes the newest back. An address that undoes takes
// a POST and answers with a change, like every action of the desk.

import { send } from "../http.js";
import { toast } from "../toasts.js";
import { announce } from "./announce.js";
import { inTurn } from "./queue.js";

/**
 * @typedef {object} Done
 * @property {string | null} url null while the server has not answered, and when there is nothing
 *   to undo after all
 * @property {() => ((isDone: boolean) => void)} [revert] takes it back on the page at once; returns
 *   what to call when the server has answered: true when it took it back
 */

/**
 * @param {object} words the page's sentences
 * @param {(payload: object) => void} apply
 */
export function createUndo(words, apply) {
  /** @type {Done[]} */
  const stack = [];

  /** Its message in the corner offers what is done already. */
  function forget(url) {
    const { href } = new URL(url, document.baseURI);
    for (const form of document.querySelectorAll("#toasts form")) {
      if (form.action === href) form.closest("[data-toast]").remove();
    }
  }

  function take(done) {
    const settle = done.revert?.();
    return inTurn(async () => {
      if (!done.url) return settle?.(true); // refused, or nothing had changed
      let response = null;
      try {
        response = await send(done.url, { method: "POST" });
      } catch {
        stack.push(done); // no connection: it can be tried again
      }
      const answer = (await response?.json().catch(() => null)) ?? {};
      settle?.(Boolean(response?.ok));
      if (response?.ok) forget(done.url);
      if (response?.ok) apply(answer);
      else toast({ message: answer.error ?? document.body.dataset.offline, category: "error" });
    });
  }

  const undo = {
    /**
     * @param {string | Done} done
     * @returns {Done}
     */
    push(done) {
      const entry = typeof done === "string" ? { url: done } : done;
      stack.push(entry);
      return entry;
    },
    /** It was never done, or is no longer ours to undo. */
    drop(entry) {
      const at = stack.indexOf(entry);
      if (at >= 0) stack.splice(at, 1);
    },
    /** Takes the newest back. */
    run() {
      const done = stack.pop();
      if (done) return take(done);
      // What was done before the page was loaded anew: its message has the undo
      const message = document.querySelector("#toasts form");
      if (message) return Promise.resolve(message.requestSubmit());
      announce(words.nothingToUndo);
      return Promise.resolve();
    },
    get size() {
      return stack.length;
    },
  };

  // The undo of a message does the same as the key.
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("#toasts form");
    const entry = form && stack.find((done) => done.url === form.getAttribute("action"));
    if (!entry) return;
    event.preventDefault();
    form.closest("[data-toast]")?.remove();
    undo.drop(entry);
    take(entry);
  });
  return undo;
}
