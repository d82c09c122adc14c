// Which line of the script a note is about: the likely one is one key away (Alt with L), the others
// are found by their words; Alt with P proposes what is written as the line's new words.

const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

/**
 * @param {HTMLFormElement} form
 * @param {() => void} changed a line was chosen by a key
 * @returns {() => void} shows what the present choice needs
 */
export function mountLines(form, changed) {
  const place = form.querySelector("[data-note-line]");
  if (!place) return () => {};
  const list = place.querySelector("[data-line-list]");
  const search = place.querySelector("[data-line-search]");
  const take = place.querySelector("[data-line-take]");
  const now = place.querySelector("[data-line-now]");
  const words = place.querySelector("[data-line-words]");
  const likely = place.querySelector("[data-likely]");
  const proposes = words.querySelector("input");
  const choices = [...place.querySelectorAll("input[type=radio]")];
  const textOf = (choice) => choice.closest("label").querySelector("[data-line-text]")?.textContent ?? "";

  search.hidden = false;
  for (const key of place.querySelectorAll("[data-line-key]")) key.hidden = false;

  function show() {
    const chosen = choices.find((choice) => choice.checked);
    now.textContent = (chosen && textOf(chosen)) || now.dataset.none;
    words.hidden = !chosen?.value;
    if (words.hidden) proposes.checked = false;
    if (take) take.hidden = !words.hidden || list.open;
  }

  function choose(choice) {
    choice.checked = true;
    list.open = false;
    show();
    changed();
  }

  function filter() {
    const wanted = fold(search.value).split(/\s+/).filter(Boolean);
    let left = 0;
    for (const choice of choices) {
      const text = fold(textOf(choice));
      const fits = wanted.every((word) => text.includes(word));
      choice.closest("label").hidden = !fits;
      left += fits;
    }
    place.querySelector("[data-line-nothing]").hidden = left > 0;
  }

  take?.addEventListener("click", () => choose(likely));
  list.addEventListener("toggle", () => {
    if (list.open) search.focus();
    show();
  });
  for (const kind of ["input", "change"]) {
    search.addEventListener(kind, (event) => event.stopPropagation()); // finding is not writing
  }
  search.addEventListener("input", filter);
  place.addEventListener("keydown", (event) => {
    const picks = event.target === search || event.target.type === "radio";
    if (!list.open || !picks || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter") {
      const shown = choices.filter((choice) => !choice.closest("label").hidden);
      choose(event.target === search ? (shown.find((choice) => choice.value) ?? shown[0]) ?? choices[0] : event.target);
    } else if (event.key === "Escape") list.open = false;
    else if (event.key === "ArrowDown" && event.target === search) choices.find((choice) => !choice.closest("label").hidden)?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (!list.open) list.querySelector("summary").focus();
  });
  form.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.code === "KeyL") {
      if (take && !take.hidden) choose(likely);
      else {
        list.open = !list.open;
        if (list.open) search.focus(); // at once: the toggle event comes after the next key
      }
    } else if (event.code === "KeyP" && !words.hidden) {
      proposes.checked = !proposes.checked;
      changed();
    } else return;
    event.preventDefault();
  });
  form.addEventListener("change", show);
  show();
  return show;
}
