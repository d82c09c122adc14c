// [data-open-dialog="id"] opens the native <dialog>; [data-close-dialog] inside it closes it.
// The browser keeps the focus inside, closes on Escape and gives the focus back.

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open-dialog]");
  if (opener) {
    event.preventDefault();
    document.getElementById(opener.dataset.openDialog)?.showModal();
    return;
  }
  if (event.target.closest("[data-close-dialog]")) {
    event.preventDefault();
    event.target.closest("dialog")?.close();
  } else if (event.target.matches("dialog[open]")) {
    event.target.close(); // a click on the backdrop lands on the dialog itself
  }
});
