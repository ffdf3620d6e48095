"""What the statistics page shows: which days, of whom, and what of it. Sent by GET, so that it can be linked to."""

from __future__ import annotations

from wtforms import BooleanField, SelectField

from app.forms._base import PageForm

#: In an address: those that name no tugas, or no desa.
NONE = "-"


class Choice(PageForm):
    """organisasi and wilayah are shown only to who sees several. tugas, desa: "" for all."""

    organisasi = SelectField("Organisasi", coerce=int)
    masa = SelectField("Rentang waktu")
    wilayah = BooleanField("Seluruh wilayah")
    tugas = SelectField("Tugas", validate_choice=False)
    desa = SelectField("Desa", validate_choice=False)
