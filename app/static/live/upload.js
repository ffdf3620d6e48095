// Photos are sent one by one as they are chosen, with their progress; a break is waited out and the photo sent again.
// The server knows a photo by its content, so that sending it twice does no harm. Without script the form sends them.
import { enliven, tell, token } from "../live.js";

const MOST_BYTES = 40_000_000;
const WAITS_MS = [1500, 4000, 10_000];
const fragment = (html) => document.createRange().createContextualFragment(html);

export default function upload(panel) {
  const form = panel.closest("form");
  const picker = panel.querySelector('input[type="file"]');
  const add = panel.querySelector(".strip > .add");
  const queue = [];
  let busy = null;
  let wanted = null; // the button tapped while photos were on their way

  const strip = () => panel.querySelector(".strip");
  const photos = () => strip().querySelectorAll("li[data-photo]").length;
  const waiting = () => strip().querySelectorAll("li[data-waits]").length;
  const coming = () => strip().querySelectorAll('li[data-waits="yes"]').length; // those refused take no room

  function sum() {
    const parts = [`${photos() + waiting()} foto`];
    if (waiting()) parts.push(`${photos()} siap, ${waiting()} belum terunggah`);
    else parts.push(`paling banyak ${panel.dataset.most}`);
    if (wanted) parts.push("dikirim begitu semua terunggah");
    panel.querySelector("#jumlah-foto").textContent = parts.join(" · ");
    form.dispatchEvent(new CustomEvent("kentongan:photos"));
  }

  function place(file) {
    const item = document.createElement("li");
    item.dataset.waits = "yes";
    item.append(fragment('<span class="frame dim"><img alt="" width="400" height="500"><span class="no"></span></span>'
      + '<progress max="100" value="0"></progress><span class="row"><span class="share">Menunggu giliran</span></span>'
      + '<div class="acts" hidden><button class="btn" type="button" data-again>Lanjutkan</button>'
      + '<button class="btn bare" type="button" data-away>Buang</button></div>'));
    const image = item.querySelector("img");
    image.src = URL.createObjectURL(file);
    image.onerror = () => image.remove(); // a photo the browser cannot show (HEIC) is sent all the same
    image.onload = () => URL.revokeObjectURL(image.src);
    item.querySelector(".no").textContent = photos() + coming() + 1;
    item.querySelector("progress").setAttribute("aria-label", `Unggahan ${file.name}`);
    strip().insertBefore(item, strip().querySelector(".add"));
    const job = { file, item, tries: 0 };
    item.querySelector("[data-away]").addEventListener("click", () => { item.remove(); sum(); next(); });
    item.querySelector("[data-again]").addEventListener("click", () => { job.tries = 0; queue.push(job); next(); });
    return job;
  }

  function say(job, words, { stopped = false, again = false } = {}) {
    job.item.querySelector(".share").textContent = stopped && !again ? `${job.file.name}: ${words}` : words;
    job.item.querySelector(".no").hidden = stopped && !again;
    job.item.querySelector("progress").hidden = stopped;
    job.item.querySelector(".acts").hidden = !stopped;
    job.item.querySelector("[data-again]").hidden = !again;
    job.item.dataset.waits = stopped && !again ? "refused" : "yes";
    job.item.querySelector(".share").classList.toggle("fault", stopped);
    if (stopped) tell(`${job.file.name}: ${words}`);
  }

  function next() {
    if (busy || !queue.length) { sum(); return; }
    busy = queue.shift();
    if (!busy.item.isConnected) { busy = null; next(); return; }
    send(busy);
    sum();
  }

  function free() { busy = null; next(); handOver(); }

  // What was tapped while photos were on their way happens once all have arrived; a stopped one is looked at first.
  function handOver() {
    if (!wanted || busy || queue.length) return;
    const button = wanted;
    wanted = null;
    if (waiting()) { tell("Ada foto yang belum terunggah. Periksa, lalu kirim lagi."); return; }
    form.requestSubmit(button);
  }

  function send(job) {
    const body = new FormData();
    for (const name of ["form_number", "caption"]) body.append(name, form.elements[name]?.value ?? "");
    for (const tick of form.querySelectorAll('input[name="accounts"]:checked')) body.append("accounts", tick.value);
    body.append("photos", job.file);
    const request = new XMLHttpRequest();
    const began = performance.now();
    request.open("POST", form.dataset.upload);
    request.setRequestHeader("X-CSRFToken", token());
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      const share = Math.floor((100 * event.loaded) / event.total);
      const left = Math.ceil(((performance.now() - began) / event.loaded) * (event.total - event.loaded) / 1000);
      const bar = job.item.querySelector("progress");
      bar.value = share;
      bar.textContent = `${share}%`;
      say(job, share < 100 ? `${share}%${left > 1 ? ` · sisa ± ${left} dtk` : ""}` : "100% · sedang dirapikan");
    });
    request.addEventListener("load", () => answered(job, request));
    request.addEventListener("error", () => broken(job));
    request.addEventListener("timeout", () => broken(job));
    say(job, "0%");
    request.send(body);
  }

  // The line broke: wait and send again by itself, three times and whenever the network is back; then ask.
  function broken(job) {
    const share = job.item.querySelector("progress").value;
    if (job.tries >= WAITS_MS.length) {
      say(job, `Putus di ${share}%. Fotonya masih ada di HP Anda.`, { stopped: true, again: true });
      free();
      return;
    }
    say(job, `Putus di ${share}%, dicoba lagi sebentar`);
    const wait = WAITS_MS[job.tries];
    job.tries += 1;
    let timer = null;
    const again = () => {
      clearTimeout(timer);
      window.removeEventListener("online", again);
      if (job.item.isConnected) send(job); else free();
    };
    timer = setTimeout(again, navigator.onLine ? wait : 60_000);
    window.addEventListener("online", again);
  }

  function answered(job, request) {
    let answer = {};
    try { answer = JSON.parse(request.responseText); } catch { /* a page: said below by its status */ }
    if (request.status === 200 && answer.photo) { kept(job, answer); free(); return; }
    if (request.status >= 500) { broken(job); return; }
    const words = answer.sentence
      ?? { 413: "Berkas foto terlalu besar; paling besar 40 MB.", 401: "Anda perlu masuk lagi. Fotonya masih ada di HP Anda.",
        400: "Halaman ini sudah terlalu lama terbuka. Simpan draf, lalu coba lagi." }[request.status]
      ?? "Foto ini tidak dapat diterima.";
    say(job, words, { stopped: true, again: !answer.sentence });
    free();
  }

  function kept(job, answer) {
    form.action = answer.edit;
    form.dataset.upload = answer.upload;
    panel.querySelector('input[name="revision"]').value = answer.revision;
    const known = strip().querySelector(`li[data-photo="${answer.photo}"]`);
    if (known) {
      job.item.remove();
      tell(`${job.file.name}: foto yang sama sudah ada.`);
    } else {
      job.item.replaceWith(fragment(answer.frame));
      const words = panel.querySelector(".alts");
      words.hidden = false;
      words.querySelector(".stack").append(fragment(answer.words));
      if (photos() <= 3) words.open = true;
      tell(`Foto ${photos()} sudah terunggah.`);
    }
    enliven(panel);
    const line = document.getElementById("tersimpan");
    if (line) line.textContent = "Foto tersimpan di draf. Tulisan disimpan saat Anda menekan “Simpan draf”.";
    // A reload comes back to the draft that now exists.
    if (location.pathname !== new URL(answer.edit, location).pathname) {
      history.replaceState(history.state, "", answer.edit);
      form.dispatchEvent(new CustomEvent("kentongan:drafted", { detail: { post: answer.post } }));
    }
    form.dispatchEvent(new CustomEvent("kentongan:revision", { detail: { revision: answer.revision } }));
  }

  function chosen(files) {
    for (const file of files) {
      const job = place(file);
      if (photos() + coming() > Number(panel.dataset.most)) {
        say(job, `Foto terlalu banyak; paling banyak ${panel.dataset.most}.`, { stopped: true });
      } else if (file.size > MOST_BYTES) {
        say(job, "Berkas foto terlalu besar; paling besar 40 MB.", { stopped: true });
      } else if (!file.size) {
        say(job, "Berkas foto itu kosong.", { stopped: true });
      } else {
        queue.push(job);
      }
    }
    next();
  }

  picker.addEventListener("change", () => { chosen([...picker.files]); picker.value = ""; });
  const drop = add.querySelector(".drop");
  drop.addEventListener("dragover", (event) => {
    if (event.dataTransfer.types.includes("Files")) { event.preventDefault(); drop.classList.add("over"); }
  });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    chosen([...event.dataTransfer.files]);
  });
  panel.addEventListener("click", (event) => {
    if (event.target.closest("a.frame")) panel.querySelector(".alts").open = true;
  });
  // Not while a photo is on its way: it would be lost, and its words with it. The tap is remembered.
  form.addEventListener("submit", (event) => {
    if (!busy && !queue.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    wanted = event.submitter;
    tell("Dikirim begitu semua foto selesai diunggah.");
    sum();
    panel.scrollIntoView({ block: "start" });
  }, { capture: true });
}
