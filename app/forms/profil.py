"""The profile that stands on the organisation's own page."""

from __future__ import annotations

from datetime import date
from typing import Any

from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from app.forms._base import PageForm, strip
from app.forms.kiriman import read_day
from app.services.profiles import MOST, MOST_CONTACTS

_DAY = {"type": "date"}


def _short(key: str) -> Length:
    return Length(max=MOST[key], message=f"Paling banyak {MOST[key]} huruf.")


class Profile(PageForm):
    """contacts: one "name: value" a line; villages: one a line."""

    slug = StringField(
        "Alamat halaman",
        [InputRequired("Tulis alamatnya, misalnya ipsm-leuwisadeng.")],
        filters=[strip],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "maxlength": "60"},
    )
    tagline = StringField("Satu kalimat tentang kami", [_short("tagline")], filters=[strip])
    about = TextAreaField("Tentang kami", [_short("about")], filters=[strip], render_kw={"rows": "5"})
    hours = StringField("Jam jawab", [_short("hours")], filters=[strip])
    contacts = TextAreaField("Cara menghubungi", [Length(max=4000)], render_kw={"rows": "3"})
    villages = TextAreaField("Desa yang dapat dipilih warga", [Length(max=8000)], render_kw={"rows": "4"})
    address = StringField("Alamat sekretariat", [_short("address")], filters=[strip])
    show_address = BooleanField("Tampilkan alamat sekretariat di halaman umum")
    form = BooleanField("Warga dapat mengirim aspirasi lewat formulir di halaman ini")
    sk_number = StringField("Surat keputusan", [_short("sk_number")], filters=[strip])
    office_from = StringField("Masa bakti mulai", render_kw=_DAY)
    office_to = StringField("Masa bakti berakhir", render_kw=_DAY)

    def validate_contacts(self, field: TextAreaField) -> None:
        """Every line has a name and a value."""
        lines = [line for line in (field.data or "").splitlines() if line.strip()]
        if len(lines) > MOST_CONTACTS:
            raise ValidationError(f"Paling banyak {MOST_CONTACTS} baris.")
        for line in lines:
            name, _, value = line.partition(":")
            if not (name.strip() and value.strip()):
                raise ValidationError(f"Baris “{line.strip()[:40]}” belum berbentuk nama: isi.")

    def validate_office_from(self, field: StringField) -> None:
        """A day, or nothing."""
        self._day(field)

    def validate_office_to(self, field: StringField) -> None:
        """A day that is not before the first one, or nothing."""
        since, until = read_day(self.office_from.data), self._day(field)
        if since and until and until < since:
            raise ValidationError("Masa bakti berakhir sebelum dimulai. Periksa tahunnya.")

    def _day(self, field: StringField) -> date | None:
        day = read_day(field.data)
        if field.data and day is None:
            raise ValidationError("Tanggal ini tidak terbaca; tulis seperti 2022-07-18.")
        return day

    def period(self) -> tuple[date | None, date | None]:
        """From and to, once the form is valid."""
        return self._day(self.office_from), self._day(self.office_to)

    def said(self) -> dict[str, Any]:
        """As app/services/profiles.edit takes it."""
        pairs = [line.partition(":") for line in (self.contacts.data or "").splitlines() if line.strip()]
        plain = {name: self[name].data or "" for name in ("tagline", "about", "hours", "address")}
        return plain | {
            "contacts": [(name, value) for name, _, value in pairs],
            "villages": (self.villages.data or "").splitlines(),
            "show_address": bool(self.show_address.data),
            "form": bool(self.form.data),
        }
