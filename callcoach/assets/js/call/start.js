// Ringing and greeting are skipped: the sound starts where the conversation proper does. A quiet
// line says so while nothing was played, and offers the beginning.

/**
 * @param {HTMLElement} desk
 * @param {object} data the page's data; `talkStart` in milliseconds
 * @param {import("./player.js").Player} player
 * @param {number} asked where the address wants to be, in seconds; NaN or 0 for nowhere
 * @returns {() => void} go to the beginning of the call
 */
export function mountStart(desk, data, player, asked) {
  const hint = desk.querySelector("[data-start-hint]");
  const leave = () => {
    if (hint) hint.hidden = true;
  };
  const fromBeginning = () => {
    leave();
    player.playFrom(0);
  };
  if (asked > 0) player.seek(asked * 1000);
  else if (data.talkStart > 0) {
    player.seek(data.talkStart);
    if (hint) hint.hidden = false;
  }
  hint?.querySelector("button")?.addEventListener("click", fromBeginning);
  player.on("jump", leave);
  player.on("state", (isPlaying) => isPlaying && leave());
  return fromBeginning;
}
