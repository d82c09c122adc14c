// What screen readers are told and eyes see anyway.

/** @param {string} text read out once; "" says nothing */
export function announce(text) {
  const region = document.querySelector("[data-announce]");
  if (!region || !text) return;
  region.textContent = "";
  requestAnimationFrame(() => {
    region.textContent = text; // the same sentence twice is read twice
  });
}
