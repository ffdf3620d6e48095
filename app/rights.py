"""Who may do what: one table, one decorator per route, one check for every request and every object.

A role gives rights in the organisation of its membership. Three reach further: kominfo sees the statistics of its area
(its organisation and all below it), pembina how the inboxes below stand in numbers, pengelola may do everything
everywhere. Everybody else sees exactly the organisations of their memberships.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from flask import abort, current_app, g, request
from flask import session as cookie
from sqlmodel import Session, col, select

from app.models import Membership, Organisation

View = TypeVar("View", bound=Callable[..., Any])
#: Bytes that a form without photos may have.
SMALL_FORM = 2_000_000

#: Every right with a line of meaning.
RIGHTS = {
    "diri": "one's own name, password, second factor; switching between one's organisations",
    "beranda.lihat": "the start page; its parts follow the other rights",
    "kiriman.tulis": "draft, edit, submit, reschedule, call off and take back posts",
    "kiriman.setujui": "approve or send back posts",
    "jadwal.lihat": "the schedule and the history of deliveries",
    "kotak.baca": "read the inbox",
    "kotak.jawab": "answer, sort, assign, hide",
    "kotak.tentang": "the same with items about a member, whom they are kept from",
    "pengawasan.lihat": "how the inbox stands, in numbers",
    "kalender.kelola": "correct the working calendar and the deadlines by kind",
    "statistik.lihat": "engagement per post and account",
    "akun.lihat": "the accounts and their health",
    "akun.kelola": "connect, check and reconnect accounts; decide about unclear deliveries",
    "foto.lihat": "photos of the organisation's posts",
    "penilaian.lihat": "awards: rules, participants, results",
    "penilaian.menilai": "give marks as a juror",
    "penilaian.sanggah": "object to one's own organisation's result",
    "penilaian.kelola": "set up awards, register participants, freeze, answer objections, release; figures of LAPOR!",
}
_EVERYBODY = frozenset({"diri", "beranda.lihat", "statistik.lihat", "foto.lihat", "penilaian.lihat"})
_PETUGAS = _EVERYBODY | {"kiriman.tulis", "jadwal.lihat", "akun.lihat"}
_EVALUATION = frozenset(
    {"beranda.lihat", "statistik.lihat", "foto.lihat", "penilaian.lihat", "penilaian.kelola", "pengawasan.lihat"}
)

#: The table.
ROLE_RIGHTS: dict[str, frozenset[str]] = {
    "petugas": _PETUGAS,
    "koordinator": _PETUGAS
    | {"kotak.baca", "kotak.jawab", "akun.kelola", "kalender.kelola", "pengawasan.lihat", "penilaian.sanggah"},
    "pembina": _EVERYBODY
    | {"kiriman.setujui", "jadwal.lihat", "kotak.baca", "kotak.tentang", "akun.lihat", "pengawasan.lihat"}
    | {"penilaian.sanggah"},
    "juri": _EVERYBODY | {"penilaian.menilai"},
    "kominfo": _EVALUATION | {"diri"},
    "pengelola": frozenset(RIGHTS),
}
#: What a role may also do in the organisations below its own.
AREA_RIGHTS: dict[str, frozenset[str]] = {"kominfo": _EVALUATION, "pembina": frozenset({"pengawasan.lihat"})}


@dataclass(frozen=True, slots=True)
class Rule:
    """What a route asks for. right None: anybody, signed in or not. of_object: the view names the organisation.

    instead: a right that does as well where the view says so of its object (``object_of``).
    bare: nobody is looked up at all, no session is opened (files, machines).
    """

    right: str | None
    of_object: bool = False
    bare: bool = False
    instead: str | None = None


def public(view: View) -> View:
    """This route is for anybody."""
    view.rule = Rule(None)  # type: ignore[attr-defined]  # functions carry attributes; enforce() reads it
    return view


def bare(view: View) -> View:
    """This route is for anybody and never asks who: files, and what machines fetch."""
    view.rule = Rule(None, bare=True)  # type: ignore[attr-defined]  # as in ``public``
    return view


def needs(right: str, *, of_object: bool = False, instead: str | None = None) -> Callable[[View], View]:
    """This route needs a right, in the current organisation.

    of_object: in the organisation of the object that the address names; the view must then call ``object_of`` with
    that organisation before it shows or changes anything (an answer without that call is refused).
    instead: another right that does as well for some objects, of which the view tells ``object_of``.
    """
    for name in filter(None, (right, instead)):
        if name not in RIGHTS:
            raise ValueError(f"no such right: {name}")

    def mark(view: View) -> View:
        view.rule = Rule(right, of_object, instead=instead)  # type: ignore[attr-defined]  # as above
        return view

    return mark


def takes_photos(view: View) -> View:
    """This route may receive as much as ``MAX_CONTENT_LENGTH`` says; all others only ``SMALL_FORM``."""
    view.takes_photos = True  # type: ignore[attr-defined]  # as in ``public``
    return view


@dataclass(frozen=True, slots=True)
class Place:
    """The current organisation, as plain values."""

    id: int
    name: str
    category: str
    zone: str
    parent_id: int | None
    parent_name: str | None


@dataclass(frozen=True)
class Standing:
    """A signed-in person in the current organisation."""

    person_id: int
    name: str
    email: str
    memberships: tuple[tuple[int, str], ...]  # (organisation id, role)
    organisation: Place | None
    rights: frozenset[str]

    def may(self, right: str) -> bool:
        """Whether this right holds in the current organisation."""
        return right in self.rights

    @property
    def role(self) -> str | None:
        """The role held here: of this organisation's membership, else the one that reaches it."""
        here = dict(self.memberships)
        if self.organisation is not None and self.organisation.id in here:
            return here[self.organisation.id]
        return next((role for _, role in self.memberships if role in ("pengelola", "kominfo")), None)


