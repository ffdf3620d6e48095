"""The door: e-mail and password, then the code of the second factor."""

from __future__ import annotations

from wtforms import BooleanField, EmailField, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from app.forms._base import PageForm, strip


class SignIn(PageForm):
    """E-mail and password."""

    email = EmailField(
        "Email",
        [InputRequired("Tulis email Anda."), Length(max=254, message="Email ini terlalu panjang.")],
        filters=[strip],
        render_kw={"autocomplete": "username", "inputmode": "email"},
    )
    password = PasswordField(
        "Kata sandi",
        [InputRequired("Tulis kata sandi Anda.")],
        render_kw={"autocomplete": "current-password"},
    )
    remember = BooleanField("Ingat HP ini selama 30 hari")
    next = HiddenField()


class Code(PageForm):
    """The six digits of the authenticator."""

    code = StringField(
        "Kode 6 angka",
        [InputRequired("Tulis kode dari aplikasi autentikator.")],
        filters=[strip],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "10"},
    )
    next = HiddenField()
