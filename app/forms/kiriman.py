"""The composer, and the small forms of a post's own page. Dates and times are read in the organisation's zone only."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import (
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, ValidationError

from app import clock
from app.forms._base import PageForm, strip
from app.words_statistik import TASKS
from app.words_withdraw import REASONS, reason

_LONGEST = Length(max=70_000, message="Tulisan ini terlalu panjang; paling banyak 70.000 huruf.")
_YEARS = range(2000, 2101)


def _whole(value: Any) -> int:
    """A number of ours; 0, which names nothing, for whatever else was sent."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _day() -> Any:
    return StringField("Tanggal", filters=[strip], render_kw={"type": "date"})


def _hour() -> Any:
    return StringField("Jam", filters=[strip], render_kw={"type": "time"})


class _Moment(PageForm):
    """A date and a clock time of the organisation's zone; phones send 19:00, people write 19.00."""

    day: StringField
    hour: StringField

    def chosen(self, zone: str) -> datetime | None:
        """The moment, aware; None when it cannot be read, with the sentence at its field."""
        day, hour = read_day(self.day.data), read_hour(self.hour.data)
        if day is None:
            self.day.errors = [*self.day.errors, "Pilih tanggalnya." if not self.day.data else _BAD_DAY]
        if hour is None:
            self.hour.errors = [*self.hour.errors, "Pilih jamnya." if not self.hour.data else _BAD_HOUR]
        return datetime.combine(day, hour, ZoneInfo(zone)) if day is not None and hour is not None else None


_BAD_DAY = "Tanggal ini tidak ada. Tulis seperti 2026-08-20."
_BAD_HOUR = "Jam ini tidak ada. Tulis seperti 19.00."


def read_day(text: str | None) -> date | None:
    """A date as browsers send it (2026-08-20); None when there is no such day."""
    if not re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}", text or "", re.ASCII):
        return None
    year, month, day = (int(part) for part in (text or "").split("-"))
    try:
        return date(year, month, day) if year in _YEARS else None
    except ValueError:
        return None


def read_hour(text: str | None) -> time | None:
    """A clock time: 19:00, 19.00 or 19:00:00; None when there is none."""
    found = re.fullmatch(r"(\d{1,2})[:.](\d{2})(?:[:.]\d{2}(?:\.\d+)?)?", text or "", re.ASCII)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        return None
    return time(int(found[1]), int(found[2]))


class Compose(_Moment):
    """What is said of a post. Fields per account and per photo are added by ``compose_form``.

    when: slot (the free hour offered, its moment in ``slot``), now (as soon as approved), at (day and hour).
    """

    photos = MultipleFileField("Foto")
    caption = TextAreaField("Tulisan kiriman", [_LONGEST])
    title = StringField("Judul kegiatan", [Length(max=200, message="Paling banyak 200 huruf.")], filters=[strip])
    done_on = StringField("Tanggal kegiatan", filters=[strip], render_kw={"type": "date"})
    village = StringField("Desa", [Length(max=100, message="Paling banyak 100 huruf.")], filters=[strip])
    task = SelectField(
        "Tugas",
        choices=[SelectChoice(value=key, label=label) for key, label in {"": "Belum dipilih", **TASKS}.items()],
        validate_choice=False,
    )
    when = RadioField("Kapan terbit", validate_choice=False)
    slot = HiddenField()
    day, hour = _day(), _hour()
    accounts = SelectMultipleField("Dikirim ke", coerce=_whole, validate_choice=False)
    form_number = HiddenField()
    revision = HiddenField()

    def validate_done_on(self, field: StringField) -> None:
        """Empty, or a day that exists."""
        if field.data and read_day(field.data) is None:
            raise ValidationError(_BAD_DAY)

    def validate_task(self, field: SelectField) -> None:
        """One of the six, or none."""
        if field.data and field.data not in TASKS:
            raise ValidationError("Tugas ini tidak dikenal.")

    def due(self, zone: str, known: datetime | None) -> datetime | None:
        """The wished moment; None: as soon as approved. known: the draft's own, kept to the second when unchanged."""
        if self.when.data == "now":
            return None
        if self.when.data == "slot":
            return _stamp(self.slot.data)
        chosen = self.chosen(zone)
        same = known is not None and chosen is not None and abs((known - chosen).total_seconds()) < 60
        return known if same else chosen

    def say_due(self, due_at: datetime | None, zone: str) -> None:
        """Show a draft's moment."""
        if due_at is None:
            self.when.data = "now"
            return
        here = due_at.astimezone(ZoneInfo(zone))
        self.when.data, self.day.data, self.hour.data = "at", f"{here:%Y-%m-%d}", f"{here:%H:%M}"

    def variants(self, connectors: Sequence[str]) -> dict[str, str]:
        """Connector → its own caption, where one was written."""
        return {name: self[f"variant_{name}"].data or "" for name in connectors}

    def alts(self, photo_ids: Sequence[int]) -> dict[int, str]:
        """Photo id → its words; only of photos whose field was on the page that was sent."""
        return {id_: self[f"alt_{id_}"].data or "" for id_ in photo_ids if self[f"alt_{id_}"].raw_data}

    def from_revision(self) -> int | None:
        """The revision of the post that this form was made from; None for a new one."""
        return _whole(self.revision.data) if self.revision.data else None


