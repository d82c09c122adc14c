// A drill of the ear: [data-ear]. Press, or the space bar, where it turns while the passage plays.

/** @param {number} ms */
function tenths(ms) {
  const text = (ms / 1000).toFixed(1);
  return document.documentElement.lang.startsWith("fr") ? text.replace(".", ",") : text;
}

/** @param {HTMLElement} step */
export function mountEar(step) {
  const ear = step.querySelector("[data-ear]");
  const audio = step.querySelector("audio");
  const button = ear.querySelector("[data-tap]");
  const list = ear.querySelector("[data-taps]");
  const values = ear.querySelector("[data-tap-values]");
  const note = ear.querySelector("[data-tap-note]");
  const start = Number(ear.dataset.earStart);
  let taps = [];

  const show = () => {
    values.value = taps.map((tap) => start + tap).join(" ");
    note.textContent = taps.length ? "" : note.dataset.none;
    list.replaceChildren(
      ...taps.map((tap) => {
        const item = document.createElement("li");
        const remove = document.createElement("button");
        remove.type = "button";
        remove.className = "btn btn-quiet num";
        remove.textContent = `${tenths(tap)} s ×`;
        remove.setAttribute("aria-label", list.dataset.remove.replace("%s", `${tenths(tap)} s`));
        remove.addEventListener("click", () => {
          taps = taps.filter((other) => other !== tap);
          show();
          (list.querySelector("button") ?? button).focus();
        });
        item.append(remove);
        return item;
      }),
    );
    ear.dispatchEvent(new CustomEvent("taps", { bubbles: true }));
  };

  const tap = () => {
    if (!audio) return;
    if (audio.paused && audio.currentTime === 0) {
      audio.play().catch(() => {}); // the first press starts it
      return;
    }
    const at = Math.round(audio.currentTime * 1000);
    if (!taps.includes(at)) taps = [...taps, at].sort((one, other) => one - other);
    show();
  };

  button.hidden = !audio;
  button.addEventListener("click", tap);
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("button, a, input, textarea, select, summary, audio") && event.target !== button) return;
    event.preventDefault();
    tap();
  });
  // the space bar on the button itself would press it a second time when it is let go
  button.addEventListener("keyup", (event) => {
    if (event.key === " ") event.preventDefault();
  });
  show();

  const offer = () => {
    for (const from of document.querySelectorAll("[data-hear-from]")) {
      from.hidden = !audio;
      from.onclick = () => {
        audio.currentTime = Math.max(0, Number(from.dataset.hearFrom) - 2);
        audio.play().catch(() => {});
      };
    }
  };
  document.addEventListener("tries:shown", offer);
  offer();
}
