// What is written down on the fly, who is there, and the end. What was being written stays when a
// dialog is closed by mistake.

const PRESENCES = ["present", "remote", "absent"];

/**
 * @param {{root: HTMLElement, addresses: Record<string, string>, words: Record<string, string>,
 *   outbox: object, itemId: () => number | null,
 *   marked: (userId: number, presence: string) => void}} parts
 */
export function mountDialogs({ root, addresses, words, outbox, itemId, marked }) {
  const dialog = (name) => document.getElementById(`present-${name}`);
  const people = document.querySelector("[data-presence]");
  const written = root.querySelector("[data-written]");
  const writtenList = root.querySelector("[data-written-list]");

  for (const form of document.querySelectorAll("[data-write]")) {
    const kind = form.dataset.write;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const values = Object.fromEntries(new FormData(form));
      const text = values.text.trim();
      if (!text) return;
      const id = crypto.randomUUID();
      const before = outbox.refused.find((entry) => entry.id === form.dataset.instead);
      const body = { text, item_id: before ? before.body.item_id : itemId() };
      if (kind === "decision") {
        body.owner_id = Number(values.owner_id) || null;
        body.due_on = values.due_on || null;
      }
      const url = kind === "note" ? addresses.remarks : addresses.decisions;
      outbox.put({ id, kind, method: "PUT", url: `${url}${id}`, body });
      if (before) outbox.discard(before.id);
      delete form.dataset.instead;
      form.reset();
      form.closest("dialog").close();
    });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
  }

  const end = document.querySelector("[data-end]");
  end.addEventListener("submit", (event) => {
    let why = "";
    if (outbox.isOutOfDate) why = outbox.isLasting ? words.outOfDate : words.outOfDateHere;
    else if (outbox.waiting.length || outbox.isOffline) why = words.endWaits;
    else if (outbox.refused.length) why = words.endRefused;
    if (!why) return;
    event.preventDefault(); // what was done must be there before the minutes are written
    outbox.flush();
    const note = end.querySelector("[data-end-waits]");
    note.textContent = why;
    note.hidden = false;
  });

  /** Puts what was refused back where it was written. */
  function correct(entry) {
    const form = document.querySelector(`[data-write="${entry.kind}"]`);
    for (const [name, value] of Object.entries(entry.body)) {
      if (form.elements[name]) form.elements[name].value = value ?? "";
    }
    form.dataset.instead = entry.id;
    dialog(entry.kind).showModal();
  }

  /** What can be done with words that the server did not take, and why it did not. */
  function refusal(entry) {
    const box = document.createElement("div");
    box.className = "written-refused";
    const why = document.createElement("p");
    why.className = "small";
    why.textContent = `${words.notTaken} · ${entry.refused}`;
    const acts = { correct: () => correct(entry), again: () => outbox.again(entry.id), discard: () => outbox.discard(entry.id) };
    const buttons = Object.entries(acts).map(([name, act]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-link";
      button.textContent = words[name];
      button.setAttribute("aria-label", `${words[name]} : ${entry.body.text}`);
      button.addEventListener("click", act);
      return button;
    });
    box.append(why, ...buttons);
    return box;
  }

  const person = (one) => {
    const item = document.createElement("li");
    const name = document.createElement("span");
    name.textContent = one.name;
    const group = document.createElement("span");
    group.className = "presence-choices";
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", one.name);
    for (const presence of PRESENCES) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn";
      button.textContent = words[presence];
      button.dataset.mark = `${one.user_id}:${presence}`;
      button.setAttribute("aria-pressed", String(one.presence === presence));
      button.addEventListener("click", () => marked(one.user_id, presence));
      group.append(button);
    }
    item.append(name, group);
    return item;
  };

  function showPresence(facts) {
    const there = facts.presence.filter((one) => ["present", "remote"].includes(one.presence)).length;
    root.querySelector("[data-presence-count]").textContent = `${there}/${facts.presence.length}`;
    const print = JSON.stringify(facts.presence);
    if (people.dataset.print === print) return;
    people.dataset.print = print;
    const focused = document.activeElement?.dataset?.mark;
    people.replaceChildren(...facts.presence.map(person));
    if (!facts.presence.length) people.textContent = words.nobody;
    if (focused) people.querySelector(`[data-mark="${focused}"]`)?.focus();
  }

  /** What was written of this item, with what is still to be sent. */
  function showWritten(facts, queue) {
    const rows = [
      ...facts.remarks.map((one) => ({ ...one, kind: "note" })),
      ...facts.decisions.map((one) => ({ ...one, kind: "decision" })),
    ];
    for (const entry of queue.waiting) {
      if (entry.kind !== "note" && entry.kind !== "decision") continue;
      if (rows.some((one) => one.client_id === entry.id)) continue;
      rows.push({ ...entry.body, client_id: entry.id, kind: entry.kind, isWaiting: true });
    }
    const current = itemId();
    const shown = rows.filter((one) => one.item_id === current);
    // Of whatever item: it stays in sight until something was done with it
    for (const entry of outbox.refused) {
      shown.push({ ...entry.body, client_id: entry.id, kind: entry.kind, refused: entry });
    }
    const print = JSON.stringify(shown);
    written.hidden = !shown.length;
    if (writtenList.dataset.print === print) return;
    writtenList.dataset.print = print;
    writtenList.replaceChildren(
      ...shown.map((one) => {
        const item = document.createElement("li");
        const chip = document.createElement("span");
        chip.className = one.kind === "decision" ? "chip chip-busy" : "chip";
        chip.textContent = one.kind === "decision" ? words.decision : words.note;
        const text = document.createElement("span");
        text.textContent = [one.text, one.owner, one.due_on].filter(Boolean).join(" · ");
        item.append(chip, text);
        if (one.isWaiting) {
          const wait = document.createElement("span");
          wait.className = "muted small";
          wait.textContent = words.kept;
          item.append(wait);
        }
        if (one.refused) item.append(refusal(one.refused));
        return item;
      }),
    );
  }

  return {
    open(name) {
      dialog(name).showModal();
    },
    showWritten,
    show(facts, queue) {
      showPresence(facts);
      showWritten(facts, queue);
    },
  };
}
