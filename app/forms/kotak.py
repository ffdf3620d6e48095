"""Forms of the inbox: the reply, what is decided about an item, hiding, a note taken by hand."""

from __future__ import annotations

from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from app.forms._base import PageForm, strip
from app.models import CHANNELS, KINDS
from app.services.moderating import ANSWER_MOST
from app.states import ASPIRATION
from app.words_inbox import REASONS


class Reply(PageForm):
    """seen: which of our answers its writer knew (app/queries/conversation.Thread.seen)."""

    text = TextAreaField(
        "Balasan",
        [
            InputRequired("Tulis balasannya dahulu."),
            Length(max=ANSWER_MOST, message=f"Terlalu panjang; paling banyak {ANSWER_MOST} huruf."),
        ],
        render_kw={"rows": "5", "maxlength": str(ANSWER_MOST), "required": False},
    )
    seen = HiddenField()


class Care(PageForm):
    """Kind, status and who looks after it. was_*: what the page showed, so that only what was changed is written."""

    kind = SelectField("Jenis", choices={kind: kind.capitalize() for kind in KINDS})
    status = SelectField("Status")
    assignee = SelectField("Ditangani oleh", coerce=int, validate_choice=True)
    was_kind = HiddenField()
    was_status = HiddenField()
    was_assignee = HiddenField()

    def offer(self, status: str, people: list[tuple[int, str]], assigned: bool) -> None:
        """Statuses that can follow this one, people who may help. Nobody is offered only while nobody has it."""
        following = [to for to in ASPIRATION.states if to == status or (status, to) in ASPIRATION.moves]
        self.status.choices = {to: to.capitalize() for to in following}
        self.assignee.choices = ({} if assigned else {"0": "Belum ada"}) | {str(id_): name for id_, name in people}


class Hide(PageForm):
    """A reason is obligatory; it stays in the history."""

    reason = SelectField(
        "Alasan (wajib)",
        [InputRequired("Pilih alasannya.")],
        choices={"": "Pilih alasan", **REASONS},
        render_kw={"required": False},
    )
    more = StringField(
        "Keterangan",
        [Length(max=300, message="Paling banyak 300 huruf.")],
        filters=[strip],
        render_kw={"maxlength": "300", "autocomplete": "off"},
    )

    def validate_more(self, field: StringField) -> None:
        """Another reason needs its words."""
        if self.reason.data == "lain" and not field.data:
            raise ValidationError("Tulis alasannya.")

    def words(self) -> str:
        """The reason as it is kept."""
        chosen = "" if self.reason.data == "lain" else REASONS[self.reason.data]
        return ". ".join(piece for piece in (chosen, self.more.data) if piece)


class Note(PageForm):
    """What a resident said in person, by phone or on paper."""

    author = StringField(
        "Dari siapa (boleh kosong)",
        [Length(max=120, message="Paling banyak 120 huruf.")],
        filters=[strip],
        render_kw={"autocomplete": "off", "maxlength": "120"},
    )
    text = TextAreaField(
        "Yang disampaikan",
        [InputRequired("Tulis apa yang disampaikan."), Length(max=5000, message="Paling banyak 5.000 huruf.")],
        render_kw={"rows": "7", "maxlength": "5000", "required": False},
    )
    channel = SelectField(
        "Lewat",
        choices={"": "Pilih jalurnya", **{channel: channel.capitalize() for channel in CHANNELS}},
        default="",
    )
    kind = SelectField("Jenis", choices={kind: kind.capitalize() for kind in KINDS}, default="perlu dipilah")
