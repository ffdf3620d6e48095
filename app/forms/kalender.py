"""The working calendar: a day or a range, the hours of the week, working days by kind. Times are local clock times."""

from __future__ import annotations

import re
from typing import Any

from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from app.forms._base import PageForm, strip
from app.forms.kiriman import read_day, read_hour
from app.models import MUST_ANSWER
from app.services.calendars import NAME_MOST, Wish
from app.services.deadlines import LONGEST, Term
from app.times import DAYS
from app.worktime import Hours

KINDS = {"libur": "Libur", "kerja": "Tetap bekerja", "jam": "Jam kerja lain"}
TERMED = (*MUST_ANSWER, "perlu dipilah")
_NO_HOUR = "Jam ini tidak ada. Tulis seperti 08.00."
_NO_DAY = "Tanggal ini tidak ada. Tulis seperti 2026-08-20."


def _hour(label: str) -> Any:
    # Not type=time: a browser set to English would ask for AM and PM, and is too wide for a table on a phone.
    kept = {"inputmode": "decimal", "maxlength": "8", "autocomplete": "off"}
    return StringField(label, filters=[strip], render_kw=kept)


class Day(PageForm):
    """A day or a range. last: empty for one day. scope: shown only to who may write for the whole installation."""

    kind = SelectField("Menjadi", choices=KINDS)
    first = StringField("Mulai", filters=[strip], render_kw={"type": "date"})
    last = StringField("Sampai", filters=[strip], render_kw={"type": "date"})
    name = StringField(
        "Sebabnya",
        [InputRequired("Tulis sebabnya, misalnya Idul Fitri."), Length(max=NAME_MOST, message="Terlalu panjang.")],
        filters=[strip],
        render_kw={"maxlength": str(NAME_MOST), "autocomplete": "off", "required": False},
    )
    opens = _hour("Buka")
    closes = _hour("Tutup")
    friday_closes = _hour("Tutup hari Jumat")
    scope = SelectField("Berlaku untuk", choices={"sini": "Organisasi ini", "semua": "Semua organisasi"})

    def wish(self) -> Wish | None:
        """What was written; None where a field cannot be read, with the sentence at it."""
        first = read_day(self.first.data)
        last = read_day(self.last.data) if self.last.data else first
        for field, found in ((self.first, first), (self.last, last)):
            if found is None and (field is self.first or field.data):
                field.errors = [*field.errors, _NO_DAY]
        minutes = [_minutes(field) for field in (self.opens, self.closes, self.friday_closes)]
        if first is None or last is None or self.field_errors:
            return None
        return Wish(self.kind.data, first, last, self.name.data or "", *minutes)


class Week(PageForm):
    """The hours of an ordinary week; both times of a day empty: nobody works. Fields 0_opens to 6_closes are added."""

    break_from = _hour("Istirahat Jumat mulai")
    break_to = _hour("Istirahat Jumat sampai")
    ramadan_opens = _hour("Ramadan: buka")
    ramadan_closes = _hour("Ramadan: tutup")
    ramadan_friday = _hour("Ramadan: tutup hari Jumat")

    def hours(self) -> Hours | None:
        """What was written; None where a field cannot be read, with the sentence at it."""
        week = [self._pair(f"d{number}_opens", f"d{number}_closes") for number in range(7)]
        rest = self._pair("break_from", "break_to")
        fasting = self._pair("ramadan_opens", "ramadan_closes")
        friday = _minutes(self.ramadan_friday)
        if self.field_errors:
            return None
        ramadan = (*fasting, fasting[1] if friday is None else friday) if fasting else None
        return Hours(tuple(week), rest, ramadan)

    def _pair(self, opens: str, closes: str) -> tuple[int, int] | None:
        first, last = _minutes(self[opens]), _minutes(self[closes])
        if (first is None) != (last is None) and not self[opens].errors and not self[closes].errors:
            self[closes].errors = [*self[closes].errors, "Isi jam buka dan jam tutup, atau kosongkan keduanya."]
        if first is None or last is None:
            return None
        if last <= first:
            self[closes].errors = [*self[closes].errors, "Jam selesai harus sesudah jam mulai."]
        return first, last


def week_form() -> type[Week]:
    """The form with its fields by day."""
    fields = {}
    for number, name in enumerate(DAYS):
        fields[f"d{number}_opens"] = _hour(f"{name}: buka")
        fields[f"d{number}_closes"] = _hour(f"{name}: tutup")
    return type("WeekForm", (Week,), fields)


def week_values(hours: Hours) -> dict[str, str]:
    """What the form shows."""
    found = {}
    for number, span in enumerate(hours.week):
        found[f"d{number}_opens"], found[f"d{number}_closes"] = _words(span)
    found["break_from"], found["break_to"] = _words(hours.friday_break)
    found["ramadan_opens"], found["ramadan_closes"] = _words(hours.ramadan[:2] if hours.ramadan else None)
    found["ramadan_friday"] = clock_words(hours.ramadan[2]) if hours.ramadan else ""
    return found


class _Days(IntegerField):  # type: ignore[misc]  # WTForms ships no types
    """A whole number of working days; what is none is said in our words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else None


class Terms(PageForm):
    """Working days by kind. Fields answer_KIND and settle_KIND are added."""

    def terms(self) -> dict[str, Term]:
        """What was written; only of a form that validated."""
        return {kind: Term(self[f"answer_{slug(kind)}"].data, self[f"settle_{slug(kind)}"].data) for kind in TERMED}


def terms_form() -> type[Terms]:
    """The form with its fields by kind."""
    fields: dict[str, Any] = {}
    for kind in TERMED:
        for name, label in (("answer", "jawaban pertama"), ("settle", "selesai")):
            fields[f"{name}_{slug(kind)}"] = _Days(
                f"{kind.capitalize()}: {label}",
                [NumberRange(1, LONGEST, message=f"Tulis 1 sampai {LONGEST} hari kerja.")],
                render_kw={"type": "number", "min": "1", "max": str(LONGEST), "inputmode": "numeric"},
            )
    return type("TermsForm", (Terms,), fields)


def terms_values(terms: dict[str, Term]) -> dict[str, int | None]:
    """What the form shows."""
    found = {}
    for kind in TERMED:
        found[f"answer_{slug(kind)}"], found[f"settle_{slug(kind)}"] = terms[kind].answer, terms[kind].settle
    return found


def slug(kind: str) -> str:
    """A kind as part of a field's name."""
    return kind.replace(" ", "_")


def clock_words(minutes: int | None) -> str:
    """Minutes after midnight as "08.00"; a day that ends at midnight as 24.00."""
    return "" if minutes is None else "{:02}.{:02}".format(*divmod(minutes, 60))


def _words(span: tuple[int, ...] | None) -> tuple[str, str]:
    return (clock_words(span[0]), clock_words(span[1])) if span else ("", "")


def _minutes(field: Any) -> int | None:
    """Minutes after midnight; None for an empty field, and for what is no time, with the sentence at it."""
    if not field.data:
        return None
    if re.fullmatch(r"24[:.]00", field.data):
        return 1440
    # "8" and "0800" are how it is typed in a hurry.
    text = re.sub(r"^(\d{1,2}?)(\d{2})$", r"\1.\2", field.data) if len(field.data) > 2 else f"{field.data}.00"
    at = read_hour(text)
    if at is None:
        field.errors = [*field.errors, _NO_HOUR]
        return None
    return at.hour * 60 + at.minute
