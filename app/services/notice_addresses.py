"""Where notices go: an organisation's own Apprise addresses (sealed), the installation's, people's mail.

A letter names its address by "person:ID" or by a keyed fingerprint, so that what is written down opens nothing.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from app.models import Membership, Organisation, Person
from app.parts import Parts
from app.problems import Problem
from app.services import gateways
from app.services.gateways import Failure, Gateway
from app.states import Actor, note

#: More would be a mistake in pasting.
MOST = 20
#: Organisations are no deeper nested: kabupaten, kecamatan, desa.
_HIGHEST_TREE = 10
#: Seconds that a try-out may take.
TRY_S = 30.0
TRY_TITLE = "Kentongan: uji coba kabar"
TRY_BODY = "Ini uji coba. Bila pesan ini sampai, kabar gangguan dari Kentongan akan sampai di sini juga."


@dataclass(frozen=True)
class Tried:
    """What became of a try-out message. number: from 1; label: the kind of service, a person's address."""

    number: int
    label: str
    failure: Failure | None


def split(text: str) -> list[str]:
    """Addresses separated by blanks or lines, each once."""
    return list(dict.fromkeys(text.split()))


def fingerprint(parts: Parts, url: str) -> str:
    """A short name of an address that only this installation can compute."""
    return hmac.new(parts.sealer.key_for("notices"), url.encode(), hashlib.sha256).hexdigest()[:16]


def of_organisation(parts: Parts, organisation: Organisation) -> list[str]:
    """The organisation's own addresses; Problem("sealed_with_other_key")."""
    return split(parts.sealer.open(organisation.notices)["urls"]) if organisation.notices else []


def of_installation(parts: Parts) -> list[str]:
    """Addresses that hear of everything."""
    return split(parts.settings.notice_urls)


def named(parts: Parts, organisation: Organisation) -> list[str]:
    """Under which names letters go to the addresses of an organisation and of the installation."""
    try:
        own = of_organisation(parts, organisation)
    except Problem:
        own = []  # doctor says so; the other addresses are still told
    return [
        *(f"org:{fingerprint(parts, url)}" for url in own),
        *(f"all:{fingerprint(parts, url)}" for url in of_installation(parts)),
    ]


def people(session: Session, organisation: Organisation) -> dict[int, str]:
    """Active people of the organisation, and pengelola of it and of those above it, with their role.

    Who has left the organisation is told nothing of it any more.
    """
    above: list[int] = []
    row: Organisation | None = organisation
    while row is not None and row.id is not None and row.id not in above and len(above) < _HIGHEST_TREE:
        above.append(row.id)
        row = session.get(Organisation, row.parent_id) if row.parent_id else None
    rows = session.exec(
        select(Membership.person_id, Membership.role, Membership.organisation_id)
        .join(Person, col(Person.id) == Membership.person_id)
        .where(col(Membership.organisation_id).in_(above), col(Person.active))
        .order_by(col(Membership.id))
    )
    found: dict[int, str] = {}
    for person_id, role, home in rows:
        here = home == organisation.id
        if role == "pengelola" or here:
            # A koordinator here hears of everything, whatever else they are elsewhere.
            found[person_id] = "koordinator" if "koordinator" in (found.get(person_id), role if here else "") else role
    return found


def find(session: Session, parts: Parts, address: str, organisation_id: int) -> Gateway | None:
    """The gateway behind a letter's address; None when it is not to be told any more."""
    kind, _, rest = address.partition(":")
    if kind == "person":
        person = session.get(Person, int(rest))
        if person is None or not person.active or not parts.settings.mail_url:
            return None
        return Gateway(person.email, parts.settings.mail_url, to=person.email)
    organisation = session.get(Organisation, organisation_id)
    if organisation is None:
        return None
    urls = of_installation(parts) if kind == "all" else of_organisation(parts, organisation)
    return next((Gateway(kind, url) for url in urls if fingerprint(parts, url) == rest), None)


def store(parts: Parts, session: Session, organisation_id: int, text: str, by: Actor) -> int:
    """Replace an organisation's addresses; how many there are now. Empty text: nobody is told any more.

    Problem: unknown_organisation, notice_address and notice_kind (with the number of the one that cannot be used, and
    never with what it says), notices_many.
    """
    organisation = session.get(Organisation, organisation_id, with_for_update=True)
    if organisation is None:
        raise Problem("unknown_organisation", field="organisation", id=organisation_id)
    urls = split(text)
    if len(urls) > MOST:
        raise Problem("notices_many", most=MOST)
    check(urls)
    organisation.notices = parts.sealer.seal({"urls": " ".join(urls)}) if urls else ""
    session.add(organisation)
    session.flush()
    note(session, organisation, "notices", by, facts={"addresses": len(urls)})
    return len(urls)


def check(urls: Iterable[str]) -> None:
    """Problem("notice_kind") or ("notice_address") for the first one that cannot be used."""
    for number, url in enumerate(urls, 1):
        kind = gateways.schema(url)
        if kind is None:
            raise Problem("notice_kind", number=number)
        if gateways.name(url) is None:
            raise Problem("notice_address", number=number, kind=f"{kind}://")


def kinds(parts: Parts, organisation_id: int) -> list[str]:
    """The kinds of an organisation's own addresses ("Telegram"), in their order."""
    return [gateways.name(url) or "?" for url in of_organisation(parts, _organisation(parts, organisation_id))]


def try_out(parts: Parts, organisation_id: int) -> list[Tried]:
    """Send a try-out message to each address of an organisation and of the installation, and to its koordinator's mail.

    Problem: unknown_organisation, notices_none, sealed_with_other_key.
    """
    organisation = _organisation(parts, organisation_id)
    urls = split(" ".join([*of_organisation(parts, organisation), *of_installation(parts)]))
    ways = [Gateway(gateways.name(url) or "?", url) for url in urls]
    with parts.db.read() as session:
        roles = people(session, organisation)
        names = [f"person:{person_id}" for person_id, role in roles.items() if role == "koordinator"]
        ways += [way for name in names if (way := find(session, parts, name, organisation_id))]
    if not ways:
        raise Problem("notices_none")
    return [
        Tried(number, way.label, gateways.within(TRY_S, way, TRY_TITLE, TRY_BODY)) for number, way in enumerate(ways, 1)
    ]


def _organisation(parts: Parts, organisation_id: int) -> Organisation:
    with parts.db.read() as session:
        organisation = session.get(Organisation, organisation_id)
    if organisation is None:
        raise Problem("unknown_organisation", field="organisation", id=organisation_id)
    return organisation
