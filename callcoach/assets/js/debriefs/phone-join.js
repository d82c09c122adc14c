// Saying that one is there, in the room or from afar: [data-join]. It waits on this phone too.

/**
 * @param {HTMLFormElement} form
 * @param {import("./phone-queue.js").Queue} queue
 */
export function mountJoin(form, queue) {
  const id = `join:${new URL(form.action).pathname}`;
  const state = form.querySelector("[data-join-state]");
  const say = (isKept) => {
    state.textContent = isKept ? form.dataset.waits : "";
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    queue.put(id, form.action, { presence: event.submitter.value });
  });
  queue.listen((told, name, detail) => {
    if (told !== id) return;
    say(name === "kept");
    if (name === "refused") state.textContent = detail;
    if (name !== "sent") return;
    for (const button of form.querySelectorAll("[name=presence]")) {
      const isIt = button.value === detail.presence;
      button.setAttribute("aria-pressed", String(isIt));
      button.classList.remove("btn-primary");
      if (isIt) {
        form.closest("details").querySelector("summary").textContent = `✓ ${button.dataset.said}`;
      }
    }
    form.closest("details").open = false;
  });
}
