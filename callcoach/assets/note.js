// Entry of the pages of one note: the same form as on the desk, on a page of its own.

import "./css/note.scss";
import { mountNoteForm } from "./js/notes/form.js";

const form = document.querySelector("[data-note-form]");
if (form) {
  const back = form.querySelector("[data-note-close]").href;
  mountNoteForm(form, {
    onSent: (answer) => window.location.assign(answer.note?.show ?? back),
    onClose: () => window.location.assign(back),
  });
}
