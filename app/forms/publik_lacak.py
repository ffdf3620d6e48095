"""Following by code, and adding to what was sent. The code travels in the form, never in an address."""

from __future__ import annotations

from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.forms._base import PageForm
from app.services.tracking import ADD_MOST

_CODE = {
    "autocomplete": "off",
    "autocapitalize": "characters",
    "spellcheck": "false",
    "maxlength": "40",
    "required": False,
}


class Code(PageForm):
    """As it was typed; app/services/codes.read makes sense of it."""

    code = StringField("Kode Anda", [InputRequired("Tulis kodenya.")], render_kw=_CODE)


class Addition(PageForm):
    """What the resident adds."""

    text = TextAreaField(
        "Tambah keterangan",
        [
            InputRequired("Tulis keterangannya."),
            Length(max=ADD_MOST, message="Terlalu panjang; paling banyak 3.000 huruf."),
        ],
        render_kw={"rows": "3", "maxlength": str(ADD_MOST), "dir": "auto", "required": False},
    )
