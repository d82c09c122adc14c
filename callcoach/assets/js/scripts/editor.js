// The editor of a draft by keys and by dragging. [data-script-editor] holds the body that htmx puts
// in anew after each change; without scripts every button of it is an ordinary form.

import { mountKeys } from "../call/keys.js";
import { toast } from "../toasts.js";

const root = document.querySelector("[data-script-editor]");

const rows = () => [...root.querySelectorAll("[data-line]")];
const rowOf = (key) => rows().find((row) => row.dataset.line === key);

/** The line that the keys are about: the one with the focus, or the one it was on last. */
function current() {
  return document.activeElement?.closest?.("[data-line]") ?? rowOf(root.dataset.at ?? "") ?? null;
}

function go(row) {
  if (!row) return;
  root.dataset.at = row.dataset.line;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = rows();
  const at = all.indexOf(current());
  go(all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)]);
}

/** Says so and returns true while a line is open: the body is put in anew by what follows. */
function isOpen() {
  const form = root.querySelector("[data-line-form]");
  if (!form) return false;
  toast({ message: root.dataset.textUnsaved, category: "info" });
  form.querySelector("textarea")?.focus();
  return true;
}

function submit(form) {
  if (form && !isOpen()) form.requestSubmit();
}

function openAdder(row) {
  if (isOpen()) return;
  const section = row?.closest("[data-section]") ?? root.querySelector("[data-section]");
  const adder = section?.querySelector("[data-add]");
  if (!adder) return;
  adder.querySelector("[data-after]").value = row?.dataset.line ?? "";
  if (row) row.after(adder);
  adder.querySelector("textarea").focus();
}

function closeAdder(adder) {
  const list = adder.closest("[data-lines]");
  adder.querySelector("[data-after]").value = "";
  const key = adder.previousElementSibling?.dataset.line;
  list.append(adder);
  go(rowOf(key ?? "") ?? rows()[0]);
}

/** As many rows as its words take. Rows and no height: htmx carries a style over to the next body. */
function grow(field) {
  field.rows = 1;
  const { lineHeight, paddingTop, paddingBottom } = getComputedStyle(field);
  const padding = parseFloat(paddingTop) + parseFloat(paddingBottom);
  field.rows = Math.max(1, Math.round((field.scrollHeight - padding) / parseFloat(lineHeight)));
}

/** After htmx: the focus where the change was, fields as high as their words. */
function settle(part) {
  part.querySelectorAll?.("[data-grow]").forEach(grow);
  const form = part.querySelector?.("[data-line-form]");
  if (form) {
    const merge = form.querySelector("[data-merge]");
    if (merge) merge.hidden = false;
    const wrong = form.querySelector("[aria-invalid=true]") ?? form.querySelector("textarea");
    wrong.focus();
    if (!form.querySelector("[aria-invalid=true]")) wrong.setSelectionRange(wrong.value.length, wrong.value.length);
    return;
  }
  if (part.dataset?.alone !== undefined) go(part);
}

function mountDragging() {
  let dragged = null;
  root.addEventListener("pointerdown", (event) => {
    const row = event.target.closest("[data-handle]")?.closest("[data-line]");
    if (row) row.draggable = true;
  });
  root.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-line]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.line);
    dragged.classList.add("is-dragged");
  });
  root.addEventListener("dragend", () => {
    dragged?.classList.remove("is-dragged");
    if (dragged) dragged.draggable = false;
    root.querySelectorAll(".is-over").forEach((row) => row.classList.remove("is-over"));
    dragged = null;
  });
  root.addEventListener("dragover", (event) => {
    const over = dragged && event.target.closest("[data-line], [data-add]");
    if (!over) return;
    event.preventDefault();
    root.querySelectorAll(".is-over").forEach((row) => row.classList.remove("is-over"));
    over.classList.add("is-over");
  });
  root.addEventListener("drop", (event) => {
    const over = dragged && event.target.closest("[data-line], [data-add]");
    if (!over || over === dragged) return;
    event.preventDefault();
    if (isOpen()) return;
    const list = over.closest("[data-lines]");
    const others = [...list.querySelectorAll("[data-line]")].filter((row) => row !== dragged);
    const at = others.indexOf(over);
    const url = root.firstElementChild.dataset.move.replace("KEY", dragged.dataset.line);
    window.htmx.ajax("POST", url, {
      target: root,
      swap: "innerHTML",
      values: { section: list.dataset.lines, index: at < 0 ? others.length : at },
    });
  });
}

if (root) {
  mountKeys({
    j: () => step(1),
    k: () => step(-1),
    e: () => current()?.querySelector("[data-edit]")?.click(),
    a: () => openAdder(current()),
    x: () => submit(current()?.querySelector("[data-remove]")),
    z: () => submit(root.querySelector("[data-undo]")),
    "?": () => document.getElementById("script-keys")?.showModal(),
  });
  mountDragging();
  root.querySelectorAll("[data-grow]").forEach(grow);

  root.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-line]");
    if (row) root.dataset.at = row.dataset.line;
  });
  root.addEventListener("input", (event) => {
    if (event.target.matches("[data-grow]")) grow(event.target);
  });
  root.addEventListener("keydown", (event) => {
    const form = event.target.closest("[data-line-form]");
    const adder = event.target.closest("[data-add]");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && (form || adder)) {
      event.preventDefault();
      (form ?? adder.querySelector("form")).requestSubmit();
    } else if (event.key === "Enter" && !event.shiftKey && adder) {
      event.preventDefault(); // a line has no line breaks
      adder.querySelector("form").requestSubmit();
    } else if (event.key === "Escape" && form) {
      event.preventDefault();
      form.querySelector("[data-leave]").click();
    } else if (event.key === "Escape" && adder) {
      event.preventDefault();
      closeAdder(adder);
    } else if (event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key) && !form && !adder) {
      event.preventDefault();
      const by = event.key === "ArrowUp" ? "-1" : "1";
      submit(event.target.closest("[data-line]")?.querySelector(`[data-step="${by}"]`));
    }
  });
  // What puts the body in anew would take an open line with it
  root.addEventListener("htmx:beforeRequest", (event) => {
    const isOwn = event.target.closest("[data-line-form]");
    const opensLine = event.target.matches("[data-edit]");
    if (!isOwn && !opensLine && isOpen()) event.preventDefault();
  });
  window.addEventListener("beforeunload", (event) => {
    const typed = [...root.querySelectorAll("[data-line-form] textarea, [data-add] textarea")];
    if (typed.some((field) => field.value !== field.defaultValue)) event.preventDefault();
  });
  root.addEventListener("click", (event) => {
    if (!event.target.closest("[data-merge]")) return;
    const form = event.target.closest("form");
    const field = form.querySelector("textarea[name=text]");
    const theirs = form.querySelector("[data-theirs]")?.textContent ?? "";
    if (theirs && !field.value.includes(theirs)) field.value = `${field.value} ${theirs}`;
    grow(field);
    field.focus();
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const part = event.detail.elt;
    if (part === root) {
      root.querySelectorAll("[data-grow]").forEach(grow);
      const key = root.firstElementChild?.dataset.focus;
      if (key) go(rowOf(key) ?? root.querySelector(`[data-section="${CSS.escape(key)}"]`));
    } else if (root.contains(part)) {
      settle(part);
    }
  });
}
