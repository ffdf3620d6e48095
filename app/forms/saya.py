"""One's own name, password and second factor."""

from __future__ import annotations

from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from app.forms._base import PageForm, strip

_NOW = {"autocomplete": "current-password"}
_NEW = {"autocomplete": "new-password", "minlength": "10"}


class Name(PageForm):
    """What colleagues see."""

    name = StringField(
        "Nama",
        [InputRequired("Tulis nama Anda."), Length(max=100, message="Paling banyak 100 huruf.")],
        filters=[strip],
        render_kw={"autocomplete": "name"},
    )


class NewPassword(PageForm):
    """The old one is asked for, so that a phone left open is not enough."""

    password = PasswordField("Kata sandi sekarang", [InputRequired("Tulis kata sandi sekarang.")], render_kw=_NOW)
    new = PasswordField("Kata sandi baru", [InputRequired("Tulis kata sandi baru.")], render_kw=_NEW)
    again = PasswordField(
        "Kata sandi baru, sekali lagi",
        [InputRequired("Tulis sekali lagi."), EqualTo("new", "Tidak sama dengan yang di atas.")],
        render_kw=_NEW,
    )


class SwitchOn(PageForm):
    """The first code proves that the app on the phone really has the secret."""

    code = StringField(
        "Kode 6 angka dari aplikasi",
        [InputRequired("Tulis kode dari aplikasi autentikator.")],
        filters=[strip],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "10"},
    )


class SwitchOff(PageForm):
    """Switching the second factor off asks for the password."""

    off_password = PasswordField("Kata sandi", [InputRequired("Tulis kata sandi Anda.")], render_kw=_NOW)
