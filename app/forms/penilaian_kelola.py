"""Small forms of who runs an award: a line of the register, a juror, an exclusion, a breach, a flag."""

from __future__ import annotations

from wtforms import FileField, RadioField, SelectField, StringField, TextAreaField

from app.forms._base import PageForm, strip


class Berkas(PageForm):
    """A table of participants."""

    file = FileField("Berkas XLSX atau CSV", render_kw={"accept": ".xlsx,.csv,text/csv"})


class Peserta(PageForm):
    """A line of the register."""

    takes_part = SelectField("Ikut dinilai", choices={"ya": "Ya", "tidak": "Tidak"})
    note = StringField("Catatan", filters=[strip], render_kw={"maxlength": "500", "autocomplete": "off"})
    public = SelectField("Akunnya terlihat semua orang", choices={"ya": "Ya", "tidak": "Tidak"})
    public_note = StringField("Catatan akun", filters=[strip], render_kw={"maxlength": "500", "autocomplete": "off"})


class Juri(PageForm):
    """Who is to judge."""

    person = SelectField("Nama", choices={})


class Undian(PageForm):
    """The seed of the draw."""

    seed = StringField("Benih undian", filters=[strip], render_kw={"maxlength": "60", "autocomplete": "off"})


class Kecuali(PageForm):
    """Why something is left out."""

    reason = TextAreaField("Alasan", filters=[strip], render_kw={"maxlength": "1000", "rows": "2"})


class Pelanggaran(PageForm):
    """A breach of privacy."""

    organisation = SelectField("Peserta", choices={})
    what = TextAreaField("Apa yang terjadi", filters=[strip], render_kw={"maxlength": "1000", "rows": "2"})


class Putusan(PageForm):
    """What is decided about an odd pattern."""

    decision = RadioField("Putusan", choices=[("counts", "Tetap dihitung"), ("left_out", "Tidak dihitung")])
    why = TextAreaField("Alasan", filters=[strip], render_kw={"maxlength": "1000", "rows": "2"})


class Pembatalan(PageForm):
    """Why a decision is taken back."""

    why = TextAreaField("Alasan", filters=[strip], render_kw={"maxlength": "1000", "rows": "2"})