def memberships(session: Session, person_id: int) -> tuple[tuple[int, str], ...]:
    """(organisation id, role) of a person, oldest first."""
    rows = session.exec(
        select(Membership.organisation_id, Membership.role)
        .where(Membership.person_id == person_id)
        .order_by(col(Membership.id))
    )
    return tuple((organisation_id, role) for organisation_id, role in rows)


def held(session: Session, person_id: int, organisation_id: int) -> frozenset[str]:
    """The rights a person has in one organisation."""
    rights: frozenset[str] = frozenset()
    above: set[int] | None = None
    for home, role in memberships(session, person_id):
        if role == "pengelola" or home == organisation_id:
            rights |= ROLE_RIGHTS[role]
        elif role in AREA_RIGHTS:
            above = ancestors(session, organisation_id) if above is None else above
            rights |= AREA_RIGHTS[role] if home in above else frozenset()
    return rights


def visible(session: Session, person_id: int, right: str, organisation_id: int) -> bool:
    """Whether a person may do this with what belongs to that organisation."""
    return right in held(session, person_id, organisation_id)


def reach(session: Session, person_id: int, right: str) -> set[int]:
    """Ids of all organisations in which a person has this right."""
    found: set[int] = set()
    for home, role in memberships(session, person_id):
        if role == "pengelola":
            return {row[0] for row in session.execute(select(Organisation.id))}
        if right in ROLE_RIGHTS[role]:
            found.add(home)
        if right in AREA_RIGHTS.get(role, ()):
            found |= _area(session, home)
    return found


def object_of(organisation_id: int | None, *, stay: bool = True, instead: bool = False) -> None:
    """Check the object an address names: it answers 404 to whoever may not see it, as if it did not exist.

    The object's organisation becomes the current one, so that the page wears its name and zone. stay: for the pages
    after it too (not for what a page only embeds). instead: the rule's other right does for this object, and whoever
    has it holds the rule's own right while this request lasts.
    """
    standing: Standing | None = g.get("standing")
    rule: Rule = g.rule
    if organisation_id is None or standing is None or rule.right is None:
        abort(404)
    if standing.organisation is None or standing.organisation.id != organisation_id:
        with current_app.extensions["kentongan"].db.read() as session:
            standing = stand(session, standing.person_id, standing.name, standing.email, organisation_id)
    # ``stand`` falls back to one's own organisation: only the object's own counts here.
    place = standing.organisation
    if place is None or place.id != organisation_id:
        abort(404)
    if instead and rule.instead in standing.rights:
        standing = replace(standing, rights=standing.rights | {rule.right})
    if rule.right not in standing.rights:
        abort(404)
    if stay:
        cookie["organisation"] = place.id
    g.standing = standing
    g.object_checked = True


