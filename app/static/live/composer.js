// What is typed stays on the phone until the server has it: kept on every change, given back after a break, forgotten
// once saved. A new post carries its form's number along, so that sending it again never makes a second post.
import { tell } from "../live.js";

const PREFIX = "kentongan:tulisan:";
const DAYS_MS = 7 * 24 * 3600 * 1000;
const LEFT_OUT = new Set(["csrf_token", "photos", "revision", "slot", "do", "face"]);

function read(key) {
  try { return JSON.parse(localStorage.getItem(key) ?? "null"); } catch { return null; }
}
function write(key, value) {
  try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* full or forbidden: the page works without */ }
}
function forget(key) {
  try { localStorage.removeItem(key); } catch { /* as above */ }
}
function keys() {
  try { return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)); } catch { return []; }
}

export default function composer(element) {
  for (const key of keys()) if (Date.now() - (read(key)?.at ?? 0) > DAYS_MS) forget(key);
  if (element.dataset.done) arrived(element);
  else keep(element);
}

// A post's own page: its text is on the server, so the phone's copy of what was sent may go.
function arrived(mark) {
  for (const key of [`${PREFIX}baru:${mark.dataset.done}`, `${PREFIX}${mark.dataset.post}`]) {
    const kept = read(key);
    if (kept?.sent && (kept.revision === "" || Number(mark.dataset.revision) > Number(kept.revision))) forget(key);
  }
}

function keep(form) {
  const number = () => form.elements.form_number.value;
  let post = form.dataset.kept;
  const key = () => (post === "baru" ? `${PREFIX}baru:${number()}` : `${PREFIX}${post}`);
  const revision = () => form.elements.revision?.value ?? "";
  const typed = () => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !LEFT_OUT.has(name));
  const same = (one, other) => JSON.stringify(words(one)) === JSON.stringify(words(other));
  const words = (pairs) => pairs.filter(([name, value]) => name !== "form_number" && value !== "")
    .map(([name, value]) => [name, value.replace(/\r\n/g, "\n").trim()]).sort((a, b) => (a.join("\0") < b.join("\0") ? -1 : 1));
  const first = typed();
  // After a fault the server shows what was typed: that is newer than any copy.
  const faulty = Boolean(document.querySelector('[data-live="faults"]'));

  function found() {
    if (post !== "baru") return [key(), read(key())];
    const all = keys().filter((name) => name.startsWith(`${PREFIX}baru:`)).map((name) => [name, read(name)]);
    return all.sort((a, b) => (b[1]?.at ?? 0) - (a[1]?.at ?? 0))[0] ?? [key(), null];
  }

  function restore() {
    if (post !== "baru") forget(`${PREFIX}baru:${number()}`); // the draft is here
    const [name, kept] = found();
    if (!kept || faulty) return;
    const moved = post !== "baru" && Number(revision()) > Number(kept.revision);
    if (same(kept.typed, first) || (kept.sent && moved)) { forget(name); return; }
    if (post === "baru" && kept.organisation !== document.querySelector(".top .brand span")?.firstChild?.textContent) return;
    fill(kept.typed);
    notice(name, kept.at);
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function fill(pairs) {
    for (const box of form.querySelectorAll('input[type="checkbox"]:enabled')) {
      box.checked = pairs.some(([name, value]) => name === box.name && value === box.value);
    }
    for (const [name, value] of pairs) {
      const field = form.elements[name];
      if (!field || LEFT_OUT.has(name) || field.type === "checkbox" || name === "accounts") continue;
      field.value = value; // a RadioNodeList takes a value too
    }
  }

  function notice(name, at) {
    const box = document.createElement("section");
    const hour = new Intl.DateTimeFormat("id-ID", { hour: "2-digit", minute: "2-digit" }).format(new Date(at));
    box.className = "notice wait small";
    box.append(document.createElement("p"));
    box.firstChild.textContent = `Tulisan yang belum sempat tersimpan (pukul ${hour}) dikembalikan. `;
    const away = document.createElement("button");
    away.className = "btn bare";
    away.type = "button";
    away.textContent = "Buang";
    away.addEventListener("click", () => { forget(name); form.dataset.sent = "yes"; location.reload(); });
    box.firstChild.append(away);
    form.before(box);
    tell(box.firstChild.firstChild.textContent);
  }

  function store(sent = false) {
    if (form.dataset.sent && !sent) return;
    if (same(typed(), first) && !sent) { forget(key()); return; }
    const organisation = document.querySelector(".top .brand span")?.firstChild?.textContent;
    write(key(), { at: Date.now(), revision: revision(), sent, organisation, typed: typed() });
  }

  let timer = null;
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(store, 400); });
  form.addEventListener("kentongan:revision", () => store());
  form.addEventListener("kentongan:drafted", (event) => {
    forget(key());
    post = String(event.detail.post);
    store();
  });
  window.addEventListener("pagehide", () => { if (!form.dataset.sent && timer) store(); });

  const line = document.getElementById("tersimpan");
  function offline() {
    store();
    if (line) line.textContent = "Tidak ada sambungan internet. Tulisan tersimpan di HP ini.";
  }
  window.addEventListener("offline", offline);
  window.addEventListener("online", () => { if (line) line.textContent = "Sambungan kembali. Simpan sekarang bila sudah selesai."; });
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented && !navigator.onLine) return;
    if (!navigator.onLine) {
      event.preventDefault();
      delete form.dataset.sent;
      form.removeAttribute("aria-busy");
      offline();
      tell("Tidak ada sambungan internet. Tulisan tersimpan di HP ini; kirim lagi begitu sinyal kembali.");
      line?.scrollIntoView({ block: "center" });
      return;
    }
    if (!event.defaultPrevented) store(true);
  });
  restore();
}
