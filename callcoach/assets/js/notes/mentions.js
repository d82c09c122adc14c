// Typing @ in a field offers the people who can be told: arrows choose, Enter or Tab writes the name,
// Escape leaves it. For a screen reader the field controls a list and says which of it is chosen.

const MOST = 6;
let lists = 0;

/** As names are compared: without accents and capitals. @param {string} text */
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/**
 * The name that is being typed before the caret: where its @ is, and what follows it.
 *
 * @param {string} text @param {number} caret
 * @returns {{at: number, typed: string} | null}
 */
export function beingNamed(text, caret) {
  const at = text.lastIndexOf("@", caret - 1);
  if (at < 0 || (at > 0 && /[\p{L}\p{N}_.@]/u.test(text[at - 1]))) return null;
  const typed = text.slice(at + 1, caret);
  return /^[\p{L}\p{M}'’. -]{0,40}$/u.test(typed) && !/^\s/.test(typed) ? { at, typed } : null;
}

/**
 * Who is offered: names of which a word begins as typed.
 *
 * @param {{handle: string}[]} people @param {string} typed
 */
export function offered(people, typed) {
  const wanted = plain(typed);
  return people
    .filter(({ handle }) => {
      const name = plain(handle);
      return name.startsWith(wanted) || name.split(/[\s-]+/).some((word) => wanted && word.startsWith(wanted));
    })
    .slice(0, MOST);
}

/**
 * @param {HTMLTextAreaElement} field
 * @param {() => {handle: string, role?: string}[]} people asked each time
 * @param {string} label of the list
 */
export function offerNames(field, people, label) {
  const list = document.createElement("ul");
  list.id = `names-${(lists += 1)}`;
  list.className = "name-list";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", label);
  field.after(list);
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-haspopup", "listbox");
  let place = null;
  let found = [];
  let chosen = 0;

  function close() {
    if (list.hidden) return;
    list.hidden = true;
    for (const name of ["aria-controls", "aria-activedescendant"]) field.removeAttribute(name);
  }

  function mark() {
    for (const [index, item] of [...list.children].entries()) {
      item.setAttribute("aria-selected", String(index === chosen));
      if (index === chosen) {
        field.setAttribute("aria-activedescendant", item.id);
        item.scrollIntoView({ block: "nearest" });
      }
    }
  }

  function show() {
    place = field.selectionStart === field.selectionEnd ? beingNamed(field.value, field.selectionStart) : null;
    found = place ? offered(people(), place.typed) : [];
    // A name that is written out needs no list any more
    if (!found.length || (found.length === 1 && place.typed === found[0].handle)) return close();
    list.replaceChildren(
      ...found.map(({ handle, role }, index) => {
        const item = document.createElement("li");
        item.id = `${list.id}-${index}`;
        item.setAttribute("role", "option");
        item.textContent = handle;
        if (role) {
          const what = document.createElement("span");
          what.className = "muted xs";
          what.textContent = ` ${role}`;
          item.append(what);
        }
        item.addEventListener("pointerdown", (event) => {
          event.preventDefault(); // the field keeps the focus
          take(index);
        });
        return item;
      }),
    );
    chosen = 0;
    list.hidden = false;
    field.setAttribute("aria-controls", list.id);
    mark();
    return undefined;
  }

  function take(index) {
    const { handle } = found[index];
    field.setRangeText(`${handle} `, place.at + 1, field.selectionStart, "end");
    close();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    close();
  }

  field.addEventListener("input", show);
  field.addEventListener("click", show);
  field.addEventListener("blur", close);
  field.addEventListener(
    "keydown",
    (event) => {
      if (list.hidden || event.isComposing) return;
      const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const takes = (event.key === "Enter" || event.key === "Tab") && !event.ctrlKey && !event.metaKey && !event.altKey;
      if (by) {
        chosen = (chosen + by + found.length) % found.length;
        mark();
      } else if (takes) take(chosen);
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
      event.stopImmediatePropagation(); // neither sends nor leaves the note
    },
    true,
  );
}
