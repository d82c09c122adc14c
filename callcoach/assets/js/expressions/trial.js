// The form tries its words on past calls while they are written: the answer to the last words
// counts, an earlier one that comes later is thrown away.

import { send } from "../http.js";

const WAIT_MS = 600;

function mount(form) {
  const place = document.querySelector("[data-expr-tried]");
  const busy = document.querySelector("[data-expr-busy]");
  const broken = document.querySelector("[data-expr-broken]");
  const button = form.querySelector("[data-expr-try]");
  let timer = 0;
  let current = null;
  let shown = "";

  async function look() {
    const words = new URLSearchParams({ kind: form.elements.kind.value, phrase: form.elements.phrase.value });
    if (String(words) === shown) return;
    current?.abort();
    const mine = new AbortController();
    current = mine;
    busy.hidden = false;
    broken.hidden = true;
    place.setAttribute("aria-busy", "true");
    const response = await send(`${place.dataset.exprTried}?${words}`, {
      signal: mine.signal,
      headers: { "HX-Request": "true", Accept: "text/html" },
    }).catch(() => null);
    const html = response?.ok ? await response.text().catch(() => null) : null;
    if (current !== mine) return;
    busy.hidden = true;
    place.setAttribute("aria-busy", "false");
    broken.hidden = html !== null;
    if (html === null) return;
    shown = String(words);
    place.innerHTML = html; // our own template, escaped there
    place.dispatchEvent(new CustomEvent("parts:shown", { bubbles: true }));
  }

  function later(ms) {
    clearTimeout(timer);
    timer = setTimeout(look, ms);
  }

  form.addEventListener("input", (event) => {
    if (event.target.name === "phrase") later(WAIT_MS);
    if (event.target.name === "kind") later(0);
  });
  button.addEventListener("click", (event) => {
    event.preventDefault();
    shown = "";
    later(0);
  });
  if (form.elements.phrase.value.trim() && !place.querySelector(".expr-result")) later(0);
}

const form = document.querySelector("[data-expr-form]");
if (form) mount(form);
