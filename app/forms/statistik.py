"""What the statistics page shows: which span of days, and of whom. Sent by GET, so that it can be linked to."""

from __future__ import annotations

from wtforms import SelectField

from app.forms._base import PageForm


class Choice(PageForm):
    """organisasi is shown only to who sees several."""

    organisasi = SelectField("Organisasi", coerce=int)
    masa = SelectField("Rentang waktu")
