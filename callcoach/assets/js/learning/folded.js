// Opens the folded list that the address points at, or that holds what it points at: after a save
// one comes back to where one was.

function open() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (let at = target; at; at = at.parentElement) {
    if (at instanceof HTMLDetailsElement) at.open = true;
  }
  target.scrollIntoView({ block: "start" });
}

addEventListener("hashchange", open);
open();
