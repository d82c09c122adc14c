// A day that is typed chooses the option it belongs to: nobody should have to do both.

for (const field of document.querySelectorAll("[data-picks]")) {
  field.addEventListener("input", () => {
    const option = document.getElementById(field.dataset.picks);
    if (option instanceof HTMLInputElement && field.value) option.checked = true;
  });
}
