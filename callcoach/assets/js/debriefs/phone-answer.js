// The field to answer in: [data-answer]. What is typed is kept with every letter; what is sent is said
// to be sent once the server has it, and not before.

/** @returns {string} an id that no other answer has */
function newId(fallback) {
  return globalThis.crypto?.randomUUID?.() ?? fallback; // not offered without https
}

/**
 * @param {HTMLFormElement} form
 * @param {import("./phone-queue.js").Queue} queue
 * @param {(item: string) => void} [onSent]
 */
export function mountAnswer(form, queue, onSent = () => {}) {
  const id = `answer:${form.dataset.answer}`;
  const field = form.elements.text;
  const named = form.elements.is_named;
  const state = form.querySelector("[data-answer-state]");
  let edition = Number(form.dataset.edition);
  let clientId = edition ? form.elements.client_id.value : "";
  let sent = { text: form.dataset.sent, is_named: named.checked };
  const waiting = queue.find(id);
  if (waiting && waiting.body.edition > edition) {
    field.value = waiting.body.text;
    named.checked = waiting.body.is_named;
    edition = waiting.body.edition;
    clientId = waiting.body.client_id;
  } else if (waiting) {
    queue.forget(id); // the server has a later one
  }
  const draft = queue.draft(id);
  if (draft !== null) field.value = draft;

  const say = (word, more = "") => {
    const text = word ? form.dataset[word] : "";
    state.dataset.state = word;
    state.textContent = more ? `${text} ${more}` : text;
  };
  const isSent = () =>
    sent.text !== "" && field.value.trim() === sent.text && named.checked === sent.is_named;
  const show = () => {
    const entry = queue.find(id);
    const isKept =
      entry && entry.body.text === field.value.trim() && entry.body.is_named === named.checked;
    if (isKept && entry.refused) say("wordRefused", entry.refused === "?" ? "" : entry.refused);
    else if (isKept) say("wordKept");
    else if (isSent()) say("wordSent");
    else say(sent.text || field.value ? "wordChanged" : "");
  };
  show();

  field.addEventListener("input", () => {
    queue.keepDraft(id, field.value);
    show();
  });
  named.addEventListener("change", show);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value.trim();
    // Catching up, what was answered before opens what happened all the same
    if (!text || (isSent() && !("always" in form.dataset))) return show();
    edition += 1;
    clientId ||= newId(form.elements.client_id.value);
    const body = { client_id: clientId, edition, text, is_named: named.checked };
    queue.forgetDraft(id);
    return queue.put(id, form.action, body);
  });
  // Only the form that is in the page listens: an older one is gone with its item
  queue.listen((told, name, detail) => {
    if (told !== id || !form.isConnected) return;
    if (name === "sent") {
      sent = { text: detail.text, is_named: detail.is_named };
      show();
      onSent(form.dataset.answer);
    } else if (name === "sending") say("wordSending");
    else show();
  });
}

/**
 * What happened is shown before somebody had sent what they wrote: it is not lost. [data-unsent]
 *
 * @param {HTMLElement} box
 * @param {import("./phone-queue.js").Queue} queue
 */
export function mountUnsent(box, queue) {
  const id = `answer:${box.dataset.unsent}`;
  const text = queue.draft(id)?.trim() ?? "";
  if (!text || text === box.dataset.own || queue.find(id)) return;
  box.querySelector("blockquote").textContent = text;
  box.hidden = false;
  box.querySelector("button").addEventListener("click", () => {
    box.hidden = true;
    queue.forgetDraft(id);
    queue.put(id, box.dataset.url, {
      client_id: box.dataset.client,
      edition: Number(box.dataset.edition) + 1,
      text,
      is_named: box.dataset.named === "1",
    });
  });
}
