// The order of photos by pointer and by keyboard. What moves is the same form post as the arrow buttons: the server's
// answer replaces the panel, and everything typed went along.
import { enliven, tell, token } from "../live.js";

export default function sortable(strip) {
  const form = strip.closest("form");
  const panel = strip.closest("section");
  let held = null;

  const items = () => [...strip.querySelectorAll("li[data-photo]")];
  const uploading = () => strip.querySelector("li[data-waits]");

  async function send(name, value, focus) {
    if (uploading()) { tell("Tunggu sampai foto selesai diunggah."); return; }
    if (panel.getAttribute("aria-busy")) return;
    panel.setAttribute("aria-busy", "true");
    const body = new FormData(form);
    body.delete("photos");
    body.append(name, value);
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { "X-CSRFToken": token() } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(panel.id);
      if (!fresh) throw new Error(`answer ${answer.status} without the photos`);
      panel.replaceWith(fresh);
      enliven(fresh.parentElement);
      const revision = fresh.querySelector('input[name="revision"]').value;
      form.dispatchEvent(new CustomEvent("kentongan:revision", { detail: { revision } }));
      form.dispatchEvent(new CustomEvent("kentongan:photos"));
      const all = [...fresh.querySelectorAll(".strip li[data-photo]")];
      const here = all.findIndex((item) => item.dataset.photo === focus);
      if (here >= 0) {
        all[here].querySelector("a.frame").focus();
        tell(`Foto sekarang di urutan ${here + 1} dari ${all.length}.`);
      } else {
        fresh.querySelector("input[type=file]").focus();
        tell(`Foto dihapus. Tinggal ${all.length} foto.`);
      }
    } catch (error) {
      panel.removeAttribute("aria-busy");
      tell("Urutan belum berubah: sambungan terputus. Coba lagi.");
      console.warn("sortable", error);
    }
  }

  function move(item, to) {
    const id = item.dataset.photo;
    if (to >= 1 && to <= items().length && to !== items().indexOf(item) + 1) send("move", `${id}:${to}`, id);
  }

  strip.addEventListener("click", (event) => {
    const button = event.target.closest('button[name="move"], button[name="drop"]');
    if (!button) return;
    event.preventDefault();
    const id = button.closest("li").dataset.photo;
    send(button.name, button.value, button.name === "move" ? id : "");
  });

  // On a photo: the arrow keys move it, as a screen reader is told by the strip's label.
  strip.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const item = event.target.closest("a.frame")?.closest("li[data-photo]");
    if (!step || !item || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    move(item, items().indexOf(item) + 1 + step);
  });

  strip.addEventListener("dragstart", (event) => {
    held = event.target.closest("li[data-photo]");
    if (!held) return;
    held.classList.add("dragging");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", held.dataset.photo);
  });
  strip.addEventListener("dragover", (event) => {
    const over = event.target.closest("li[data-photo]");
    if (!held || !over) return;
    event.preventDefault();
    for (const item of items()) item.classList.toggle("over", item === over && item !== held);
  });
  strip.addEventListener("drop", (event) => {
    const over = event.target.closest("li[data-photo]");
    if (!held || !over || over === held) return;
    event.preventDefault();
    move(held, items().indexOf(over) + 1);
  });
  strip.addEventListener("dragend", () => {
    for (const item of items()) item.classList.remove("dragging", "over");
    held = null;
  });
  strip.setAttribute("aria-label", "Urutan foto. Pindahkan foto dengan panah kiri dan kanan.");
}
