// While an answer is on its way the talk is read again, so that "sedang dikirim" becomes "terkirim" by itself.
// Only the talk is replaced: what is being typed below stays.
import { swap } from "../live.js";

const WAITS_S = [2, 3, 5, 8, 13, 21, 34, 60]; // then it stays as it is until the page is opened again
let round = 0;
let of = "";

export default function watch(talk) {
  if (of !== location.pathname) { of = location.pathname; round = 0; }
  const wait = WAITS_S[round];
  if (!wait) return;
  round += 1;
  setTimeout(async () => {
    // Somebody may have moved on meanwhile: only what still stands on the page is renewed.
    if (!talk.isConnected || document.hidden || of !== location.pathname) return;
    // By item: beside the list another item may have come to lead.
    try { await swap(`#percakapan[data-item="${talk.dataset.item}"]`, location.href); } catch { watch(talk); }
  }, wait * 1000);
}
