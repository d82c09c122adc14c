// In the form of a promise, fields of one kind only are shown with that kind; without script all of
// them are, each with what it is for.

for (const form of document.querySelectorAll("[data-promise-form]")) {
  const kind = form.elements.namedItem("kind");
  if (!kind) continue;
  const show = () => {
    for (const part of form.querySelectorAll("[data-for-kind]")) {
      part.hidden = part.dataset.forKind !== kind.value;
    }
  };
  kind.addEventListener("change", show);
  show();
}
