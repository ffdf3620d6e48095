"""An objection against a participant's sheet."""

from __future__ import annotations

from wtforms import SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.forms._base import PageForm, strip
from app.services.objections import OTHER, TEXT_MOST
from app.words_award import INDICATORS


class Sanggahan(PageForm):
    """Which part, and what is wrong with it."""

    part = SelectField("Bagian yang disanggah", choices={**INDICATORS, OTHER: "Lainnya"})
    text = TextAreaField(
        "Apa yang menurut Anda keliru?",
        [InputRequired("Tulis apa yang menurut Anda keliru."), Length(max=TEXT_MOST, message="Terlalu panjang.")],
        filters=[strip],
        render_kw={"maxlength": str(TEXT_MOST), "rows": "4", "required": False},
    )


class Jawaban(PageForm):
    """The answer to an objection."""

    outcome = SelectField(
        "Keputusan",
        choices={"accept": "Diterima", "accept_partly": "Diterima sebagian", "reject": "Tidak diterima"},
    )
    answer = TextAreaField(
        "Jawaban",
        [InputRequired("Tulis jawabannya; peserta membacanya."), Length(max=TEXT_MOST, message="Terlalu panjang.")],
        filters=[strip],
        render_kw={"maxlength": str(TEXT_MOST), "rows": "3", "required": False},
    )
