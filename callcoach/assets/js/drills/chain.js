// Choosing lines of a call: says how many are chosen, and keeps to the most there may be.

const form = document.querySelector("[data-chain]");

function count() {
  const boxes = [...form.querySelectorAll("input[name=turns]")];
  const chosen = boxes.filter((box) => box.checked).length;
  const { least, most } = form.dataset;
  for (const box of boxes) box.disabled = !box.checked && chosen >= Number(most);
  form.querySelector("button").setAttribute("aria-disabled", String(chosen < Number(least)));
  const told = form.querySelector("[data-chain-count]");
  told.textContent = told.dataset.text.replace("%s", String(chosen));
}

if (form) {
  form.addEventListener("change", count);
  form.addEventListener("submit", (event) => {
    if (form.querySelector("button[aria-disabled=true]")) event.preventDefault();
  });
  count();
}
