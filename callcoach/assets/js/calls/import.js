// [data-import]: files dropped or chosen are sent two at a time, each with its own progress and its
// own answer. A calls.csv dropped along is sent with every recording; its rows name them. Without
// script the form sends everything at once.

import { csrfToken } from "../http.js";

const SIDE_BY_SIDE = 2; // the server checks each file in full: more would only queue there
const form = document.querySelector("[data-import]");
if (form) mount(form);

function mount(form) {
  const words = form.dataset;
  const list = form.querySelector("[data-files]");
  const section = form.querySelector("[data-files-section]");
  const summary = form.querySelector("[data-files-summary]");
  const template = form.querySelector("[data-file-template]");
  const drop = form.querySelector("[data-drop]");
  const input = form.querySelector("input[type=file]");
  const format = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
  /** @type {{file: File, row: HTMLElement, state: string, request?: XMLHttpRequest}[]} */
  const items = [];
  const tables = [];
  form.querySelector("[data-plain]").hidden = true;
  input.classList.add("visually-hidden");

  function add(files) {
    for (const file of files) {
      if (file.name.toLowerCase().endsWith(".csv")) addTable(file);
      else addRecording(file);
    }
    section.hidden = false;
    start();
  }

  function sizeOf(bytes) {
    const unit = document.documentElement.lang === "fr" ? "o" : "B";
    return bytes < 1e6 ? `${format.format(Math.ceil(bytes / 1000))} K${unit}` : `${format.format(bytes / 1e6)} M${unit}`;
  }

  function newRow(file) {
    const row = template.content.firstElementChild.cloneNode(true);
    row.querySelector("[data-name]").textContent = file.name;
    row.querySelector("[data-size]").textContent = sizeOf(file.size);
    list.append(row);
    return row;
  }

  function addTable(file) {
    tables.push(file);
    const row = newRow(file);
    row.querySelector("progress").remove();
    row.querySelector("[data-chip]").textContent = "CSV";
    row.querySelector("[data-text]").textContent = words.tableNote;
    row.querySelector("[data-cancel]").addEventListener("click", () => {
      tables.splice(tables.indexOf(file), 1);
      row.remove();
    });
  }

  function addRecording(file) {
    const item = { file, row: newRow(file), state: "waiting" };
    items.push(item);
    item.row.querySelector("progress").setAttribute("aria-label", file.name);
    item.row.querySelector("[data-cancel]").addEventListener("click", () => cancel(item));
    item.row.querySelector("[data-again]").addEventListener("click", () => {
      set(item, "waiting");
      start();
    });
    if (file.size > Number(words.maxBytes)) set(item, "rejected", words.tooLarge);
    else set(item, "waiting");
  }

  /** Shows where a file stands; `text` is a whole sentence, or nothing. */
  function set(item, state, text = "", url = null) {
    item.state = state;
    const row = item.row;
    row.className = `file is-${state}`;
    const chip = row.querySelector("[data-chip]");
    chip.textContent = { cancelled: words.cancelled, failed: words.rejected }[state] ?? words[state];
    const looks = { imported: "chip-good", duplicate: "", conflict: "chip-break", rejected: "chip-break", failed: "chip-break", sending: "chip-busy", checking: "chip-busy" };
    chip.className = `chip ${looks[state] ?? ""}`;
    row.querySelector("[data-text]").textContent = text;
    const busy = state === "waiting" || state === "sending" || state === "checking";
    row.querySelector("[data-cancel]").hidden = !busy;
    row.querySelector("[data-again]").hidden = !["failed", "cancelled"].includes(state);
    const bar = row.querySelector("progress");
    bar.hidden = !busy;
    if (state === "checking") bar.removeAttribute("value"); // how long checking takes is not known
    if (state === "waiting") bar.value = 0;
    const link = row.querySelector("[data-link]");
    link.hidden = !url;
    if (url) link.href = url;
    count();
  }

  function count() {
    const done = items.filter((item) => !["waiting", "sending", "checking"].includes(item.state)).length;
    const imported = items.filter((item) => item.state === "imported").length;
    summary.textContent = items.length
      ? words.summary.replace("{done}", done).replace("{total}", items.length).replace("{imported}", imported)
      : "";
  }

  function start() {
    const active = items.filter((item) => ["sending", "checking"].includes(item.state)).length;
    for (const item of items.filter((one) => one.state === "waiting").slice(0, SIDE_BY_SIDE - active)) {
      send(item);
    }
  }

  function send(item) {
    const body = new FormData(form);
    body.delete("files");
    body.append("files", item.file, item.file.name);
    for (const table of tables) body.append("metadata", table, table.name);
    const request = new XMLHttpRequest();
    item.request = request;
    set(item, "sending");
    request.open("POST", form.action || window.location.href);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) item.row.querySelector("progress").value = (100 * event.loaded) / event.total;
    });
    request.upload.addEventListener("load", () => item.state === "sending" && set(item, "checking"));
    request.addEventListener("load", () => finish(item, request));
    request.addEventListener("error", () => set(item, "failed", words.offline));
    request.addEventListener("loadend", start);
    request.send(body);
  }

  function finish(item, request) {
    let answer = {};
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      answer = {}; // a proxy answered, not us
    }
    const elsewhere = request.getResponseHeader("HX-Redirect");
    if (request.status === 401 && elsewhere) window.location.assign(elsewhere);
    else if (request.status === 413) set(item, "rejected", answer.error ?? words.tooLarge);
    else if (answer.results) {
      const [result] = answer.results;
      set(item, result.outcome, result.outcome === "imported" ? "" : result.message, result.url);
      if (result.needs_details) {
        // The sound is good: say who called for whom below, and send it again.
        form.querySelector("[data-defaults]").open = true;
        item.row.querySelector("[data-again]").hidden = false;
      }
    } else set(item, "failed", answer.error ?? words.offline);
  }

  function cancel(item) {
    item.request?.abort();
    set(item, "cancelled");
    start();
  }

  input.addEventListener("change", () => {
    add(input.files);
    input.value = "";
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  // The whole window takes files: a drop that misses must not replace the page by the file.
  let depth = 0;
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  window.addEventListener("dragenter", (event) => {
    if (!hasFiles(event)) return;
    depth += 1;
    drop.classList.add("is-over");
  });
  window.addEventListener("dragleave", () => {
    depth = Math.max(0, depth - 1);
    if (!depth) drop.classList.remove("is-over");
  });
  window.addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
  window.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth = 0;
    drop.classList.remove("is-over");
    add(event.dataTransfer.files);
  });
  window.addEventListener("beforeunload", (event) => {
    if (items.some((item) => ["waiting", "sending", "checking"].includes(item.state))) event.preventDefault();
  });
}
