// The agent's form "I see it otherwise" ([data-dispute]): the moment that shows it is chosen by
// playing a call and pressing "here". Without script the time is typed.

import { send } from "../http.js";

/** @param {number} seconds @returns {string} minutes:seconds, as the server reads it */
function clockOf(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** @param {HTMLFormElement} form */
function mount(form) {
  const select = form.querySelector("[name=counter_call]");
  const at = form.querySelector("[name=at]");
  const quote = form.querySelector("[data-quote]");
  const sound = form.querySelector("[data-counter-sound]");
  const audio = sound.querySelector("audio");
  const here = form.querySelector("[data-here]");
  const audible = form.dataset.audible.split(" ");
  const addressOf = (pattern) => pattern.replace("/0/", `/${select.value}/`);
  let asked = 0;
  here.hidden = false;

  const showWords = async () => {
    const turn = ++asked;
    quote.textContent = "";
    if (!at.value || !at.checkValidity()) return;
    try {
      const query = new URLSearchParams({ at: at.value });
      const response = await send(`${addressOf(form.dataset.said)}?${query}`);
      if (!response.ok || turn !== asked) return;
      const said = await response.json();
      if (said.quote) quote.textContent = `« ${said.quote} »`;
    } catch {
      // the line broke: the time is sent all the same
    }
  };

  select.addEventListener("change", () => {
    audio.pause();
    at.value = "";
    quote.textContent = "";
    sound.hidden = !audible.includes(select.value);
    if (sound.hidden) audio.removeAttribute("src");
    else audio.src = addressOf(form.dataset.audio);
  });
  const mark = () => {
    at.value = clockOf(audio.currentTime);
    showWords();
  };
  here.addEventListener("click", mark);
  at.addEventListener("change", showWords);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "h" || event.ctrlKey || event.metaKey || event.altKey || sound.hidden) return;
    if (event.target.closest("input, textarea, select")) return;
    event.preventDefault();
    mark();
  });
  if (at.value) showWords();
}

for (const form of document.querySelectorAll("[data-dispute]")) mount(form);
