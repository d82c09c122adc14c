// Correct a turn in place: the server sends the form and takes it back; Enter saves, Escape leaves.
// Without script the same address is a page of its own.

import { send } from "../http.js";

const FRAGMENT = { "X-Fragment": "turn", Accept: "text/html" };

/**
 * @param {HTMLElement} root [data-transcript]
 * @param {{pause: () => void}} player
 * @param {(index: number) => void} onCorrected
 */
export function mountCorrection(root, player, onCorrected) {
  /** Puts the server's fragment in place of a turn; the server escapes what people wrote. */
  function place(turn, html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    const fresh = template.content.querySelector("[data-turn]");
    if (!fresh) return null;
    turn.replaceWith(fresh);
    const field = fresh.querySelector("textarea");
    if (field) {
      fit(field);
      field.focus();
      field.setSelectionRange(field.value.length, field.value.length);
    } else {
      fresh.querySelector("[data-correct]")?.focus();
    }
    return fresh;
  }

  const fit = (field) => {
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + 2}px`;
  };

  async function open(turn, url) {
    player.pause();
    const response = await send(url, { headers: FRAGMENT });
    if (response.ok) place(turn, await response.text());
    else window.location.assign(url);
  }

  async function save(form) {
    const turn = form.closest("[data-turn]");
    const button = form.querySelector("[type=submit]");
    if (button.disabled) return;
    button.disabled = true;
    try {
      const response = await send(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: FRAGMENT,
      });
      // 409 and 422 carry the form again, with both texts or with what is wrong.
      const fresh = place(turn, await response.text());
      if (response.ok && fresh) onCorrected(Number(fresh.dataset.turn));
    } catch {
      form.querySelector("[data-offline]").hidden = false;
    } finally {
      button.disabled = false;
    }
  }

  root.addEventListener("click", (event) => {
    const link = event.target.closest("[data-correct], [data-cancel-correction]");
    if (!link) return;
    event.preventDefault();
    open(link.closest("[data-turn]"), link.href);
  });
  root.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-correction]");
    if (!form) return;
    event.preventDefault();
    save(form);
  });
  root.addEventListener("input", (event) => {
    if (event.target.matches("[data-correction] textarea")) fit(event.target);
  });
  root.addEventListener("keydown", (event) => {
    const form = event.target.closest("[data-correction]");
    if (!form || !event.target.matches("textarea")) return;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      save(form);
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      form.querySelector("[data-cancel-correction]").click();
    }
  });
}