def compose_form(connectors: Mapping[str, str], photo_ids: Sequence[int]) -> type[Compose]:
    """The composer with a caption per connector (name → label) and words per photo."""
    fields: dict[str, Any] = {
        f"variant_{name}": TextAreaField(f"Tulisan khusus {label}", [_LONGEST]) for name, label in connectors.items()
    }
    for at, id_ in enumerate(photo_ids, 1):
        fields[f"alt_{id_}"] = TextAreaField(
            f"Keterangan foto {at}",
            [Length(max=1000, message="Keterangan foto paling banyak 1.000 huruf.")],
            render_kw={"maxlength": 1000},
        )
    return type("ComposeThis", (Compose,), fields)


def _stamp(text: str | None) -> datetime | None:
    """The moment of the slot as we wrote it ourselves; the present when it was tampered with."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return clock.now()
    return moment if moment.utcoffset() is not None and moment.year in _YEARS else clock.now()


class Reschedule(_Moment):
    """Another moment for a post that waits."""

    day, hour = _day(), _hour()


class SendBack(PageForm):
    """Why it goes back to its author."""

    reason = TextAreaField(
        "Apa yang perlu diperbaiki?",
        [Length(max=1000, message="Paling banyak 1.000 huruf.")],
        filters=[strip],
        render_kw={"rows": "3"},
    )


class TakeBack(PageForm):
    """Why a post is taken back; the reason stays in its history. ``said`` is what is kept."""

    why = RadioField(
        "Mengapa ditarik?",
        choices=[SelectChoice(value=key, label=label) for key, label in REASONS.items()],
        validate_choice=False,
    )
    reason = TextAreaField(
        "Keterangan",
        [Length(max=1000, message="Paling banyak 1.000 huruf.")],
        filters=[strip],
        render_kw={"rows": "2", "maxlength": "1000"},
    )

    @property
    def said(self) -> str:
        """The chosen reason and what was written beside it."""
        return reason(self.why.data or "", self.reason.data or "")

    def validate_why(self, field: RadioField) -> None:
        """One of the usual ones; "lain" with words."""
        if field.data not in REASONS:
            raise ValidationError("Pilih salah satu alasan.")

    def validate_reason(self, field: TextAreaField) -> None:
        """Needed where no usual reason was chosen."""
        if self.why.data == "lain" and not field.data:
            raise ValidationError("Tulis alasannya.")


class Decide(PageForm):
    """A person's word about a delivery. address: of the post on its platform, if it was copied."""

    address = StringField("Alamat kirimannya di sana (bila ada)", filters=[strip], render_kw={"inputmode": "url"})
