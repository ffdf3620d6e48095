// A post's own page keeps itself true while something of it moves: what is being published or taken back is read again,
// soon at first, then ever less often. Only what the server says has changed is replaced; nobody loses what they opened.
import { enliven, tell } from "../live.js";

const WAITS_S = [2, 2, 3, 3, 5, 5, 8, 13, 21, 34, 60];
const MOST = 60; // about an hour; then it stays as it is until the page is opened again
const PARTS = ["kepala", "keadaan", "riwayat"];
let round = 0;

export default function standing(part) {
  if (round >= MOST) return;
  const wait = WAITS_S[Math.min(round, WAITS_S.length - 1)];
  round += 1;
  setTimeout(() => look(part), wait * 1000);
}

async function look(part) {
  if (!part.isConnected) return;
  if (document.hidden) {
    document.addEventListener("visibilitychange", () => look(part), { once: true });
    return;
  }
  try {
    const answer = await fetch(location.pathname, { headers: { "X-Partial": "1" }, credentials: "same-origin" });
    // Signed out meanwhile, or gone: the next tap will say so.
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.getElementById(part.id)) return;
    const before = states(part), after = states(page.getElementById(part.id));
    if (after !== before) round = 0; // it moves: the next news may come soon
    PARTS.forEach((id) => renew(document.getElementById(id), page.getElementById(id)));
    const now = document.getElementById(part.id);
    if (after !== before) tell(after);
    if (now === part) standing(part); // nothing changed, so nobody else goes on
  } catch {
    standing(part); // no signal: later again
  }
}

const states = (part) => [...part.querySelectorAll(".way > .row")].map((row) => row.textContent.trim()).join(", ");

function renew(old, fresh) {
  if (!old || !fresh || same(old, fresh)) return;
  const focus = old.contains(document.activeElement) ? trace(document.activeElement) : null;
  for (const box of old.querySelectorAll("details[open][id]")) {
    fresh.querySelector(`#${CSS.escape(box.id)}`)?.setAttribute("open", "");
  }
  const made = document.adoptNode(fresh);
  old.replaceWith(made);
  enliven(made.parentElement ?? document);
  if (focus) made.querySelector(focus)?.focus({ preventScroll: true });
}

// What the browser or live.js added to the page is no news: only what is read and where it leads.
function same(old, fresh) {
  const read = (part) => part.textContent.replace(/\s+/g, " ").trim() + [...part.querySelectorAll("a")].map((a) => a.href);
  return read(old) === read(fresh) && old.hasAttribute("data-live") === fresh.hasAttribute("data-live");
}

// Where the focus was, so that it is there again: a link by its address, a summary by its box, a button by its account.
function trace(element) {
  const box = element.closest("details[id]");
  if (element.tagName === "SUMMARY" && box) return `#${CSS.escape(box.id)} > summary`;
  const way = element.closest(".way[id]");
  if (element.tagName === "BUTTON" && way) return `#${CSS.escape(way.id)} button`;
  const href = element.getAttribute("href");
  return href ? `a[href="${CSS.escape(href)}"]` : null;
}
