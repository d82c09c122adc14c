// The whole call under a closer look at a part of it: moments and notes as ticks, and the part that
// is seen as a window, which a click or a drag moves.

/**
 * @param {HTMLElement} root [data-minimap]
 * @param {HTMLElement} scroller what the window shows a part of
 * @param {object} data the page's data
 */
export function createMinimap(root, scroller, data) {
  const canvas = root.querySelector("canvas");
  const frame = root.querySelector("[data-minimap-window]");
  const playhead = root.querySelector("[data-minimap-playhead]");
  let wide = 0; // px

  function paint() {
    const ratio = window.devicePixelRatio || 1;
    const height = root.clientHeight;
    canvas.width = wide * ratio;
    canvas.height = height * ratio;
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    const colours = getComputedStyle(root);
    const colour = (name) => colours.getPropertyValue(name).trim();
    const x = (ms) => (ms / data.durationMs) * wide;
    context.globalAlpha = 0.35;
    for (const turn of data.turns) {
      const isAgent = turn.speaker === "agent";
      context.fillStyle = colour(isAgent ? "--agent" : "--prospect");
      context.fillRect(x(turn.start), isAgent ? height / 2 - 4 : height / 2, Math.max(0.5, x(turn.end - turn.start)), 4);
    }
    const tick = (item, name, top, tall) => {
      context.globalAlpha = item.decision === "rejected" ? 0.3 : 1;
      context.fillStyle = colour(name);
      context.fillRect(x(item.start) - 1, top, 2, tall);
    };
    for (const moment of data.moments) {
      tick(moment, moment.valence === "negative" ? "--break" : "--click", 0, height / 2);
    }
    for (const note of data.notes) tick(note, "--accent", height / 2, height / 2);
    for (const request of data.requests) {
      if (typeof request.start === "number") tick(request, "--ink", height / 2, height / 2);
    }
  }

  function go(event) {
    const box = root.getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    scroller.scrollLeft = share * scroller.scrollWidth - scroller.clientWidth / 2;
  }
  root.addEventListener("pointerdown", (event) => {
    root.setPointerCapture(event.pointerId);
    go(event);
  });
  root.addEventListener("pointermove", (event) => {
    if (root.hasPointerCapture(event.pointerId)) go(event);
  });

  return {
    /** @param {boolean} isNeeded while the call is seen as a whole there is nothing to map */
    draw(isNeeded) {
      root.hidden = !isNeeded;
      if (!isNeeded) return;
      wide = root.clientWidth;
      paint();
    },
    /** The part that is seen, all in pixels of what is scrolled. */
    scrolled(left, visible, width) {
      frame.style.width = `${(visible / width) * 100}%`;
      frame.style.transform = `translateX(${(left / width) * wide}px)`;
    },
    /** @param {number} ms of the playhead */
    move(ms) {
      playhead.style.transform = `translateX(${(ms / data.durationMs) * wide}px)`;
    },
  };
}
