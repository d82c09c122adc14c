// [data-autosubmit] sends its form when a field changes (filters);
// [data-once] keeps a form from being sent twice;
// [data-reveal="id"] shows and hides what was typed into a secret field;
// [data-one-of="words"], [data-needed="field=value"], [data-not-before="field"]: what is missing is
// said beside it before the form is sent, so that nothing typed is lost on a page of its own;
// [data-shown="field=value"], or [data-shown="field"] for any value: hidden while it counts nothing;
// of a form that comes back with errors, the first field that is wrong takes the focus.

document.addEventListener("change", (event) => {
  event.target.closest("form[data-autosubmit]")?.requestSubmit();
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-once]");
  if (!form) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
});

window.addEventListener("pageshow", () => {
  // back from the history: the form may be sent again
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-reveal]");
  const field = button && document.getElementById(button.dataset.reveal);
  if (!field) return;
  const shown = field.type === "text";
  field.type = shown ? "password" : "text";
  button.setAttribute("aria-pressed", String(!shown));
});

for (const button of document.querySelectorAll("[data-reveal][hidden]")) button.hidden = false;

/** Whether a field of the form has a value: that of "name=value", or any. */
function holds(form, words) {
  const [name, value] = words.split("=");
  const chosen = form.elements[name]?.value ?? "";
  return value === undefined ? chosen !== "" : chosen === value;
}

/** Tells the browser what a form still needs, and shows what counts. */
function demand(form) {
  for (const group of form.querySelectorAll("[data-one-of]")) {
    const boxes = [...group.querySelectorAll("input[type=checkbox]")];
    const isMissing = !boxes.some((box) => box.checked);
    boxes[0]?.setCustomValidity(isMissing ? group.dataset.oneOf : "");
  }
  for (const field of form.querySelectorAll("[data-needed]")) {
    field.required = holds(form, field.dataset.needed);
  }
  for (const part of form.querySelectorAll("[data-shown]")) {
    part.hidden = !holds(form, part.dataset.shown);
  }
  for (const field of form.querySelectorAll("[data-not-before]")) {
    field.min = form.elements[field.dataset.notBefore]?.value ?? "";
  }
}

const DEMANDING = "[data-one-of], [data-needed], [data-not-before], [data-shown]";
document.addEventListener("input", ({ target }) => target.form?.querySelector(DEMANDING) && demand(target.form));
const demandAll = () => document.querySelectorAll(`form:has(${DEMANDING})`).forEach(demand);
// also back from the history, where the browser fills in what was typed
window.addEventListener("pageshow", demandAll);
// and in what comes into a page that is open
document.addEventListener("htmx:load", demandAll);

if (!document.querySelector("[autofocus]:not(dialog *)")) document.querySelector('[aria-invalid="true"]')?.focus();
