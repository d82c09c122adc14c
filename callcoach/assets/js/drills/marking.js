// Answering tries without the mouse: 1, 2, 3 give the mark and go on, Space plays the try, o what
// was said then, p the prospect, r writes a remark, n goes to the next one.

const form = document.querySelector("[data-marking]");

/** @param {string} key */
function play(key) {
  const player = [...document.querySelectorAll("[data-player-key]")].find((one) =>
    key === " " ? one.closest(".is-answer") : one.dataset.playerKey === key,
  );
  player?.querySelector("[data-play]")?.click();
  return Boolean(player);
}

document.addEventListener("keydown", (event) => {
  if (!document.querySelector("[data-tries]") || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const typing = event.target.closest("textarea, input, select");
  if (typing) {
    if (event.key === "Escape") typing.blur();
    return;
  }
  if (event.key === " " && event.target.closest("button, a, summary, audio")) return;
  const mark = form?.querySelector(`[data-mark-key="${CSS.escape(event.key)}"]`);
  let done = true;
  if (mark) form.requestSubmit(mark);
  else if (event.key === "r" && form) form.elements.remark.focus();
  else if (event.key === "n") document.querySelector("[data-next-try]")?.click();
  else if ([" ", "o", "p"].includes(event.key)) done = play(event.key);
  else done = false;
  if (done) event.preventDefault();
});
