// [data-live="address"]: asks every two seconds how far the running calls in it are. Elements with
// data-call and data-running are asked after; nothing is asked while the page is hidden or when
// nothing runs. A row that is done is replaced by the server's, or told so where there is none; a
// page that waits for its call (data-reload) is loaded again.

import { send } from "../http.js";

const EVERY_MS = 2000;
const SLOWEST_MS = 30_000; // when the server does not answer

const running = () => [...document.querySelectorAll("[data-live] [data-running], [data-live][data-running]")];

function show(element, call) {
  const label = element.querySelector("[data-live-label]");
  const percent = element.querySelector("[data-live-percent]");
  const bar = element.querySelector("progress");
  if (label && label.textContent !== call.label) label.textContent = call.label;
  if (percent) percent.textContent = `${call.progress} %`;
  if (bar) bar.value = call.progress;
}

function finish(element, call) {
  if (element.dataset.reload !== undefined) {
    // Whoever is writing keeps what they wrote: the page waits for the form to close.
    if (document.querySelector("[data-correction]")) return;
    const url = new URL(window.location.href);
    url.hash = ""; // with one, the same address would not be loaded again
    const seconds = document.querySelector("[data-audio]")?.currentTime ?? 0;
    if (seconds > 0) url.searchParams.set("t", seconds.toFixed(1)); // whoever listens goes on there
    window.location.replace(url);
    return;
  }
  const template = document.createElement("template");
  template.innerHTML = call.html ?? "";
  const fresh = template.content.querySelector("[data-call]");
  if (!fresh) {
    // A line without a row of its own stays, with the word for how it ended.
    element.removeAttribute("data-running");
    element.dataset.state = call.state;
    show(element, call);
    element.querySelector("progress")?.remove();
    element.querySelector("[data-live-percent]")?.remove();
    return;
  }
  const hadFocus = element.contains(document.activeElement);
  element.replaceWith(fresh);
  window.htmx?.process(fresh);
  if (hadFocus) fresh.querySelector("[data-open]")?.focus();
}

let wait = EVERY_MS;

async function poll() {
  const elements = running();
  if (elements.length && !document.hidden) {
    const url = new URL(elements[0].closest("[data-live]").dataset.live, window.location.href);
    url.searchParams.set("ids", elements.map((element) => element.dataset.call).join(","));
    try {
      const response = await send(url);
      if (response.ok) {
        const { calls } = await response.json();
        for (const call of calls) {
          const element = elements.find((item) => Number(item.dataset.call) === call.id);
          if (element) (call.running ? show : finish)(element, call);
        }
        wait = EVERY_MS;
      } else {
        wait = Math.min(wait * 2, SLOWEST_MS);
      }
    } catch {
      wait = Math.min(wait * 2, SLOWEST_MS);
    }
  }
  setTimeout(poll, wait);
}

setTimeout(poll, EVERY_MS);
