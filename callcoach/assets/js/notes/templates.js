// Notes that were saved to be written again: chosen from a list (or by / in an empty field), and
// saved from the form.

import { send } from "../http.js";
import { toast } from "../toasts.js";
import { readValues, writeValues } from "./values.js";

const WORDS = ["aim", "cause", "hears", "instead"];

/**
 * @param {HTMLFormElement} form
 * @param {() => void} applied the fields were filled
 */
export function mountTemplates(form, applied) {
  const place = form.querySelector("[data-templates]");
  const select = form.querySelector("[data-template]");
  const saving = form.querySelector("[data-save-template]");
  if (!place || !saving) return;
  place.hidden = saving.hidden = false;
  const name = saving.querySelector("[data-template-name]");
  const button = saving.querySelector("[data-template-save]");

  function fill(values) {
    writeValues(form, values);
    form.dispatchEvent(new Event("input", { bubbles: true }));
    applied();
  }

  async function apply(url) {
    const response = await send(url, { method: "POST" }).catch(() => null);
    if (!response?.ok) {
      toast({ message: document.body.dataset.offline, category: "error" });
      return;
    }
    const before = readValues(form);
    const words = await response.json();
    fill(words);
    // What was written stays one press away, as long as the form is open
    const back = form.querySelector("[data-put-mine-back]");
    if (!WORDS.some((field) => ["hears", "instead"].includes(field) && before[field].trim())) return;
    back.hidden = false;
    back.onclick = () => {
      back.hidden = true;
      fill(Object.fromEntries(WORDS.map((field) => [field, before[field]])));
    };
  }

  select.addEventListener("input", (event) => event.stopPropagation());
  let browsing = false; // arrows on a closed list: nothing is applied before Enter
  const choose = () => {
    const url = select.value;
    browsing = false;
    select.value = "";
    if (url) apply(url);
  };
  select.addEventListener("change", (event) => {
    event.stopPropagation();
    if (!browsing) choose();
  });
  select.addEventListener("pointerdown", () => {
    browsing = false;
  });
  select.addEventListener("keydown", (event) => {
    if (event.key.startsWith("Arrow") || event.key.length === 1) browsing = true;
    if (event.key === "Escape") event.stopPropagation();
  });
  select.addEventListener("keyup", (event) => {
    if (event.key === "Enter" && select.value) choose();
  });
  select.addEventListener("blur", () => {
    browsing = false;
    select.value = "";
  });

  form.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.key !== "/" || !field.matches("textarea") || field.value || event.isComposing) return;
    event.preventDefault();
    select.focus();
    try {
      select.showPicker();
    } catch {
      // the list is one arrow away
    }
  });

  async function save() {
    const body = new FormData(form);
    body.set("name", name.value);
    const response = await send(button.dataset.templateSave, { method: "POST", body }).catch(() => null);
    const answer = await response?.json().catch(() => ({}));
    if (!response?.ok) {
      toast({ message: answer?.error ?? document.body.dataset.offline, category: "error" });
      name.focus();
      return;
    }
    select.append(new Option(answer.template.name, answer.template.use));
    name.value = "";
    saving.open = false;
    saving.querySelector("summary").focus();
    toast({ message: answer.message });
  }

  button.addEventListener("click", save);
  for (const kind of ["input", "change"]) name.addEventListener(kind, (event) => event.stopPropagation());
  saving.addEventListener("toggle", () => {
    if (saving.open) name.focus();
  });
  saving.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === name) {
      event.preventDefault();
      event.stopPropagation();
      save();
    } else if (event.key === "Escape" && saving.open) {
      event.preventDefault();
      event.stopPropagation();
      saving.open = false;
      saving.querySelector("summary").focus();
    }
  });
}
