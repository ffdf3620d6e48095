"""Mode latihan: a Page and an Instagram account on the practice platform, for volunteers to learn on.

Nothing published there is seen anywhere else; its residents react and comment by themselves.
"""

from __future__ import annotations

import re
import unicodedata

from sqlmodel import col, select

from app.models import Account, Organisation
from app.parts import Parts
from app.problems import Problem
from app.services import accounts
from app.states import Actor
from connectors.practice import process
from connectors.practice.control import Control, PracticePage


def begin(parts: Parts, organisation_id: int, by: Actor) -> list[int]:
    """Make and connect a practice Page with its Instagram account; their account ids.

    Problem: unknown_organisation, practising_already, practice_not_running.
    """
    with parts.db.read() as session:
        organisation = session.get(Organisation, organisation_id)
        if organisation is None:
            raise Problem("unknown_organisation", field="organisation", id=organisation_id)
        known = select(Account.id).where(Account.organisation_id == organisation_id, col(Account.practice))
        if session.exec(known.limit(1)).first() is not None:
            raise Problem("practising_already")
    try:
        platform = process.ensure(parts.settings.home)
    except (RuntimeError, OSError):
        raise Problem("practice_not_running") from None
    handle = f"{_handle(organisation.name)}.latihan"
    page = Control(platform).make_page(f"{organisation.name} (latihan)", handle)
    return connect(parts, organisation_id, page, by)


def connect(parts: Parts, organisation_id: int, page: PracticePage, by: Actor) -> list[int]:
    """Connect both accounts of a practice Page; their ids. Problem: as `accounts.add`."""
    both = (
        ("facebook", page.page_id, page.name, page.page_token),
        ("instagram", page.ig_id, f"@{page.ig_username}", page.ig_token),
    )
    return [
        accounts.add(
            parts,
            connector=connector,
            organisation_id=organisation_id,
            remote_id=remote_id,
            name=name,
            secrets_text=token,
            settings={},
            by=by,
        )
        for connector, remote_id, name, token in both
    ]


def _handle(name: str) -> str:
    """An Instagram username made of a name: plain letters, digits and dots, at most 20."""
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", ".", plain).strip(".")[:20].strip(".") or "ipsm"
