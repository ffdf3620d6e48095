"""Connecting an account, and connecting it again."""

from __future__ import annotations

from wtforms import BooleanField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from app.forms._base import PageForm, strip

_TOKEN = {"autocomplete": "off", "spellcheck": "false"}


class NewAccount(PageForm):
    """choices of ``connector`` come from the folder of connectors. settings: one ``name=value`` a line."""

    connector = SelectField("Platform")
    name = StringField(
        "Nama akun",
        [InputRequired("Tulis nama akun."), Length(max=100, message="Paling banyak 100 huruf.")],
        filters=[strip],
    )
    remote_id = StringField(
        "ID akun di platform",
        [InputRequired("Tulis ID akun."), Length(max=100, message="ID ini terlalu panjang.")],
        filters=[strip],
        render_kw={"autocomplete": "off"},
    )
    token = PasswordField(
        "Kunci akses",
        [InputRequired("Tempel kunci akses."), Length(max=20_000, message="Kunci ini terlalu panjang.")],
        render_kw=_TOKEN,
    )
    settings = TextAreaField(
        "Pengaturan tambahan",
        [Optional(), Length(max=5_000, message="Terlalu panjang.")],
        render_kw={"rows": "3", "spellcheck": "false"},
    )
    accept_risk = BooleanField("Saya mengerti risikonya dan tetap ingin memakai cara ini")

    def validate_settings(self, field: TextAreaField) -> None:
        """Every line is ``name=value``."""
        for line in (field.data or "").splitlines():
            name, sign, _ = line.partition("=")
            if line.strip() and not (sign and name.strip().isidentifier()):
                raise ValidationError(f"Baris “{line.strip()[:40]}” belum berbentuk nama=nilai.")

    def chosen(self) -> dict[str, str]:
        """The settings as the service takes them."""
        lines = [line.partition("=") for line in (self.settings.data or "").splitlines() if line.strip()]
        found = {name.strip(): value.strip() for name, _, value in lines}
        return found | ({"accept_risk": "yes"} if self.accept_risk.data else {})


class Reconnect(PageForm):
    """A new key for a known account."""

    token = PasswordField(
        "Kunci akses baru",
        [InputRequired("Tempel kunci akses."), Length(max=20_000, message="Kunci ini terlalu panjang.")],
        render_kw=_TOKEN,
    )
