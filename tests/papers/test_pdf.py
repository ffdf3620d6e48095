"""PDF: the same bytes for the same data, nothing of this machine inside, every letter printed or openly missing."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pytest
from PIL import Image

from app.papers import pdf
from app.problems import Problem

DATA: dict[str, Any] = {
    "title": "Ñgurah Śrī “Sri” – #include $x$ …",
    "made_at": "2026-11-01T06:00:00+07:00",
    "stats": [{"title": "Kiriman", "value": "14", "note": "3 lebih banyak"}] * 3,
    "sections": [
        {"heading": "Per kiriman", "head": ["a", "b"], "right": [1], "rows": [["#panic()", "1"], ["*x* _y_", "2"]]},
        {"heading": "Gambar", "image": "x.svg", "alt": "Satu kotak"},
    ],
    "notes": ["@label <x> \\ //"],
}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 10"><rect fill="red" width="100" height="10"/></svg>'


def test_a_paper_is_its_data_and_nothing_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    made = pdf.render("tables", DATA, {"x.svg": SVG})
    assert made.startswith(b"%PDF-")
    assert b"D:20261031230000" in made, "the date of the data, not of the making"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TZ", "Asia/Jayapura")
    assert hashlib.sha256(pdf.render("tables", DATA, {"x.svg": SVG})).digest() == hashlib.sha256(made).digest()
    (page,) = pdf.pages_png("tables", DATA, {"x.svg": SVG})
    picture = Image.open(io.BytesIO(page)).convert("RGB")
    assert picture.size == (595, 842), "A4 at 72 dots an inch"
    assert (255, 0, 0) in {colour for _, colour in picture.getcolors(1 << 16) or []}
    with pytest.raises(Problem) as told:
        pdf.render("tables", {**DATA, "sections": [{"heading": "x", "image": "passwd.svg"}]})
    assert told.value.code == "paper_failed"
    for name, images in (("../secret", {}), ("tables", {"../x.svg": SVG}), ("tables", {"x.typ": SVG})):
        with pytest.raises(ValueError, match="not a name"):
            pdf.render(name, DATA, images)
    for wrong in ({"title": "x"}, {"title": "x", "made_at": "2026-11-01T06:00:00"}):
        with pytest.raises(ValueError, match="aware"):
            pdf.render("tables", wrong)


def test_letters_that_no_font_has() -> None:
    said = "𝗟𝗼𝗺𝗯𝗮 👩\u200d👩 anak ✅ 17\ufe0f\u20e3 Ñ½ ﬁ → “…”\x00\n漢"
    assert pdf.printable(said) == "Lomba anak 17 Ñ½ ﬁ → “…”\n漢"
