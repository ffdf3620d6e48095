"""What is stored of an organisation's own page, for the people who edit it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from app.models import Organisation
from app.services import slugs


@dataclass(frozen=True)
class Stored:
    """slug: "" while there is no page; suggested: made of the name. said: Organisation.profile."""

    slug: str
    suggested: str
    said: dict[str, Any]
    sk_number: str | None
    office_from: date | None
    office_to: date | None


def stored(session: Session, organisation_id: int) -> Stored:
    """The profile as it is now."""
    row = session.get_one(Organisation, organisation_id)
    there = slugs.page_account(session, organisation_id) is not None
    return Stored(
        slug=(row.slug or "") if there else "",
        suggested=slugs.suggested(row.name),
        said=dict(row.profile),
        sk_number=row.sk_number,
        office_from=row.office_from,
        office_to=row.office_to,
    )
