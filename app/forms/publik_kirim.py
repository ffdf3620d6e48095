"""The resident's form: every field may stay empty but what is said and of which kind."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, MultipleFileField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from app.forms._base import PageForm, strip
from app.services.receiving import NAME_MOST, PHONE_MOST, PHOTOS_MOST, TEXT_MOST

#: Kind → what it is for, in the order of the page.
KINDS = {
    "keluhan": "Ada yang rusak, macet, atau belum diterima",
    "aspirasi": "Usul atau harapan",
    "kritik": "Cara kami bekerja perlu diperbaiki",
    "pertanyaan": "Syarat, jadwal, tempat",
}
ELSEWHERE = "Di luar daftar ini"
CHOOSE = "Pilih dahulu: keluhan, aspirasi, kritik, atau pertanyaan."


class Send(PageForm):
    """ticket: app/tickets.py. anyway: what was warned of and is sent all the same. trap: no person sees it."""

    ticket = HiddenField()
    anyway = HiddenField()
    kind = RadioField(
        "Ini tentang apa?",
        [InputRequired(CHOOSE)],
        choices=KINDS,
        validate_choice=False,
    )
    text = TextAreaField(
        "Ceritakan",
        [
            InputRequired("Tulis sedikitnya satu kalimat, misalnya “Lampu jalan depan posyandu mati tiga hari”."),
            Length(max=TEXT_MOST, message="Terlalu panjang; paling banyak 5.000 huruf."),
        ],
        render_kw={"rows": "5", "maxlength": str(TEXT_MOST), "dir": "auto", "required": False},
    )
    village = SelectField("Desa", validate_choice=False)
    photos = MultipleFileField(
        f"Foto (boleh kosong, sampai {PHOTOS_MOST})", render_kw={"accept": "image/*", "class": "file"}
    )
    name = StringField(
        "Nama (boleh kosong)",
        [Length(max=NAME_MOST, message="Paling banyak 120 huruf.")],
        filters=[strip],
        render_kw={"autocomplete": "name", "maxlength": str(NAME_MOST)},
    )
    phone = StringField(
        "Nomor HP (boleh kosong)",
        [Length(max=PHONE_MOST, message="Nomor ini terlalu panjang.")],
        filters=[strip],
        render_kw={"autocomplete": "tel", "inputmode": "tel", "type": "tel", "maxlength": str(PHONE_MOST)},
    )
    anonymous = BooleanField("Kirim tanpa nama; nama dan nomor HP tidak disimpan")
    secret = BooleanField("Rahasiakan; jangan tampilkan di halaman ini")
    trap = StringField("Situs web (biarkan kosong)", render_kw={"autocomplete": "off", "tabindex": "-1"})

    def validate_kind(self, field: RadioField) -> None:
        """One of ours, in our words."""
        if field.data not in KINDS:
            raise ValidationError(CHOOSE)

    def offer(self, villages: list[str]) -> None:
        """The villages to choose from; nobody has to."""
        rest = [ELSEWHERE] if villages else []
        self.village.choices = {"": "Pilih desa"} | {name: name for name in (*villages, *rest)}
        if self.village.data not in {"", *villages, *rest}:
            self.village.data = ""
