// The order of the agenda: by drag and drop, with the arrows, or Alt+↑ and Alt+↓; saved at once.
// The server is told which order was seen: where somebody else moved something, theirs is shown.

import { send } from "../http.js";
import { toast } from "../toasts.js";

const list = document.querySelector("[data-agenda]");
const said = document.querySelector("[data-agenda-said]");
const items = () => [...list.querySelectorAll("[data-item]")];
const idsOf = (rows) => rows.map((row) => row.dataset.item);

/** One save after the other: each tells the order that the one before left. */
let saving = Promise.resolve();
/** What the server has, as far as this page knows. */
let known = [];

function number() {
  items().forEach((row, at) => {
    row.querySelector("[data-number]").textContent = at + 1;
    for (const form of row.querySelectorAll("[data-move]")) {
      form.elements.to.value = Math.max(0, at + Number(form.dataset.move));
    }
  });
}

function arrange(order) {
  const rows = new Map(items().map((row) => [row.dataset.item, row]));
  if (order.length !== rows.size || order.some((id) => !rows.has(id))) {
    window.location.reload(); // items came or went: the page as it stands
    return;
  }
  const focused = document.activeElement;
  list.append(...order.map((id) => rows.get(id)));
  if (list.contains(focused)) focused.focus();
  number();
}

function announce(row) {
  const all = items();
  const words = { TITLE: row.dataset.title, PLACE: all.indexOf(row) + 1, COUNT: all.length };
  said.textContent = list.dataset.moved.replace(/TITLE|PLACE|COUNT/g, (key) => words[key]);
}

async function refreshBudget() {
  const place = document.querySelector("[data-budget-place]");
  const response = await send(place.dataset.url, { headers: { Accept: "text/html" } }).catch(() => null);
  if (response?.ok) place.innerHTML = await response.text();
}

async function save(row, to) {
  const form = row.querySelector("[data-move]");
  const body = new FormData(form);
  body.set("to", to);
  body.set("seen", known.join(","));
  const response = await send(form.action, { method: "POST", body }).catch(() => null);
  const answer = await response?.json().catch(() => null);
  if (response?.ok && answer) {
    known = answer.order.map(String);
    if (known.join() !== idsOf(items()).join() && !pending) arrange(known);
    await refreshBudget();
    return;
  }
  if (answer?.order) known = answer.order.map(String);
  arrange(known);
  toast({ category: "error", message: answer?.error ?? list.dataset.failed });
  said.textContent = answer?.error ?? list.dataset.failed;
}

let pending = 0;

/** Puts a row at a place, here at once and at the server behind what is still being saved. */
function move(row, to) {
  const rows = items();
  const from = rows.indexOf(row);
  if (to < 0 || to >= rows.length) {
    said.textContent = list.dataset.edge;
    return;
  }
  if (to === from) return;
  rows.splice(from, 1);
  rows.splice(to, 0, row);
  arrange(idsOf(rows));
  announce(row);
  pending += 1;
  saving = saving.then(() => {
    pending -= 1;
    return save(row, to);
  });
}

function mountDragging() {
  let dragged = null;
  list.addEventListener("pointerdown", (event) => {
    const row = event.target.closest("[data-handle]")?.closest("[data-item]");
    if (row) row.draggable = true;
  });
  list.addEventListener("pointerup", () => {
    for (const row of items()) row.draggable = false;
  });
  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-item]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.title);
    dragged.classList.add("is-dragged");
  });
  list.addEventListener("dragover", (event) => {
    const over = dragged && event.target.closest("[data-item]");
    if (!over) return;
    event.preventDefault();
    for (const row of items()) row.classList.toggle("is-over", row === over && row !== dragged);
  });
  list.addEventListener("drop", (event) => {
    const over = dragged && event.target.closest("[data-item]");
    if (!over || over === dragged) return;
    event.preventDefault();
    move(dragged, items().indexOf(over));
  });
  list.addEventListener("dragend", () => {
    for (const row of items()) {
      row.draggable = false;
      row.classList.remove("is-over", "is-dragged");
    }
    dragged = null;
  });
}

/** Saves of minutes, one after the other for each item: every one tells what the last one left. */
const timing = new WeakMap();

/** The minutes of an item, saved when they are left, stepped, or Enter is pressed. */
function saveMinutes(form) {
  if (!form.reportValidity()) return;
  timing.set(form, (timing.get(form) ?? Promise.resolve()).then(() => sendMinutes(form)));
}

async function sendMinutes(form) {
  const field = form.elements.minutes;
  if (field.value === field.defaultValue || !form.checkValidity()) return;
  const wanted = field.value;
  const response = await send(form.action, { method: "POST", body: new FormData(form) }).catch(() => null);
  const answer = await response?.json().catch(() => null);
  if (response?.ok && answer) {
    form.elements.based_on.value = answer.row_version;
    field.defaultValue = wanted;
    document.querySelector("[data-budget-place]").innerHTML = answer.budget;
    said.textContent = document.querySelector(".budget-said").textContent.replace(/\s+/g, " ").trim();
    return;
  }
  if (answer?.minutes) {
    field.value = field.defaultValue = answer.minutes;
    form.elements.based_on.value = answer.row_version;
  } else {
    field.value = field.defaultValue;
  }
  toast({ category: "error", message: answer?.error ?? list.dataset.failed });
}

if (list && list.querySelector("[data-move]")) {
  known = idsOf(items());
  mountDragging();
  list.addEventListener("submit", (event) => {
    const row = event.target.closest("[data-item]");
    if (event.target.matches("[data-move]")) {
      event.preventDefault();
      move(row, items().indexOf(row) + Number(event.target.dataset.move));
    } else if (event.target.matches("[data-minutes]")) {
      event.preventDefault();
      saveMinutes(event.target);
    }
  });
  list.addEventListener("change", (event) => {
    const form = event.target.closest("[data-minutes]");
    if (form) saveMinutes(form);
  });
  list.addEventListener("keydown", (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const row = event.target.closest("[data-item]");
    if (!by || !row || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    move(row, items().indexOf(row) + by);
  });
  list.dataset.mounted = "";
}
