// Kentongan, the core of what script adds. Every link and form works without it.
// An element asks for a behaviour by data-live="NAME ..."; this file knows the small ones, live/NAME.js has the others.

const small = {
  // A form is sent once: a second tap while the first is on its way does nothing.
  once(form) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "yes";
      form.setAttribute("aria-busy", "true");
      setTimeout(again, 10_000); // the way was broken off and the page stayed: it may be tried again
    });
    // Back from the next page: the form may be sent again.
    window.addEventListener("pageshow", again);
    function again() { delete form.dataset.sent; form.removeAttribute("aria-busy"); }
  },

  // The list of faults gets the focus, so that it is read first.
  faults(box) { box.focus(); },

  // What was done is read first, and the way on starts there. Inside of a page that was swapped the swapper decides.
  told(box) { if (!document.activeElement || document.activeElement === document.body) box.focus(); },

  // The phone's menu is the address #menu: focus goes in with it, Esc and the way back lead out.
  menu(nav) {
    let before = null;
    const narrow = () => getComputedStyle(nav).position === "fixed";
    const opened = () => {
      if (location.hash !== "#menu" || !narrow()) return;
      before = document.querySelector('.bar a[href="#menu"]');
      nav.querySelector("a[aria-current], .shut")?.focus();
    };
    nav.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || location.hash !== "#menu") return;
      location.hash = "#isi";
      before?.focus();
    });
    window.addEventListener("hashchange", opened);
    opened();
  },
};

/** Give every element under root its behaviours, once. */
export function enliven(root = document) {
  for (const element of root.querySelectorAll("[data-live]")) {
    const done = (element.dataset.alive ?? "").split(" ");
    for (const name of element.dataset.live.split(" ").filter((name) => name && !done.includes(name))) {
      element.dataset.alive = `${element.dataset.alive ?? ""} ${name}`.trim();
      if (small[name]) small[name](element);
      else if (/^[a-z_]+$/.test(name)) load(name, element);
    }
  }
}

async function load(name, element) {
  try {
    const module = await import(`./live/${name}.js`);
    module.default(element);
  } catch (error) {
    console.warn(`live/${name}.js`, error); // the page works without it
  }
}

/** The page's CSRF token, for fetch. */
export function token() {
  return document.querySelector('input[name="csrf_token"]')?.value ?? "";
}

/** Put a sentence where it is read aloud without taking the focus. */
export function tell(sentence) {
  let box = document.getElementById("kata");
  if (!box) {
    box = document.createElement("p");
    box.id = "kata";
    box.className = "vh";
    box.setAttribute("aria-live", "polite");
    document.body.append(box);
  }
  box.textContent = sentence;
}

/**
 * Replace the element `selector` by the one of the same selector in another page of this site (same template, so the
 * server's HTML is the only source). Answers with the new element, or null when the browser should go there itself.
 */
export async function swap(selector, address, options = {}) {
  const answer = await fetch(address, { headers: { "X-Partial": "1" }, credentials: "same-origin", ...options });
  if (!(answer.headers.get("content-type") ?? "").startsWith("text/html")) return null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector(selector);
  const old = document.querySelector(selector);
  if (!fresh || !old) return null;
  old.replaceWith(fresh);
  document.title = page.title || document.title;
  enliven(fresh.parentElement ?? document);
  return fresh;
}

enliven();
