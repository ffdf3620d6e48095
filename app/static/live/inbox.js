// The inbox without loading whole pages: a tapped item, filter or page number, and a search, replace <main> by the
// server's HTML of the same address. The way back works, and the focus goes to the heading of what was opened.
import { swap, tell } from "../live.js";

let under = null; // the request on its way; a newer tap ends it
let listening = false;

/** Show an address of the inbox in place. pushed: it is a new entry of the history. */
export async function visit(address, { pushed = true, focus = true } = {}) {
  under?.abort();
  const mine = (under = new AbortController());
  const main = document.getElementById("isi");
  main?.setAttribute("aria-busy", "true");
  try {
    const fresh = await swap("#isi", address, { signal: mine.signal });
    if (!fresh) { location.assign(address); return; }
    if (pushed) history.pushState({ kotak: true }, "", address);
    if (focus) land(fresh, new URL(address, location.href).hash);
  } catch (error) {
    if (error.name === "AbortError") return;
    main?.removeAttribute("aria-busy");
    tell("Tidak ada sambungan. Coba lagi sebentar.");
    location.assign(address); // the browser says what is wrong, in its own words
  }
}

/** Focus on what was opened: the item on an item's page, else the page's heading; never scrolls a wide list away. */
function land(main, hash) {
  if (uncover(hash)) return;
  const item = main.querySelector('.desk[data-show="item"] #h-item');
  const heading = item ?? main.querySelector("h1");
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  const box = heading.getBoundingClientRect();
  if (!item || box.top < 0 || box.bottom > innerHeight) (item ? heading : document.body).scrollIntoView();
  tell(heading.textContent);
}

/** Open what an address's #part names, stand in its first field; whether there is such a part. */
export function uncover(hash) {
  const wanted = hash && document.getElementById(hash.slice(1));
  if (!wanted) return false;
  for (let fold = wanted.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  const fold = wanted.querySelector("details");
  if (fold && !wanted.matches("#atur, form")) fold.open = true;
  wanted.scrollIntoView();
  const fields = "textarea, select, input:not([type=hidden]):not([type=checkbox])";
  const field = wanted.matches(fields) ? wanted : wanted.querySelector(fields);
  if (!field) wanted.tabIndex = -1;
  (field ?? wanted).focus({ preventScroll: true });
  return true;
}

/** Whether a plain tap, to be answered here rather than by the browser (new tabs and the like stay its own). */
function plain(event) {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}

function inside(url) {
  return url.origin === location.origin && /\/kotak(\/\d+)?$/.test(url.pathname);
}

/** Once a page: taps and searches anywhere in <main>, and the way back. */
function listen() {
  if (listening) return;
  listening = true;
  // The page of a refused form is its item's page: the way back then leads there, not to "send the form again?".
  const item = location.pathname.match(/^(.*\/kotak\/\d+)\/.+/);
  if (item) history.replaceState(history.state, "", item[1] + location.search);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("#isi a[href]");
    if (!link || event.defaultPrevented || !plain(event) || link.target) return;
    const url = new URL(link.href);
    if (url.hash && url.pathname === location.pathname && url.search === location.search) {
      if (uncover(url.hash)) event.preventDefault();
      return;
    }
    if (!inside(url)) return;
    event.preventDefault();
    visit(url.href);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.id !== "cari" || event.defaultPrevented) return;
    event.preventDefault();
    const url = new URL(form.action);
    url.search = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    visit(url.href);
  });
  document.addEventListener("change", (event) => {
    // Choosing a status on a phone needs no second tap; from the keyboard the arrows must not start a search.
    if (event.target.id === "status-saring" && matchMedia("(pointer: coarse)").matches) event.target.form.requestSubmit();
  });
  window.addEventListener("popstate", () => {
    if (inside(new URL(location.href))) visit(location.href, { pushed: false });
  });
}

export default function inbox() {
  listen();
}
