// Parts of a note's form that depend on a choice in it: what it is about, who reads it, what for.
// And calls found by words, for a note on several.

import { send } from "../http.js";
import { readValues } from "./values.js";

const PAUSE_MS = 250; // of typing, before calls are looked for

/**
 * @param {HTMLFormElement} form
 * @param {() => void} changed a choice was corrected
 * @returns {() => void} shows what the present choices need
 */
export function mountParts(form, changed) {
  const { visibility } = form.elements;
  const search = form.querySelector("[data-call-search]");
  const options = form.querySelector("[data-call-options]");
  let timer = 0;
  let asked = 0;

  function show() {
    const isKeep = form.elements.aim.value === "keep";
    for (const part of form.querySelectorAll("[data-scope-part]")) {
      part.hidden = part.dataset.scopePart !== form.elements.scope.value;
    }
    // Nobody is shown what a colleague is to change
    const team = visibility.querySelector?.("option[value=team]");
    if (team) {
      team.disabled = !isKeep;
      if (!isKeep && visibility.value === "team") {
        visibility.value = "agent";
        changed();
      }
    }
    for (const part of form.querySelectorAll("[data-visibility-part]")) {
      part.hidden = part.dataset.visibilityPart !== visibility.value;
    }
    for (const part of form.querySelectorAll("[data-only-keep]")) {
      const box = part.querySelector("input");
      part.hidden = !isKeep;
      if (!isKeep && box.checked) {
        box.checked = false;
        changed();
      }
    }
    for (const part of form.querySelectorAll("[data-only-change]")) part.hidden = isKeep;
  }

  /** What is ticked stays ticked: the server puts it first. */
  async function look() {
    const number = (asked += 1);
    const query = new URLSearchParams({ q: search.value });
    for (const id of readValues(form).other_calls.split(",")) if (id) query.append("other_calls", id);
    const response = await send(`${search.dataset.callSearch}?${query}`, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!response?.ok || number !== asked) return;
    const held = document.activeElement?.closest?.("[data-call-options]") ? document.activeElement.value : "";
    options.innerHTML = await response.text(); // the server escapes what people wrote
    if (held) options.querySelector(`input[value="${held}"]`)?.focus();
  }

  search?.addEventListener("input", (event) => {
    event.stopPropagation(); // finding is not writing
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE_MS);
  });
  search?.addEventListener("change", (event) => event.stopPropagation());
  search?.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // would send the note
  });
  form.addEventListener("change", show);
  show();
  return show;
}
