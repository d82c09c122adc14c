// Has the server say how long the trial takes, shortly after each change of the plan. The form's
// htmx attributes say what is sent and where the answer goes; this says when.

/** Time without a keystroke after which it is computed, in milliseconds. */
const PAUSE_MS = 350;

export function mountPlan(form) {
  let timer = 0;
  const ask = () => window.htmx?.trigger(form, "trial-size");
  form.addEventListener("input", (event) => {
    if (event.target.name === "name") return;
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE_MS);
  });
}
