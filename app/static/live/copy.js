// A text to be taken elsewhere: one tap copies it. Without script it is marked and copied by hand.
import { tell } from "../live.js";

export default function copy(box) {
  if (!navigator.clipboard) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn main";
  button.textContent = "Salin tulisan";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(box.value);
      button.textContent = "Tersalin";
      tell("Tulisan tersalin.");
    } catch {
      box.select();
      tell("Tekan dan tahan tulisan yang sudah ditandai, lalu pilih Salin.");
    }
  });
  box.after(button);
}
