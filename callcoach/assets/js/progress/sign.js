// Whoever fills in a way to tell means it: [data-sign] chooses the radio beside what is changed.

/** @param {HTMLFormElement} form */
export function mountSign(form) {
  form.addEventListener("input", (event) => {
    const radio = event.target.closest(".sign-way")?.querySelector("input[type=radio]");
    if (radio && event.target !== radio) radio.checked = true;
  });
}
