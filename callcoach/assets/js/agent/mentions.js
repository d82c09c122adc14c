// An answer under a note: an @ offers the people who can be told.

import { offerNames } from "../notes/mentions.js";

for (const field of document.querySelectorAll("textarea[data-mentions]")) {
  const people = JSON.parse(field.dataset.mentions);
  offerNames(field, () => people, field.dataset.people ?? "");
}
