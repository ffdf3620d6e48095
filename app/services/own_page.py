"""Opening an organisation's own page, or giving it another address: for the settings page and the command line."""

from __future__ import annotations

from app.models import Organisation
from app.parts import Parts
from app.problems import Problem
from app.services import accounts, slugs
from app.states import Actor


def open_page(parts: Parts, organisation_id: int, slug: str, by: Actor) -> int:
    """The page of an organisation stands under this slug from now on; the id of its account, made if need be.

    Problem: unknown_organisation, bad_slug, slug_taken.
    """
    slug = slugs.slug_of(slug)
    with parts.db.write() as session:
        organisation = session.get(Organisation, organisation_id)
        if organisation is None:
            raise Problem("unknown_organisation", field="organisation", id=organisation_id)
        name = organisation.name
        account = slugs.page_account(session, organisation_id)
        if account is not None:
            slugs.rename(session, organisation_id, slug, by)
            return account.id or 0
        slugs.free(session, organisation_id, slug)
    return accounts.add(
        parts,
        connector=slugs.WEBSITE,
        organisation_id=organisation_id,
        remote_id=slug,
        name=name,
        secrets_text="",
        settings={},
        by=by,
    )
