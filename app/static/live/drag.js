// Moving a post to another day of the calendar, by pointer or from its grip by arrow keys (a day, a week). What is sent
// is the post's own "Ubah jadwal" form; the clock time stays.
import { swap, tell, token } from "../live.js";

export default function drag(panel) {
  let held = null;
  const days = () => [...panel.querySelectorAll("[data-date]")];
  const day = (element) => element.closest?.("[data-date]");

  async function move(card, date) {
    if (!date || date === card.dataset.day || panel.classList.contains("moving")) return;
    panel.classList.add("moving");
    panel.setAttribute("aria-busy", "true");
    const name = card.dataset.name;
    const body = new FormData();
    body.append("day", date);
    body.append("hour", card.dataset.hour);
    try {
      const answer = await fetch(`${card.querySelector(".body a").pathname}/waktu`, {
        method: "POST", body, headers: { "X-CSRFToken": token() },
      });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const notice = page.querySelector("main .notice[role], main .notice.fail");
      const words = notice?.textContent.trim().replace(/\s+/g, " ");
      await swap("#kalender", location.href);
      const fresh = document.querySelector(`#kalender [data-post="${card.dataset.post}"] .grip`);
      fresh?.focus();
      said(answer.ok ? `${name}: ${words ?? "dipindahkan."}` : `${name} tidak dipindahkan. ${words ?? ""}`, answer.ok);
    } catch (error) {
      said(`${name} tidak dipindahkan: sambungan terputus.`, false);
      console.warn("drag", error);
    } finally {
      panel.classList.remove("moving");
      panel.removeAttribute("aria-busy");
    }
  }

  // Said aloud, and shown where it stays.
  function said(words, well) {
    document.getElementById("dipindah")?.remove();
    const box = document.createElement("section");
    box.id = "dipindah";
    box.className = `notice small ${well ? "ok" : "fail"}`;
    box.append(document.createElement("p"));
    box.firstChild.textContent = words;
    document.getElementById("kalender").before(box);
    tell(words);
  }

  function clear() {
    for (const each of days()) each.classList.remove("over");
  }

  panel.addEventListener("dragstart", (event) => {
    held = event.target.closest?.("[data-post]");
    if (!held) return;
    held.classList.add("dragging");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", held.dataset.post);
  });
  panel.addEventListener("dragover", (event) => {
    const over = day(event.target);
    if (!held || !over) return;
    event.preventDefault();
    clear();
    over.classList.add("over");
  });
  panel.addEventListener("drop", (event) => {
    const over = day(event.target);
    if (!held || !over) return;
    event.preventDefault();
    move(held, over.dataset.date);
  });
  panel.addEventListener("dragend", () => {
    held?.classList.remove("dragging");
    held = null;
    clear();
  });
  panel.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key];
    const card = event.target.closest?.("[data-post]");
    if (!step || !card || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const at = days().findIndex((each) => each.dataset.date === card.dataset.day);
    move(card, days()[at + step]?.dataset.date);
  });
}
