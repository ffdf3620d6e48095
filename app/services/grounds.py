"""On what grounds a comment may be taken from the public, and whether its writer may be written to privately."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from app.models import MUST_ANSWER, Account, Aspiration, Comment, Outgoing
from app.problems import Problem

#: Kinds whose hiding is watched: what people say against us.
WATCHED = ("kritik", "keluhan")
#: Words that a reason for hiding one of these has at least.
LEAST = 3
#: Said of what somebody does not like to read; a reason made of these alone is none.
_DISLIKE = frozenset(
    re.findall(
        r"\w+",
        """
    tidak tdk gak ga nggak enggak ngga ora teu suka senang enak setuju cocok berkenan pantas sopan baik bagus layak
    jelek buruk negatif pedas kasar mengganggu ganggu menyinggung tersinggung sakit hati malu memalukan bikin membuat
    merusak rusak mencemarkan mencoreng citra nama reputasi wibawa merugikan kritik kritikan keluhan protes nyinyir
    julid rewel cerewet lebay bohong ngawur mengada ada hoaks hoax fitnah salah benar
        """,
    )
)
#: Words that add nothing to a reason.
_EMPTY = frozenset(
    re.findall(
        r"\w+",
        """
    karena krn sebab soalnya dan atau yang yg ini itu saja aja sih banget sekali terlalu agak sangat kami kita saya aku
    dia dari untuk di ke pada dengan komentar komentarnya komen komennya tulisan tulisannya isinya isi kata katanya
    warga orang organisasi desa kantor pengurus pemerintah admin pak bapak bu ibu jadi perlu harus disembunyikan
    sembunyikan hapus dihapus lagi juga lah deh kok mau ingin
        """,
    )
)
#: Meta, "Private Replies": one message, within seven days of the comment. A little earlier, so that it is not refused
#: on its way.
WINDOW = timedelta(days=7)
_SPARE = timedelta(minutes=5)
#: The permission that writing privately needs (Meta, "Private Replies" of Messenger and of Instagram).
PRIVATE_NEEDS = {"facebook": "pages_messaging", "instagram": "instagram_manage_messages"}
#: A private message in one of these states never reached the resident.
_NEVER_SENT = ("cancelled", "failed", "missed")


def reason(item: Aspiration, said: str) -> None:
    """Whether this is a reason. Problem: reason_needed; of kritik, keluhan and what is urgent also reason_short and
    reason_dislike ("tidak suka", "merusak nama baik desa")."""
    words = re.findall(r"[^\W\d_]{2,}", said.lower())
    if not said.strip():
        raise Problem("reason_needed", field="reason")
    if item.kind not in WATCHED and not item.urgent:
        return
    if len(words) < LEAST and not _disliked(words):
        raise Problem("reason_short", field="reason", least=LEAST)
    if _disliked(words):
        raise Problem("reason_dislike", field="reason")


def _disliked(words: list[str]) -> bool:
    return bool(words) and all(word in _DISLIKE or word in _EMPTY for word in words)


def filtered(item: Aspiration, *, by_itself: bool) -> None:
    """Problem("not_by_itself") where the filter would hide what is urgent, what a person decided otherwise about, or
    what must be answered."""
    decided = item.kind_by is not None and item.kind != "spam"
    if by_itself and (item.urgent or decided or item.kind in MUST_ANSWER):
        raise Problem("not_by_itself")


def private(session: Session, item: Aspiration, present: datetime) -> None:
    """Whether the writer may be written to privately now. Each Problem has the permalink, to copy and open."""
    comment = session.get(Comment, item.comment_id) if item.comment_id else None
    if comment is None:
        raise Problem("no_platform", source=item.source)
    account = session.get_one(Account, comment.account_id)
    facts = {"permalink": comment.permalink}
    if present > comment.said_at + WINDOW - _SPARE:
        raise Problem("private_window", days=WINDOW.days, **facts)
    before = select(Outgoing.id).where(
        Outgoing.comment_id == comment.id, Outgoing.action == "private_reply", col(Outgoing.state).not_in(_NEVER_SENT)
    )
    if session.exec(before.limit(1)).first() is not None:
        raise Problem("private_once", **facts)
    # The platform said so since the account was last looked at: not asked again in vain.
    refused = select(Outgoing.id).where(Outgoing.account_id == account.id, Outgoing.error_code == "private_right")
    if account.checked_at is not None:
        refused = refused.where(col(Outgoing.created_at) > account.checked_at)
    if session.exec(refused.limit(1)).first() is not None:
        raise Problem("private_right", permission=PRIVATE_NEEDS.get(account.connector, "-"), **facts)
