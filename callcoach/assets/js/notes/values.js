// What a note's form holds, as plain values. No document of its own here: node can test `merge`.

/** Everything a person can change; the same names as the server's. */
export const FIELDS = [
  ...["channel", "start_ms", "end_ms", "quote", "hears", "instead", "cause", "aim", "visibility"],
  ...["scope", "readers", "other_calls"],
  ...["script_line_id", "proposes_wording"],
];
const TEXTS = new Set(["quote", "hears", "instead"]);
/** Boxes that are ticked: their numbers, ascending, with commas, as an array of them is written. */
const LISTS = new Set(["readers", "other_calls"]);
/** One box, ticked or not. */
const FLAGS = new Set(["proposes_wording"]);

/** @param {HTMLFormElement} form @param {string} name */
const boxes = (form, name) => [...form.querySelectorAll(`input[type=checkbox][name="${name}"]`)];

/** @param {HTMLFormElement} form @param {string} name */
function read(form, name) {
  if (FLAGS.has(name)) return form.elements[name]?.checked ? "true" : "";
  if (!LISTS.has(name)) return form.elements[name]?.value ?? "";
  const ticked = boxes(form, name).filter((box) => box.checked);
  const numbers = ticked.map((box) => Number(box.value)).sort((one, other) => one - other);
  return numbers.join(",");
}

/** @param {HTMLFormElement} form */
export function readValues(form) {
  return Object.fromEntries(FIELDS.map((name) => [name, read(form, name)]));
}

/** @param {HTMLFormElement} form @param {Record<string, unknown>} values */
export function writeValues(form, values) {
  for (const name of FIELDS) {
    if (!(name in values)) continue;
    if (LISTS.has(name)) {
      const wanted = new Set(String(values[name]).split(","));
      for (const box of boxes(form, name)) box.checked = wanted.has(box.value);
    } else if (FLAGS.has(name)) {
      if (form.elements[name]) form.elements[name].checked = clean(values[name]) === "true";
    } else if (form.elements[name]) form.elements[name].value = String(values[name] ?? "");
  }
}

/** Spaces at the ends do not count: the server removes them. */
export function sameValues(one, other) {
  return FIELDS.every((name) => clean(one[name]) === clean(other[name]));
}

/** A box that is not ticked is told as nothing, or as false. */
const clean = (value) => String(value === false ? "" : (value ?? "")).replaceAll("\r\n", "\n").trim();

/**
 * Both people's changes to one note. Where only one of them changed a field, that is taken; where
 * both did, a text keeps both, mine first, and a choice keeps mine.
 *
 * @param {Record<string, string>} base what both started from
 * @param {Record<string, string>} mine
 * @param {Record<string, string>} theirs
 */
export function merge(base, mine, theirs) {
  const merged = {};
  for (const name of FIELDS) {
    const [was, own, other] = [base, mine, theirs].map((values) => clean(values[name]));
    if (own === other || other === was) merged[name] = own;
    else if (own === was) merged[name] = other;
    else if (TEXTS.has(name) && own && other) merged[name] = `${own}\n${other}`;
    else merged[name] = own || other;
  }
  return merged;
}
