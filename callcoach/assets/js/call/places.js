// Places of a call that parts of other rooms name: `data-play-at` holds milliseconds. Without scripts
// they are links to the same page at that moment.

/**
 * @param {HTMLElement} root
 * @param {import("./player.js").Player} player
 */
export function mountPlaces(root, player) {
  root.addEventListener("click", (event) => {
    const place = event.target.closest("[data-play-at]");
    if (!place || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    player.playFrom(Number(place.dataset.playAt));
  });
}
