// Answers under notes: Ctrl or ⌘ with Enter sends, and what is being typed survives the card being
// drawn again. An @ offers the people who can be named.

import { offerNames } from "./mentions.js";

/**
 * @param {HTMLElement} root holds the notes, today's and those drawn later
 * @param {{people: object[], label: string}} [names]
 */
export function keepReplies(root, names = { people: [], label: "" }) {
  const typed = new Map(); // by the form's address
  const named = new WeakSet(); // fields that offer names
  const addressOf = (form) => form.getAttribute("action");

  root.addEventListener("input", (event) => {
    const form = event.target.closest("[data-note-reply]");
    if (form) typed.set(addressOf(form), event.target.value);
  });
  root.addEventListener("keydown", (event) => {
    const form = event.target.closest("[data-note-reply]");
    if (!form) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      const details = form.closest("details");
      details.open = false;
      details.querySelector("summary").focus();
    }
  });
  root.addEventListener(
    "toggle",
    (event) => {
      if (!event.target.matches(".note-reply[open]")) return;
      const field = event.target.querySelector("textarea");
      const isKeep = Boolean(field.closest(".note.is-keep"));
      if (!named.has(field)) {
        offerNames(field, () => names.people.filter((person) => isKeep || !person.onlyKeep), names.label);
        named.add(field);
      }
      field.focus();
    },
    true,
  );

  new MutationObserver(() => {
    for (const [address, text] of typed) {
      const area = root.querySelector(`[data-note-reply][action="${address}"] textarea`);
      if (!area || area.value || !text) continue;
      area.value = text;
      area.closest("details").open = true;
    }
  }).observe(root, { childList: true, subtree: true });

  return {
    /** It was sent. @param {HTMLFormElement} form */
    forget: (form) => typed.delete(addressOf(form)),
  };
}
