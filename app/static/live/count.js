// Counters of the composer, per account, from the limits its connector declares (data-most, data-least). Counts as the
// server does: UTF-16 units of the trimmed text, which are never fewer than its characters.
import { tell } from "../live.js";

const whole = new Intl.NumberFormat("id-ID");
const marked = (text, sign) => text.split(/\s+/u).filter((word) => word.startsWith(sign) && word.length > 1).length;

export default function count(area) {
  const form = area.form;
  const rows = [...form.querySelectorAll(".count [data-counted]")];
  const label = { caption: "terlalu panjang", hashtags: "terlalu banyak tagar", mentions: "terlalu banyak sebutan" };

  function text(connector) {
    const own = form.querySelector(`[data-variant="${CSS.escape(connector)}"]`)?.value.trim();
    return own || area.value.trim();
  }

  function chosen(account) {
    const tick = form.querySelector(`input[name="accounts"][value="${CSS.escape(account)}"]`);
    return !tick || tick.checked;
  }

  function row(item) {
    const { counted, connector, account, most, least } = item.dataset;
    const wanted = chosen(account);
    if (counted === "photos") {
      item.hidden = !wanted || form.querySelectorAll(".strip li[data-photo]").length >= Number(least);
      return;
    }
    const said = text(connector);
    const found = counted === "caption" ? said.length : marked(said, counted === "hashtags" ? "#" : "@");
    const over = wanted && found > Number(most);
    if (over && !item.classList.contains("over")) tell(`${item.textContent.trim()}: ${label[counted]}`);
    item.querySelector("b").textContent = whole.format(found);
    item.classList.toggle("over", over);
    item.hidden = !wanted || (counted === "mentions" && !found);
  }

  function preview() {
    for (const box of form.querySelectorAll("[data-preview]")) box.textContent = text(box.dataset.preview);
    for (const box of form.querySelectorAll("[data-counts]")) {
      const field = document.getElementById(box.dataset.counts);
      if (field) box.textContent = `${whole.format(field.value.length)}/1.000`;
    }
  }

  function all() {
    rows.forEach(row);
    preview();
  }

  form.addEventListener("input", all);
  form.addEventListener("change", all);
  form.addEventListener("kentongan:photos", all);
  all();
}
