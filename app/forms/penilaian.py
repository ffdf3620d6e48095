"""An award: name, days, who takes part, and its rubric, every weight and threshold of it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.awarding import rubric
from app.forms._base import PageForm, strip
from app.forms.kiriman import read_day
from app.models import CATEGORIES, Award
from app.services.awards import NAME_MOST, Wish
from app.words_award import INDICATORS

_NO_DAY = "Tanggal ini tidak ada. Tulis seperti 2026-01-31."
_NO_NUMBER = "Tulis angka, misalnya 12 atau 12,5."
#: Thresholds as the form has them: key of the rubric → label, help.
THRESHOLDS = {
    "min_posts": ("Kiriman paling sedikit", "Di bawah ini peserta tidak memenuhi syarat."),
    "min_active_months": ("Bagian bulan yang berisi kiriman", "0,75 berarti tiga dari empat bulan."),
    "speed_full_hours": ("Jawaban tercepat (jam kerja)", "Sampai sekian jam kerja nilainya penuh."),
    "speed_zero_hours": ("Jawaban terlambat (jam kerja)", "Sejak sekian jam kerja nilainya nol."),
    "jury_posts": ("Kiriman yang diundi untuk juri", ""),
    "min_jurors": ("Juri paling sedikit", "Dengan juri lebih sedikit, kualitas tidak dinilai."),
    "breach_points": ("Pengurangan tiap pelanggaran privasi", ""),
    "breach_most": ("Pengurangan paling banyak", ""),
    "min_ranked": ("Peserta paling sedikit untuk peringkat", ""),
    "small_sample": ("Batas “data sedikit”", "Dengan tanggapan lebih sedikit, ditandai."),
    "shrink_items": ("Tanggapan rata-rata yang ditambahkan", "Supaya satu jawaban tidak menentukan segalanya."),
    "shrink_posts": ("Kiriman rata-rata yang ditambahkan", "Supaya akun kecil tidak menang karena kebetulan."),
    "reading_age_days": ("Umur kiriman saat dibaca (hari)", ""),
    "reading_within_hours": ("Kelonggaran waktu baca (jam)", ""),
}


def _number(label: str) -> Any:
    kept = {"inputmode": "decimal", "maxlength": "9", "autocomplete": "off"}
    return StringField(label, filters=[strip], render_kw=kept)


class _Aturan(PageForm):
    """The parts of the form that have always the same fields."""

    name = StringField(
        "Nama penilaian",
        [InputRequired("Tulis namanya, misalnya Anugerah Media Sosial 2026."), Length(max=NAME_MOST)],
        filters=[strip],
        render_kw={"maxlength": str(NAME_MOST), "autocomplete": "off", "required": False},
    )
    first = StringField("Mulai", filters=[strip], render_kw={"type": "date"})
    last = StringField("Sampai", filters=[strip], render_kw={"type": "date"})
    area = SelectField("Wilayah", choices={})
    categories = SelectMultipleField(
        "Kategori",
        choices={name: name[:1].upper() + name[1:] for name in CATEGORIES},
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    bands = BooleanField("Bandingkan menurut banyaknya pengikut")

    def wish(self, places: dict[str, int | None]) -> Wish | None:
        """What was written; None where a field cannot be read, with the sentence at it. places: choice → area."""
        first, last = _day(self.first), _day(self.last)
        rules = self.rules()
        if not self.categories.data:
            self.categories.errors = [*self.categories.errors, "Pilih sedikitnya satu kategori."]
        if first is None or last is None or self.field_errors:
            return None
        return Wish(
            self.name.data or "", first, last, tuple(self.categories.data), rules, bool(self.bands.data),
            places.get(self.area.data),
        )  # fmt: skip

    def rules(self) -> dict[str, Any]:
        """The rubric as typed, for rubric.read; a fault at each field that is no number."""
        found: dict[str, Any] = {"weights": {}, "posts_per_week": {}}
        for name in rubric.INDICATORS:
            found["weights"][name] = _read(self[f"w_{name}"])
        for category in CATEGORIES:
            found["posts_per_week"][category] = _read(self[_weekly(category)])
        for name in THRESHOLDS:
            found[name] = _read(self[name])
        return found


def _made() -> type[_Aturan]:
    fields = {f"w_{name}": _number(INDICATORS[name]) for name in rubric.INDICATORS}
    fields |= {_weekly(category): _number(f"Kiriman sepekan, {category}") for category in CATEGORIES}
    fields |= {name: _number(label) for name, (label, _) in THRESHOLDS.items()}
    return type("Aturan", (_Aturan,), fields)


def _weekly(category: str) -> str:
    return "week_" + category.replace(" ", "_")


Aturan = _made()
WEEKLY = tuple(_weekly(category) for category in CATEGORIES)
WEIGHTS = tuple(f"w_{name}" for name in rubric.INDICATORS)


class Alasan(PageForm):
    """Why: for a correction, an early release, a result that is taken back."""

    why = TextAreaField("Alasan", filters=[strip], render_kw={"maxlength": "1000", "rows": "2"})


def values(award: Award | None, today: date) -> dict[str, Any]:
    """What the form shows: the award's, or the default rubric and the half year that comes."""
    rules = rubric.plain(rubric.read(award.rubric if award else None))
    if award is None:
        year, half = (today.year, 7) if today.month < 7 else (today.year + 1, 1)
        first, last = date(year, half, 1), date(year, 12, 31) if half == 7 else date(year, 6, 30)
        found: dict[str, Any] = {"name": "", "categories": list(CATEGORIES), "bands": False}
    else:
        first, last = award.first, award.last
        found = {"name": award.name, "categories": award.categories, "bands": award.bands}
        found["area"] = str(award.organisation_id or 0)
    found |= {"first": first.isoformat(), "last": last.isoformat()}
    found |= {f"w_{name}": _shown(rules["weights"][name]) for name in rubric.INDICATORS}
    found |= {_weekly(category): _shown(rules["posts_per_week"][category]) for category in CATEGORIES}
    return found | {name: _shown(rules[name]) for name in THRESHOLDS}


def _shown(value: Any) -> str:
    return str(value).replace(".", ",")


def _day(field: Any) -> date | None:
    found = read_day(field.data)
    if found is None:
        field.errors = [*field.errors, _NO_DAY]
    return found


def _read(field: Any) -> int | float | None:
    text = (field.data or "").replace(",", ".")
    if not re.fullmatch(r"\d{1,6}(\.\d{1,4})?", text):
        field.errors = [*field.errors, _NO_NUMBER]
        return None
    return float(text) if "." in text else int(text)
