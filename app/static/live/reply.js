// The reply: a ready text fills the box in place, what is typed survives a change of item or a lost signal, and the
// answer is sent without loading the whole page. The form works without this.
import { swap, tell, token } from "../live.js";

const LEAST_SPACE = 200; // letters left from which the rest is said

/** Drafts of this tab, by item; nothing is kept when the browser forbids it. */
const drafts = {
  name: (item) => `kentongan-balasan-${item}`,
  read(item) { try { return sessionStorage.getItem(this.name(item)) ?? ""; } catch { return ""; } },
  keep(item, text) {
    try {
      if (text.trim()) sessionStorage.setItem(this.name(item), text);
      else sessionStorage.removeItem(this.name(item));
    } catch { /* private mode: the box itself still holds the text */ }
  },
};

function ready(form, box) {
  const texts = [...form.querySelectorAll("a[data-ready]")].map((link) => link.dataset.ready);
  form.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-ready]");
    if (!link || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    const typed = box.value.trim();
    // What somebody wrote is never thrown away; only one ready text is exchanged for another.
    box.value = !typed || texts.includes(typed) ? link.dataset.ready : `${typed}\n\n${link.dataset.ready}`;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
    tell("Balasan siap pakai sudah diisikan.");
  });
}

function count(form, box) {
  const most = Number(box.getAttribute("maxlength"));
  const words = document.createElement("p");
  words.className = "meta";
  words.setAttribute("aria-live", "polite");
  words.hidden = true;
  box.after(words);
  const say = () => {
    const left = most - box.value.length;
    words.hidden = left > LEAST_SPACE;
    words.textContent = words.hidden ? "" : `Sisa ${left} huruf.`;
  };
  box.addEventListener("input", () => { say(); drafts.keep(form.dataset.item, box.value); });
  say();
}

function trouble(form, sentence) {
  form.querySelector(".notice.live")?.remove();
  const box = document.createElement("section");
  box.className = "notice wait small live";
  box.setAttribute("role", "alert");
  const words = document.createElement("p");
  words.textContent = sentence;
  box.append(words);
  form.querySelector(".acts:last-of-type").before(box);
}

function send(form, box) {
  let busy = false;
  form.addEventListener("submit", async (event) => {
    if (!box.value.trim()) return; // the server says what is missing, and puts the focus there
    event.preventDefault();
    if (busy) return;
    busy = true;
    form.setAttribute("aria-busy", "true");
    try {
      const fresh = await swap("#isi", form.action, {
        method: "POST",
        headers: { "X-Partial": "1", "X-CSRFToken": token() },
        body: new URLSearchParams(new FormData(form)),
      });
      if (!fresh) { drafts.keep(form.dataset.item, box.value); location.assign(form.action); return; }
      arrived(fresh, form);
    } catch {
      drafts.keep(form.dataset.item, box.value);
      trouble(form, "Tidak ada sambungan. Tulisan Anda masih ada di sini; tekan Balas lagi begitu sinyal kembali.");
    } finally {
      busy = false;
      form.removeAttribute("aria-busy");
    }
  });
}

/** After sending: the page says how it went; a fault keeps the draft, anything else ends it. */
function arrived(fresh, form) {
  // What stands here now is the item's own page, also when the answer was written beside the list.
  const here = new URL(form.action);
  here.pathname = here.pathname.replace(/\/balas$/, "");
  if (here.pathname === location.pathname) history.replaceState(history.state, "", here);
  else history.pushState({ kotak: true }, "", here);
  const fault = fresh.querySelector('[role="alert"]');
  if (fault) { fault.focus(); return; }
  drafts.keep(form.dataset.item, "");
  fresh.querySelector("#h-item")?.focus({ preventScroll: true });
  const status = fresh.querySelector('[role="status"]');
  status?.scrollIntoView({ block: "nearest" });
  tell(status?.textContent.trim() ?? "Terkirim.");
}

export default function reply(form) {
  const box = form.querySelector("textarea");
  if (!box) return;
  if (!box.value.trim()) box.value = drafts.read(form.dataset.item);
  ready(form, box);
  count(form, box);
  send(form, box);
}
