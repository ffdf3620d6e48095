// The inbox from the keyboard: move, pick, sort, answer, put away, undo, without leaving the list. Only outside of
// fields and only inside the page's content; "?" lists the keys and switches them off (WCAG 2.1.4).
import { swap, tell, token } from "../live.js";
import { uncover, visit } from "./inbox.js";

const KINDS = { 1: "keluhan", 2: "pertanyaan", 3: "aspirasi", 4: "kritik", 5: "pujian", 6: "spam" };
const OFF = "kentongan-tanpa-pintasan";
let place = 0; // the row one was at last, by its number: rows change under the hand
let busy = false;
let listening = false;

const rows = () => [...document.querySelectorAll(".pile > ol > li")];
const pick = (row) => row?.querySelector('[name="pick"]');
const off = () => { try { return localStorage.getItem(OFF) === "ya"; } catch { return false; } };

/** The row the keys speak of: the focused one, else the opened one, else where one was. On an item's page that the
 * list does not hold: none, so that nothing is ever decided about another item than the one that is read. */
function current() {
  const all = rows();
  const focused = document.activeElement?.closest?.(".pile > ol > li");
  if (focused) return focused;
  const reads = document.querySelector('.desk[data-show="item"]') ?? document.activeElement?.closest?.(".talkpane, .side");
  return reads ? document.querySelector(".pile li.open") : all[Math.min(place, all.length - 1)];
}

/** Go to a part of the item the keys speak of; already open, nothing typed there is loaded away. */
function go(hash) {
  const link = current()?.querySelector("a");
  if ((!link || link.pathname === location.pathname) && uncover(hash)) return;
  if (link) visit(link.href + hash);
}

function stand(number) {
  const all = rows();
  if (!all.length) { document.querySelector("#isi h1")?.focus(); return; }
  place = Math.max(0, Math.min(number, all.length - 1));
  const link = all[place].querySelector("a");
  link.focus({ preventScroll: true });
  all[place].scrollIntoView({ block: "nearest" });
}

function move(step) {
  const row = current();
  const inside = document.activeElement?.closest?.(".pile > ol > li, .talkpane, .side");
  stand(inside && row ? rows().indexOf(row) + step : place); // the first key only says where one is
}

/** Send what was decided about the picked rows, or about this one, and stand on the next. */
async function decide(changes) {
  const form = document.getElementById("banyak");
  const row = current();
  if (!row) tell("Tulisan ini tidak ada di daftar yang tampil. Pakai tombol di halamannya.");
  if (!form || !row) return;
  const picked = [...form.querySelectorAll('[name="pick"]:checked')];
  const ids = (picked.length ? picked : [pick(row)]).map((box) => box.value);
  const number = rows().indexOf(row);
  const body = new URLSearchParams([...Object.entries(changes), ...ids.map((id) => ["pick", id])]);
  await send(form.action, body);
  const here = pick(rows()[number])?.value;
  stand(here === pick(row).value ? number + 1 : number);
}

async function send(address, body) {
  busy = true;
  const main = document.getElementById("isi");
  main?.setAttribute("aria-busy", "true");
  try {
    const headers = { "X-Partial": "1", "X-CSRFToken": token() };
    const fresh = await swap("#isi", address, { method: "POST", headers, body });
    if (!fresh) { location.reload(); return; }
    tell(fresh.querySelector('[role="status"]')?.textContent.trim() ?? "");
  } catch {
    main?.removeAttribute("aria-busy");
    tell("Tidak ada sambungan. Belum ada yang berubah.");
  } finally {
    busy = false;
  }
}

const acts = {
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  x: () => { const box = pick(current()); if (box) { box.checked = !box.checked; box.dispatchEvent(new Event("change", { bubbles: true })); } },
  y: () => { const kind = current()?.dataset.saran; if (kind) decide({ do: "jenis", jenis: kind }); else tell("Tidak ada perkiraan untuk tulisan ini."); },
  t: () => decide({ do: "saya" }),
  a: () => decide({ do: "status", status: "diarsipkan" }),
  b: () => go("#balas"),
  h: () => go("#sembunyi"),
  z: async () => {
    const form = document.getElementById("urung");
    if (!form) { tell("Tidak ada yang dapat dibatalkan."); return; }
    await send(form.action, new URLSearchParams(new FormData(form)));
    stand(place);
  },
  u: () => { const back = document.getElementById("ke-daftar"); if (back) visit(back.href).then(() => stand(place)); },
  "/": () => document.getElementById("q")?.focus(),
  "?": () => document.getElementById("pintasan")?.showModal(),
};
for (const [digit, kind] of Object.entries(KINDS)) acts[digit] = () => decide({ do: "jenis", jenis: kind });

function typing(target) {
  return target.closest?.('input:not([type="checkbox"]), textarea, select, [contenteditable], dialog');
}

function listen() {
  if (listening) return;
  listening = true;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form?.id === "balas") {
      event.preventDefault();
      event.target.form.requestSubmit();
      return;
    }
    if (event.key === "Escape" && typing(event.target) && event.target.closest(".talkpane, .side")) { move(0); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    if (event.target !== document.body && !event.target.closest?.("#isi")) return;
    if (off() && event.key !== "?") return;
    // Arrows scroll the page, as everywhere, unless one stands on a row.
    if (event.key.startsWith("Arrow") && !event.target.closest?.(".pile > ol > li")) return;
    const act = acts[event.key];
    if (!act || event.repeat && !"jk".includes(event.key) && !event.key.startsWith("Arrow")) return;
    event.preventDefault();
    // Until the last decision is there the list is an old one: "z" would take back the one before, "1" would meet no row.
    if (busy) { tell("Sebentar, keputusan sebelumnya masih dikirim."); return; }
    act();
  });
}

export default function keys(opener) {
  listen();
  opener.hidden = false;
  const dialog = document.getElementById("pintasan");
  opener.addEventListener("click", () => dialog?.showModal());
  const box = dialog?.querySelector('[name="mati"]');
  if (!box) return;
  box.checked = off();
  box.addEventListener("change", () => {
    try { localStorage.setItem(OFF, box.checked ? "ya" : "tidak"); } catch { /* private mode: for this page only */ }
  });
}
