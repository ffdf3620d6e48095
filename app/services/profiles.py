"""What an organisation's own page says of it, and whether its form is open.

``Organisation.profile`` holds: ``tagline``, ``about``, ``contacts`` (pairs of name and value), ``hours``, ``address``,
``show_address`` (a secretariat may be somebody's home: not shown unless switched on), ``villages`` (names offered by
the form), ``form`` (whether residents may write, default yes), ``former`` (slugs that lead here still).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session

from app.problems import Problem
from app.services import slugs
from app.services.collecting import storable
from app.states import Actor, note

#: Characters, and pairs or names at most.
MOST = {"tagline": 160, "about": 4000, "hours": 120, "address": 300, "sk_number": 120, "village": 60, "contact": 200}
MOST_CONTACTS, MOST_VILLAGES = 12, 200


def edit(
    session: Session,
    organisation_id: int,
    by: Actor,
    said: Mapping[str, Any],
    *,
    sk_number: str | None,
    office_from: date | None,
    office_to: date | None,
) -> None:
    """Change what the page says. said: the keys of the module's words, except "former".

    Problem: unknown_organisation, period_backwards.
    """
    organisation = slugs.locked(session, organisation_id)
    if office_from and office_to and office_to < office_from:
        raise Problem("period_backwards", field="office_to")
    organisation.profile = {**organisation.profile, **_clean(said)}
    organisation.sk_number = storable(sk_number or "").strip()[: MOST["sk_number"]] or None
    organisation.office_from, organisation.office_to = office_from, office_to
    session.add(organisation)
    session.flush()
    note(session, organisation, "profile", by, facts={"keys": sorted(said)})


def _clean(said: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in ("tagline", "about", "hours", "address"):
        if key in said:
            found[key] = storable(str(said[key] or "")).replace("\r\n", "\n").strip()[: MOST[key]]
    for key in ("show_address", "form"):
        if key in said:
            found[key] = bool(said[key])
    if "contacts" in said:
        pairs = [(_line(name), _line(value)) for name, value in said["contacts"]]
        found["contacts"] = [[name, value] for name, value in pairs if name and value][:MOST_CONTACTS]
    if "villages" in said:
        names = [_line(name)[: MOST["village"]] for name in said["villages"]]
        found["villages"] = list(dict.fromkeys(name for name in names if name))[:MOST_VILLAGES]
    return found


def _line(text: str) -> str:
    return " ".join(storable(text).split())[: MOST["contact"]]
