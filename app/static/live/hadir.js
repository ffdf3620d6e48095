// Who else has this item open, and whether somebody is writing an answer: asked and told every few seconds while the
// page is looked at. Without script the page says who was there when it was made.
import { token } from "../live.js";

const EVERY_S = 5;

export default function hadir(line) {
  const round = async () => {
    if (!line.isConnected) return;
    if (!document.hidden) {
      const box = document.querySelector("#balas textarea");
      const body = new URLSearchParams({ menulis: box && box.value.trim() && document.activeElement === box ? "1" : "" });
      try {
        const answer = await fetch(line.dataset.url, {
          method: "POST", credentials: "same-origin", headers: { "X-CSRFToken": token() }, body,
        });
        // Only a change is written: what is written is read aloud.
        if (answer.ok) { const { kata } = await answer.json(); if (line.textContent !== kata) line.textContent = kata; }
      } catch { /* no signal: said by whatever is sent next */ }
    }
    setTimeout(round, EVERY_S * 1000);
  };
  round();
}
