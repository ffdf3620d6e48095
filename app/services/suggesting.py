"""Each new text of the inbox is looked at once: is it urgent, what kind is it, and is it surely spam.

It suggests; a person decides. The one thing done by itself, where an organisation has switched it on, is hiding spam
above a stated confidence, and that can be undone. The model is imported in the worker only (app/language/triage.py).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select, update

from app import clock
from app.language import urgency
from app.models import MUST_ANSWER, Aspiration, Organisation
from app.parts import Parts
from app.problems import Problem
from app.services import moderating
from app.states import Actor, note, tell

if TYPE_CHECKING:
    from app.language.triage import Suggestion, Triage

log = logging.getLogger(__name__)

MACHINE = Actor("perkiraan")
#: Who hides by itself. Whoever looks for what it did looks for this name.
FILTER = Actor("penyaring spam")
#: Kinds decided by these are no lesson: nobody of the organisation looked.
NOT_TAUGHT = (FILTER.who, "warga")
HIDDEN_BECAUSE = "Promosi judi atau penipuan"
BATCH = 100
#: The newest decisions of people that are learned from, how many make it worth learning, and how often at most.
LESSONS, WORTH, RELEARN = 4000, 20, timedelta(hours=24)
#: The model that learned from them, under KENTONGAN_HOME.
FILE = "perkiraan.npz"


@dataclass(frozen=True)
class Look:
    """One text to be looked at, as it stands."""

    id: int
    organisation_id: int
    text: str


def waiting(parts: Parts, limit: int = BATCH) -> list[Look]:
    """Texts that nobody looked at, the newest first: a rush of old ones does not hide what was said just now."""
    with parts.db.read() as session:
        rows = session.execute(
            select(col(Aspiration.id), col(Aspiration.organisation_id), col(Aspiration.text))
            .where(col(Aspiration.suggested_at).is_(None))
            .order_by(col(Aspiration.id).desc())
            .limit(limit)
        )
        return [Look(*row) for row in rows]


def alarm(parts: Parts, looks: Sequence[Look]) -> int:
    """Mark what is urgent and tell people at once; how many. By rules alone, so that it waits for no model."""
    found = {look.id: hit for look in looks if (hit := urgency.urgent(look.text)) is not None}
    if not found:
        return 0
    with parts.db.write() as session:
        rows = session.exec(select(Aspiration).where(col(Aspiration.id).in_(found)).with_for_update()).all()
        marked = 0
        for item in rows:
            # A person who has decided about it knows more than a rule.
            if item.urgent is None and item.urgent_by is None and item.id is not None:
                item.urgent = found[item.id].reasons[0]
                session.add(item)
                session.flush()
                note(session, item, "urgent", MACHINE, facts={"to": item.urgent, "words": found[item.id].said})
                tell(session, item, "urgent")
                marked += 1
    return marked


def suggest(parts: Parts, model: Triage, looks: Sequence[Look]) -> int:
    """Write what the model thinks of these texts; how many. A text that changed meanwhile is looked at again."""
    if not looks:
        return 0
    thoughts = dict(zip((look.id for look in looks), model.suggest([look.text for look in looks]), strict=True))
    present, written = clock.now(), 0
    with parts.db.write() as session:
        for look in looks:
            thought = thoughts[look.id]
            change = (
                update(Aspiration)
                .where(
                    col(Aspiration.id) == look.id,
                    col(Aspiration.text) == look.text,
                    col(Aspiration.suggested_at).is_(None),
                )
                .values(
                    suggested_kind=thought.kind,
                    confidence=round(thought.confidence, 4),
                    suggested_why=[[word, round(weight, 3)] for word, weight in thought.why],
                    suggested_at=present,
                    suggested_by=model.version,
                )
                .execution_options(synchronize_session=False)
            )
            written += int(session.connection().execute(change).rowcount == 1)
        _hide(session, [(look, thoughts[look.id]) for look in looks])
    return written


def _hide(session: Session, thoughts: Sequence[tuple[Look, Suggestion]]) -> None:
    """Hide what is surely spam, in organisations that want it; never what is urgent or was decided by a person."""
    sure = [look for look, thought in thoughts if thought.sure_spam and not thought.urgent]
    if not sure:
        return
    homes = {look.organisation_id for look in sure}
    rows = session.execute(select(col(Organisation.id), col(Organisation.rules)).where(col(Organisation.id).in_(homes)))
    wanting = {id_ for id_, rules in rows if (rules or {}).get("hide_spam")}
    for look in sure:
        item = session.get(Aspiration, look.id) if look.organisation_id in wanting else None
        if item is None or item.text != look.text or item.urgent or item.kind_by or item.kind in MUST_ANSWER:
            continue
        try:
            with session.begin_nested():
                moderating.hide(session, look.id, FILTER, HIDDEN_BECAUSE, by_itself=True)
                moderating.set_item(session, look.id, FILTER, kind="spam", status="diarsipkan")
        except Problem as problem:
            log.info("spam of item %s stays: %s", look.id, problem.code)


def lessons(parts: Parts) -> list[tuple[str, str, str]]:
    """(text, kind, organisation) that people decided, oldest first."""
    with parts.db.read() as session:
        rows = session.execute(
            select(col(Aspiration.text), col(Aspiration.kind), col(Aspiration.organisation_id))
            .where(
                col(Aspiration.kind_by).is_not(None),
                col(Aspiration.kind_by).not_in(NOT_TAUGHT),
                col(Aspiration.kind) != "perlu dipilah",
            )
            .order_by(col(Aspiration.id).desc())
            .limit(LESSONS)
        )
        return [(text, kind, str(organisation)) for text, kind, organisation in rows][::-1]


def filters(session: Session, organisation_id: int) -> bool:
    """Whether this organisation hides sure spam by itself. Off until somebody switches it on."""
    return bool(session.get_one(Organisation, organisation_id).rules.get("hide_spam"))


def switch_filter(session: Session, organisation_id: int, by: Actor, *, on: bool) -> None:
    """Hide sure spam by itself from now on, or no longer."""
    organisation = session.get_one(Organisation, organisation_id, with_for_update=True)
    if bool(organisation.rules.get("hide_spam")) == on:
        return
    organisation.rules = {**organisation.rules, "hide_spam": on}
    session.add(organisation)
    session.flush()
    note(session, organisation, "hide_spam", by, facts={"to": on})
