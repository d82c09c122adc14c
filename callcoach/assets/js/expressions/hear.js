// Plays the part of a call where words were said: one sound at a time, stopped where it ends.

const audio = new Audio();
audio.preload = "none";
let playing = null;

function show(button, isPlaying) {
  button.classList.toggle("is-playing", isPlaying);
  button.setAttribute("aria-label", isPlaying ? button.dataset.pauseLabel : button.dataset.playLabel);
}

function stop() {
  audio.pause();
  if (playing) show(playing, false);
  playing = null;
}

function play(button) {
  stop();
  const from = Number(button.dataset.from);
  playing = button;
  show(button, true);
  const begin = () => {
    audio.currentTime = from;
    audio.play().catch(stop);
  };
  if (audio.getAttribute("src") === button.dataset.hearPart && audio.readyState > 0) {
    begin();
    return;
  }
  audio.src = button.dataset.hearPart;
  audio.addEventListener("loadedmetadata", begin, { once: true });
  audio.load();
}

audio.addEventListener("timeupdate", () => {
  if (playing && audio.currentTime >= Number(playing.dataset.to)) stop();
});
audio.addEventListener("ended", stop);
audio.addEventListener("error", stop);

function reveal() {
  for (const button of document.querySelectorAll("[data-hear-part][hidden]")) button.hidden = false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-hear-part]");
  if (!button) return;
  if (button === playing) stop();
  else play(button);
});
document.addEventListener("parts:shown", () => {
  stop();
  reveal();
});
reveal();
