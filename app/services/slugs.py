"""The address of an organisation's own page: one slug an organisation, former ones lead to it still."""

from __future__ import annotations

import re
import unicodedata

from sqlmodel import Session, col, select

from app.models import Account, Organisation
from app.problems import Problem
from app.states import Actor, note

#: Of the connector whose account is the page itself.
WEBSITE = "website"
SLUG_LEAST, SLUG_MOST = 3, 40
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")


def slug_of(text: str) -> str:
    """A slug as it is stored: small letters, digits and single hyphens, 3 to 40. Problem("bad_slug")."""
    slug = text.strip().lower()
    if not (SLUG_LEAST <= len(slug) <= SLUG_MOST and _SLUG.match(slug)):
        raise Problem("bad_slug", field="slug", text=text.strip()[:60])
    return slug


def suggested(name: str) -> str:
    """A slug made of an organisation's name, "IPSM Kalong II" → "ipsm-kalong-ii"; "" where nothing remains."""
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:SLUG_MOST].strip("-")
    return slug if len(slug) >= SLUG_LEAST else ""


def claim(session: Session, organisation_id: int, slug: str, by: Actor) -> None:
    """Give an organisation its page's address. Problem: unknown_organisation, page_already, slug_taken."""
    organisation = locked(session, organisation_id)
    if page_account(session, organisation_id) is not None:
        raise Problem("page_already", field="slug")
    free(session, organisation_id, slug)
    organisation.slug = slug
    session.add(organisation)
    session.flush()
    note(session, organisation, "page", by, facts={"slug": slug})


def rename(session: Session, organisation_id: int, slug: str, by: Actor) -> None:
    """Another address for the page; the old one leads to it. Problem: unknown_organisation, slug_taken."""
    organisation = locked(session, organisation_id)
    before = organisation.slug
    if before == slug:
        return
    free(session, organisation_id, slug)
    former = [name for name in organisation.profile.get("former", []) if name != slug]
    organisation.profile = {**organisation.profile, "former": [*former, *([before] if before else [])]}
    organisation.slug = slug
    session.add(organisation)
    if (account := page_account(session, organisation_id)) is not None:
        account.remote_id = slug
        session.add(account)
    session.flush()
    note(session, organisation, "page", by, facts={"from": before, "slug": slug})


def page_account(session: Session, organisation_id: int) -> Account | None:
    """The account that is the organisation's own page."""
    own = (Account.organisation_id == organisation_id, Account.connector == WEBSITE)
    return session.exec(select(Account).where(*own)).first()


def locked(session: Session, organisation_id: int) -> Organisation:
    """The organisation, for a change. Problem("unknown_organisation")."""
    organisation = session.get(Organisation, organisation_id, with_for_update={"key_share": True})
    if organisation is None:
        raise Problem("unknown_organisation", field="organisation", id=organisation_id)
    return organisation


def free(session: Session, organisation_id: int, slug: str) -> None:
    """Problem("slug_taken") for a slug of another page, or a former one of it: links on paper lead to nobody else."""
    query = select(Organisation.id, Organisation.slug, Organisation.profile).where(
        col(Organisation.slug).is_not(None), Organisation.id != organisation_id
    )
    for _, taken, profile in session.exec(query):
        if slug == taken or slug in profile.get("former", []):
            raise Problem("slug_taken", field="slug", slug=slug)
