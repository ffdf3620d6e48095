"""Who may do what with one item of the inbox; for all views that name one."""

from __future__ import annotations

from dataclasses import replace

from flask import g

from app.frame import parts, standing
from app.models import Aspiration
from app.queries import privacy
from app.rights import object_of


def own(item_id: int | None) -> int:
    """The item must be of an organisation in which this person may do it, and not about themselves; its number.

    One that is about a member is the pembina's: there they answer and close as a koordinator does with all others.
    """
    with parts().db.read() as session:
        item = session.get(Aspiration, item_id) if item_id is not None else None
        about = item is not None and item.about_id is not None
        owner = privacy.owner(session, item_id, standing().person_id) if item_id is not None else None
    object_of(owner, instead=about)
    here = standing()
    if about and here.may("kotak.tentang"):
        g.standing = replace(here, rights=here.rights | {"kotak.jawab"})
    return item_id or 0
