"""A table of LAPOR! figures: of which days, what quality is out of, and the file."""

from __future__ import annotations

from datetime import date

from wtforms import FileField, SelectField, StringField

from app.forms._base import PageForm, strip
from app.forms.kiriman import read_day
from app.services.lapor_import import NAME_MOST, REASON_MOST
from app.services.lapor_table import SCALES

_NO_DAY = "Tanggal ini tidak ada. Tulis seperti 2026-06-30."
_SCALE_WORDS = {100: "0–100", 10: "0–10", 5: "0–5", 4: "0–4", 1: "Persentase Excel (0–1)"}


class Upload(PageForm):
    """What is told about a table before it is looked at."""

    name = StringField("Nama", filters=[strip], render_kw={"maxlength": str(NAME_MOST), "autocomplete": "off"})
    first = StringField("Dari tanggal", filters=[strip], render_kw={"type": "date"})
    last = StringField("Sampai tanggal", filters=[strip], render_kw={"type": "date"})
    scale = SelectField("Ukuran kualitas", choices={str(scale): _SCALE_WORDS[scale] for scale in SCALES})
    file = FileField("Berkas XLSX atau CSV", render_kw={"accept": ".xlsx,.csv,text/csv"})

    def span(self) -> tuple[date, date] | None:
        """The days; None where one cannot be read, with the sentence at it."""
        first, last = read_day(self.first.data), read_day(self.last.data)
        for field, found in ((self.first, first), (self.last, last)):
            if found is None:
                field.errors = [*field.errors, _NO_DAY]
        return (first, last) if first is not None and last is not None else None


class Drop(PageForm):
    """Why a table is not to count any more."""

    reason = StringField("Alasan", filters=[strip], render_kw={"maxlength": str(REASON_MOST), "autocomplete": "off"})