def stand(session: Session, person_id: int, name: str, email: str, wanted: int | None) -> Standing:
    """A person's standing in the wanted organisation, or in their first one when that is not theirs to see."""
    own = memberships(session, person_id)
    rights: frozenset[str] = held(session, person_id, wanted) if wanted is not None else frozenset()
    if not rights:
        wanted = own[0][0] if own else None
        rights = held(session, person_id, wanted) if wanted is not None else frozenset({"diri"})
    place = _place(session, wanted) if wanted is not None else None
    return Standing(person_id, name, email, own, place, rights)


def _place(session: Session, organisation_id: int) -> Place | None:
    row = session.get(Organisation, organisation_id)
    if row is None or row.id is None:
        return None
    parent = session.get(Organisation, row.parent_id) if row.parent_id else None
    return Place(row.id, row.name, row.category, row.zone, row.parent_id, parent.name if parent else None)


def rule_of(endpoint: str) -> Rule | None:
    """The rule a route was declared with; None when it has none."""
    rule = getattr(current_app.view_functions.get(endpoint), "rule", None)
    return rule if isinstance(rule, Rule) else None


def enforce() -> Any:
    """Before every request: no rule, no entry. Signed-out people are sent to the door, the wrong role gets 403."""
    from app import security

    if request.endpoint is None:
        _stand_here()  # no such page: its 404 still wears the frame
        return None
    rule = rule_of(request.endpoint)
    if rule is None:
        current_app.logger.error("route without a rule: %s", request.endpoint)
        abort(500 if current_app.testing else 403)
    g.rule = rule
    if not hasattr(current_app.view_functions[request.endpoint], "takes_photos"):
        request.max_content_length = SMALL_FORM
    if rule.bare:
        return None
    standing = _stand_here()
    if standing is None:
        return None if rule.right is None else security.to_the_door()
    if rule.right is None or rule.right in standing.rights:
        return None
    with current_app.extensions["kentongan"].db.read() as session:
        asked = [right for right in (rule.right, rule.instead) if right]
        if rule.of_object and any(reach(session, standing.person_id, right) for right in asked):
            return None  # the object decides: ``object_of``
    abort(403)


def _stand_here() -> Standing | None:
    """Who is signed in, in their current organisation; kept in ``g.standing`` for this request."""
    from app import security

    person = security.signed_in()
    if person is None or person.id is None:
        return None
    with current_app.extensions["kentongan"].db.read() as session:
        standing = stand(session, person.id, person.name, person.email, cookie.get("organisation"))
    g.standing = standing
    return standing


def confirm_object(response: Any) -> Any:
    """After every request: a view that promised to check its object and did not gives nothing away."""
    rule = g.get("rule")
    promised = isinstance(rule, Rule) and rule.of_object and g.get("standing") is not None
    if promised and response.status_code < 400 and not g.get("object_checked"):
        current_app.logger.error("object not checked: %s", request.endpoint)
        return current_app.response_class("", status=500)
    return response


def ancestors(session: Session, organisation_id: int) -> set[int]:
    """All organisations above this one."""
    parent, key = col(Organisation.parent_id), col(Organisation.id)
    up = select(parent).where(key == organisation_id, parent.is_not(None)).cte("up", recursive=True)
    # union, not union all: a circle in the tree (A above B above A) ends.
    up = up.union(select(parent).join(up, key == up.c.parent_id).where(parent.is_not(None)))
    return {row[0] for row in session.execute(select(up.c.parent_id))}


def _area(session: Session, organisation_id: int) -> set[int]:
    """This organisation and all below it."""
    parent, key = col(Organisation.parent_id), col(Organisation.id)
    down = select(key).where(key == organisation_id).cte("down", recursive=True)
    down = down.union(select(key).join(down, parent == down.c.id))
    return {row[0] for row in session.execute(select(down.c.id))}
