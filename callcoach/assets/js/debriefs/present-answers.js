// How many have answered, and once it is revealed what they wrote; the host can hide one.

import { send } from "../http.js";
import { toast } from "../toasts.js";

/**
 * @param {HTMLElement} root
 * @param {Record<string, string>} addresses
 * @param {Record<string, string>} words
 * @param {() => void} changed
 */
export function mountAnswers(root, addresses, words, changed) {
  const box = root.querySelector("[data-answers]");
  const list = box.querySelector("[data-answer-list]");
  let hidden = [];

  const post = async (id, what) => {
    try {
      const response = await send(`${addresses.answers}${id}/${what}`, { method: "POST" });
      if (!response.ok) throw new Error(String(response.status));
      if (what === "hide") toast({ message: words.isHidden });
      changed();
    } catch {
      toast({ message: document.body.dataset.offline, category: "error" });
    }
  };

  const row = (answer) => {
    const item = document.createElement("li");
    const text = document.createElement("p");
    text.textContent = answer.text;
    item.append(text);
    if (answer.name) {
      const name = document.createElement("span");
      name.className = "answer-name";
      name.textContent = answer.name;
      item.append(name);
    }
    const hide = document.createElement("button");
    hide.type = "button";
    hide.className = "btn btn-link answer-hide";
    hide.textContent = words.hide;
    hide.setAttribute("aria-label", `${words.hide} : ${answer.text}`);
    hide.addEventListener("click", () => post(answer.id, "hide"));
    item.append(hide);
    return item;
  };

  box.querySelector("[data-unhide]").addEventListener("click", () => hidden.forEach((id) => post(id, "show")));

  return {
    show(facts, asks, isRevealed) {
      const there = facts.presence.filter((one) => ["present", "remote"].includes(one.presence)).length;
      box.hidden = !asks || (facts.item.phase === "shown" && !facts.answer_count);
      const count = box.querySelector("[data-answer-count]");
      if (count.textContent !== String(facts.answer_count)) count.textContent = facts.answer_count;
      box.querySelector("[data-answer-of]").textContent = there ? ` ${words.of.replace("{count}", there)}` : "";
      box.querySelector("[data-answers-wait]").hidden = isRevealed;
      hidden = facts.answers.filter((one) => one.is_hidden).map((one) => one.id);
      const visible = isRevealed ? facts.answers.filter((one) => !one.is_hidden) : [];
      const print = JSON.stringify(visible);
      if (list.dataset.print !== print) {
        list.dataset.print = print; // an unchanged list keeps its focus
        list.replaceChildren(...visible.map(row));
      }
      box.querySelector("[data-hidden-answers]").hidden = !hidden.length;
      box.querySelector("[data-hidden-text]").textContent = words.hidden.replace("{count}", hidden.length);
    },
  };
}
